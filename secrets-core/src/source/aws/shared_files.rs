//! The shared files of AWS tools: `~/.aws/config` and `~/.aws/credentials`, or the files that variables name instead.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use aws_runtime::env_config::file::EnvConfigFileKind;
use aws_runtime::fs_util::{Os, home_dir};
use tokio::time::Instant;

use super::setting::path_variable;
use crate::source::SourceError;
use crate::source::file_io::{self, Reading};

/// Larger than any such file, so that a device or another kind of file cannot fill the memory.
const LARGEST: u64 = 4 * 1024 * 1024;

const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// One of the two shared files.
#[derive(Clone)]
pub(super) struct SharedFile {
    pub(super) kind: EnvConfigFileKind,
    pub(super) path: PathBuf,
    variable: &'static str,
    /// Whether the variable names it.
    is_named: bool,
}

/// The reason why a file that is named, or exists, could not be used.
pub(super) struct FileProblem {
    pub(super) description: String,
    pub(super) hint: String,
}

/// Returns both shared files. Without a home directory, only those that variables name.
pub(super) fn shared_files() -> Vec<SharedFile> {
    let home = home_dir(&<_>::default(), Os::real()).filter(|home| !home.is_empty());
    let file = |(kind, variable, name)| {
        let named = path_variable(variable).map(|path| match (path.strip_prefix("~"), &home) {
            (Ok(below), Some(home)) => Path::new(home).join(below),
            _ => path,
        });
        Some(SharedFile {
            kind,
            variable,
            is_named: named.is_some(),
            path: named.or_else(|| Some(Path::new(home.as_ref()?).join(".aws").join(name)))?,
        })
    };
    [
        (EnvConfigFileKind::Config, "AWS_CONFIG_FILE", "config"),
        (
            EnvConfigFileKind::Credentials,
            "AWS_SHARED_CREDENTIALS_FILE",
            "credentials",
        ),
    ]
    .into_iter()
    .filter_map(file)
    .collect()
}

impl SharedFile {
    /// Returns the variable that names this file. The null device means no file.
    pub(super) fn named_by(&self) -> Option<&'static str> {
        (self.is_named && self.path != Path::new(NULL_DEVICE)).then_some(self.variable)
    }

    /// Returns the problem of an unreadable file. Only a file that a variable names must exist.
    pub(super) fn unreadable(&self, error: &io::Error) -> Option<FileProblem> {
        let problem = match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => {
                let problem = || FileProblem {
                    hint: format!("create the file, or correct or unset `{}`", self.variable),
                    ..self.problem("does not exist")
                };
                return self.is_named.then(problem);
            }
            ErrorKind::InvalidData => "is not UTF-8".to_owned(),
            ErrorKind::FileTooLarge => "is too large for an AWS configuration file".to_owned(),
            kind => format!("cannot be read: {kind}"),
        };
        Some(self.problem(&problem))
    }

    /// Returns the problem of a file that exists.
    pub(super) fn problem(&self, problem: &str) -> FileProblem {
        let (variable, path) = (self.variable, self.path.display());
        if self.is_named {
            FileProblem {
                description: format!("`{variable}` names `{path}`, which {problem}"),
                hint: format!("correct the file, or correct or unset `{variable}`"),
            }
        } else {
            FileProblem {
                description: format!("`{path}` {problem}"),
                hint: "correct the file or its permissions, or set HOME to another directory"
                    .to_owned(),
            }
        }
    }

    fn read(&self) -> io::Result<String> {
        let mut text = String::new();
        let mut file = File::open(&self.path)?.take(LARGEST + 1);
        file.read_to_string(&mut text)?;
        if text.len() as u64 > LARGEST {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(normalized(&text))
    }
}

/// Reads the files on a separate thread, until the deadline.
pub(super) async fn read_all(
    files: &[SharedFile],
    deadline: Instant,
) -> Result<Vec<io::Result<String>>, SourceError> {
    let reading = Reading::default();
    let (files, progress) = (files.to_vec(), reading.clone());
    let work = move |_| {
        let read = |file: &SharedFile| {
            let variable = PathBuf::from(format!("${}", file.variable));
            progress.begin(if file.is_named { &variable } else { &file.path });
            file.read()
        };
        files.iter().map(read).collect()
    };
    file_io::run(deadline, &reading, work).await
}

/// Removes text that the SDK does not accept, without a change of line numbers: the byte order mark that Windows
/// editors write, comments with white space before them, and stray carriage returns. After a key, a carriage return
/// would make a header that the SDK cannot send.
fn normalized(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace(['\r', '\0'], "");
    let is_comment = |line: &str| line.trim_start().starts_with(['#', ';']);
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| if is_comment(line) { "\n" } else { line })
        .collect()
}
