//! `~/.aws/config` and `~/.aws/credentials`, or the files that variables name in their place.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use aws_runtime::env_config::file::EnvConfigFileKind;
use tokio::time::Instant;

use super::setting::{is_set, trimmed};
use crate::source::SourceError;
use crate::source::file_io::{self, Reading};

/// More than any such file has, so that a device or a file of another kind cannot fill the memory.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Why a file that is named, or exists, could not be used.
#[derive(Clone, Debug)]
pub(super) struct FileProblem {
    place: FilePlace,
    what: String,
    is_absent: bool,
}

/// Where one of the two files is.
#[derive(Clone, Debug)]
pub(super) struct FilePlace {
    pub(super) path: PathBuf,
    pub(super) kind: EnvConfigFileKind,
    pub(super) variable: &'static str,
    /// Whether the variable names it.
    is_named: bool,
}

impl FilePlace {
    /// Whether a variable names it. The null device means no file.
    pub(super) fn is_named_file(&self) -> bool {
        self.is_named && self.path != Path::new(if cfg!(windows) { "NUL" } else { "/dev/null" })
    }

    /// The variable that names it, else its path.
    fn shown(&self) -> PathBuf {
        if self.is_named {
            PathBuf::from(format!("${}", self.variable))
        } else {
            self.path.clone()
        }
    }

    /// The problem of a file that was read.
    pub(super) fn problem(&self, what: String) -> FileProblem {
        FileProblem {
            place: self.clone(),
            what,
            is_absent: false,
        }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.place.path.display();
        if self.place.is_named {
            write!(
                f,
                "`{}` names `{path}`, which {}",
                self.place.variable, self.what
            )
        } else {
            write!(f, "`{path}` {}", self.what)
        }
    }
}

impl FileProblem {
    pub(super) fn hint(&self) -> String {
        let variable = self.place.variable;
        match (self.place.is_named, self.is_absent) {
            (true, true) => format!("put the file there, or correct or unset `{variable}`"),
            (true, false) => format!("correct the file, or correct or unset `{variable}`"),
            (false, _) => {
                "correct the file or its permissions, or set HOME to another directory".to_owned()
            }
        }
    }
}

/// A shared file's variable and its usual name below the home directory.
struct Shared {
    variable: &'static str,
    usual: &'static str,
    kind: EnvConfigFileKind,
}

const CONFIG: Shared = Shared {
    variable: "AWS_CONFIG_FILE",
    usual: "config",
    kind: EnvConfigFileKind::Config,
};
const CREDENTIALS: Shared = Shared {
    variable: "AWS_SHARED_CREDENTIALS_FILE",
    usual: "credentials",
    kind: EnvConfigFileKind::Credentials,
};

/// Where both files are. Without a home directory, only those that variables name.
pub(super) fn places() -> Vec<FilePlace> {
    let home = home();
    let place = |file: Shared| {
        let named = is_set(file.variable).then(|| named_path(file.variable, home.as_deref()));
        let usual = || Some(home.as_ref()?.join(".aws").join(file.usual));
        let is_named = named.is_some();
        let path = named.flatten().or_else(usual)?;
        Some(FilePlace {
            path,
            kind: file.kind,
            variable: file.variable,
            is_named,
        })
    };
    [CONFIG, CREDENTIALS]
        .into_iter()
        .filter_map(place)
        .collect()
}

/// The path that a variable holds; `~` at its beginning is the home directory, as for every AWS tool.
fn named_path(variable: &str, home: Option<&Path>) -> Option<PathBuf> {
    let raw = std::env::var_os(variable)?;
    let path = match raw.to_str() {
        Some(text) => PathBuf::from(trimmed(text)),
        None => PathBuf::from(raw),
    };
    match (path.strip_prefix("~"), home) {
        (Ok(below), Some(home)) => Some(home.join(below)),
        _ => Some(path),
    }
}

/// As the SDK has it.
fn home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = set("HOME");
    let windows = || {
        let drive = || {
            let mut drive = set("HOMEDRIVE")?;
            drive.push(set("HOMEPATH")?);
            Some(drive)
        };
        cfg!(windows)
            .then(|| set("USERPROFILE").or_else(drive))
            .flatten()
    };
    home.or_else(windows).map(PathBuf::from)
}

/// Reads the files on a thread of their own, until the deadline.
pub(super) async fn read_all(
    places: &[FilePlace],
    deadline: Instant,
) -> Result<(Vec<(FilePlace, String)>, Vec<FileProblem>), SourceError> {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    if places.is_empty() {
        return Ok((texts, problems));
    }
    let reading = Reading::default();
    let paths: Vec<(PathBuf, PathBuf)> = places
        .iter()
        .map(|place| (place.shown(), place.path.clone()))
        .collect();
    let work = {
        let reading = reading.clone();
        move |_| {
            let read = |(shown, path): &(PathBuf, PathBuf)| {
                reading.begin(shown);
                read(path)
            };
            paths.iter().map(read).collect::<Vec<_>>()
        }
    };
    let read = file_io::run(deadline, &reading, work).await?;
    for (place, read) in places.iter().zip(read) {
        match read {
            Ok(text) => texts.push((place.clone(), text)),
            Err(unread) => problems.extend(unread.into_problem(place)),
        }
    }
    Ok((texts, problems))
}

/// Why a file has no text.
enum UnreadFile {
    Absent,
    Other(String),
}

impl UnreadFile {
    /// Only a file that is named has to exist.
    fn into_problem(self, place: &FilePlace) -> Option<FileProblem> {
        let (what, is_absent) = match self {
            Self::Absent => ("does not exist".to_owned(), true),
            Self::Other(what) => (what, false),
        };
        (place.is_named || !is_absent).then(|| FileProblem {
            place: place.clone(),
            what,
            is_absent,
        })
    }
}

impl From<io::Error> for UnreadFile {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => {
                Self::Absent
            }
            kind => Self::Other(format!("cannot be read: {kind}")),
        }
    }
}

fn read(path: &Path) -> Result<String, UnreadFile> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(UnreadFile::Other(
            "is too large for an AWS configuration file".to_owned(),
        ));
    }
    let text =
        String::from_utf8(bytes).map_err(|_| UnreadFile::Other("is not UTF-8".to_owned()))?;
    Ok(as_the_sdk_reads(&text))
}

/// Windows editors begin a file with a byte order mark, and a stray carriage return at the end of a key makes a header
/// that the SDK cannot send.
fn as_the_sdk_reads(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n").replace(['\r', '\0'], "")
}
