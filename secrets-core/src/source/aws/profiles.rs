//! The shared files of AWS tools, `~/.aws/config` and `~/.aws/credentials`, read once for a client.
//!
//! They are read here and not by the SDK, which blocks the runtime while it reads, ignores files that it cannot read,
//! and does not look up a service's own settings.

use std::error::Error as _;
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::property::PropertiesKey;
use tokio::time::Instant;

use super::setting::{Origin, Setting, is_set, trimmed, variable};
use crate::source::{Cause, Failure, blocking_io};

/// More than any such file has, so that a device or a file of another kind cannot fill the memory.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Keys that give a profile credentials, or parts of them.
const CREDENTIAL_KEYS: [&str; 12] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "source_profile",
    "sso_account_id",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// The profiles of both files, and which one is selected.
pub(super) struct Profiles {
    sections: ProfileSet,
    files: EnvConfigFiles,
    selected: String,
    selected_by: Option<&'static str>,
    problems: Vec<Problem>,
    paths: Vec<PathBuf>,
}

/// Why a file that is named, or exists, could not be used.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    place: Place,
    what: String,
    is_absent: bool,
}

/// A file that was read.
struct Text {
    place: Place,
    kind: EnvConfigFileKind,
    text: String,
}

/// One of the two files.
#[derive(Clone, Debug)]
struct Place {
    path: PathBuf,
    variable: &'static str,
    /// Whether the variable names it.
    is_named: bool,
}

impl fmt::Display for Problem {
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

impl Problem {
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

impl Profiles {
    /// Reads both files on a thread of their own, until the deadline.
    pub(super) async fn read(deadline: Instant) -> Result<Self, Failure> {
        let (selected, selected_by) = selected()?;
        let places = places();
        let (texts, problems) = read_all(&places, deadline).await?;
        let mut profiles = Self {
            sections: ProfileSet::default(),
            files: no_files().build(),
            selected,
            selected_by,
            problems,
            paths: places.into_iter().map(|(place, _)| place.path).collect(),
        };
        profiles.parse(texts).await;
        Ok(profiles)
    }

    /// Files that cannot be parsed become problems, and the others count.
    async fn parse(&mut self, texts: Vec<Text>) {
        let mut good = no_files();
        for Text { place, kind, text } in texts {
            let alone = EnvConfigFiles::builder().with_contents(kind, text.clone());
            match self.sections_of(&alone.build()).await {
                Ok(_) => good = good.with_contents(kind, text),
                Err(line) => self.problems.push(Problem {
                    place,
                    what: format!("is not a valid AWS configuration file{line}"),
                    is_absent: false,
                }),
            }
        }
        self.files = good.build();
        self.sections = self.sections_of(&self.files).await.unwrap_or_default();
    }

    /// Only the line of what is wrong is returned: a line can hold a key.
    async fn sections_of(&self, files: &EnvConfigFiles) -> Result<ProfileSet, String> {
        let selected = self.selected.clone().into();
        let sections = aws_config::profile::load(&real(), &real(), files, Some(selected)).await;
        sections.map_err(|error| {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            let line = text.split("line ").nth(1).unwrap_or_default();
            let digits: String = line.chars().take_while(char::is_ascii_digit).collect();
            if digits.is_empty() {
                String::new()
            } else {
                format!(" (line {digits})")
            }
        })
    }

    /// A setting as AWS tools look it up: the variable, then the key of the selected profile. Empty counts as unset.
    pub(super) fn setting(
        &self,
        name: &'static str,
        key: &str,
    ) -> Result<Option<Setting>, Failure> {
        Ok(variable(name)?.or_else(|| self.key(key)))
    }

    /// A key of the selected profile.
    pub(super) fn key(&self, key: &str) -> Option<Setting> {
        self.found(key.to_owned(), self.sections.get(key)?)
    }

    /// A key that the selected profile's `services` section has for one service.
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    pub(super) fn service_key(&self, service: &str, key: &str) -> Option<Setting> {
        let section = self.sections.get("services")?;
        let property = PropertiesKey::builder()
            .section_key("services")
            .section_name(section)
            .property_name(service)
            .sub_property_name(key);
        let text = self
            .sections
            .other_sections()
            .get(&property.build().ok()?)?;
        self.found(format!("{service}.{key}"), text)
    }

    fn found(&self, key: String, text: &str) -> Option<Setting> {
        let text = trimmed(text);
        (!text.is_empty()).then(|| Setting {
            text: text.to_owned(),
            origin: Origin::ProfileKey {
                profile: self.selected.clone(),
                key,
            },
        })
    }

    /// The files for the SDK's own providers.
    pub(super) fn files(&self) -> EnvConfigFiles {
        self.files.clone()
    }

    pub(super) fn selected(&self) -> &str {
        &self.selected
    }

    /// The variable that selects the profile.
    pub(super) fn selected_by(&self) -> Option<&'static str> {
        self.selected_by
    }

    /// Whether a file has the selected profile.
    pub(super) fn has_selected(&self) -> bool {
        self.sections.get_profile(&self.selected).is_some()
    }

    /// The first key of the selected profile that is about credentials.
    pub(super) fn credential_key(&self) -> Option<&'static str> {
        let is_there = |key: &&&str| self.key(key).is_some();
        CREDENTIAL_KEYS.iter().find(is_there).copied()
    }

    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// A variable that names a file other than the null device, which means none.
    pub(super) fn named_file(&self) -> Option<&'static str> {
        let files = [CONFIG, CREDENTIALS];
        let named = files.iter().map(|file| file.variable);
        named.zip(&self.paths).find_map(|(variable, path)| {
            (is_set(variable) && !is_null_device(path)).then_some(variable)
        })
    }

    /// Both paths, for an error about something that is in neither.
    pub(super) fn paths(&self) -> String {
        let paths = self
            .paths
            .iter()
            .map(|path| format!("`{}`", path.display()));
        paths.collect::<Vec<_>>().join(" nor in ")
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

/// `AWS_DEFAULT_PROFILE` is the older spelling, which the AWS CLI and boto3 still read.
fn selected() -> Result<(String, Option<&'static str>), Failure> {
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        if let Some(setting) = variable(name)? {
            return Ok((setting.text, Some(name)));
        }
    }
    Ok(("default".to_owned(), None))
}

fn places() -> Vec<(Place, EnvConfigFileKind)> {
    let home = home();
    let place = |file: Shared| {
        let named = is_set(file.variable).then(|| named_path(file.variable, home.as_deref()));
        let usual = || Some(home.as_ref()?.join(".aws").join(file.usual));
        let is_named = named.is_some();
        let path = named.flatten().or_else(usual)?;
        let variable = file.variable;
        Some((
            Place {
                path,
                variable,
                is_named,
            },
            file.kind,
        ))
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

fn is_null_device(path: &Path) -> bool {
    path == Path::new(if cfg!(windows) { "NUL" } else { "/dev/null" })
}

async fn read_all(
    places: &[(Place, EnvConfigFileKind)],
    deadline: Instant,
) -> Result<(Vec<Text>, Vec<Problem>), Failure> {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    if places.is_empty() {
        return Ok((texts, problems));
    }
    let current = Arc::new(AtomicUsize::new(0));
    let paths: Vec<PathBuf> = places.iter().map(|(place, _)| place.path.clone()).collect();
    let work = {
        let current = Arc::clone(&current);
        move |_| {
            let read = |(index, path): (usize, &PathBuf)| {
                current.store(index, Ordering::Relaxed);
                read(path)
            };
            paths.iter().enumerate().map(read).collect::<Vec<_>>()
        }
    };
    let late = |failure: Failure| match places.get(current.load(Ordering::Relaxed)) {
        Some((place, _)) if failure.cause() == Cause::Unreachable => too_late(place),
        _ => failure,
    };
    let read = blocking_io::run(deadline, work).await.map_err(late)?;
    for ((place, kind), read) in places.iter().zip(read) {
        match read {
            Ok(text) => texts.push(Text {
                place: place.clone(),
                kind: *kind,
                text,
            }),
            Err(unread) => problems.extend(unread.into_problem(place)),
        }
    }
    Ok((texts, problems))
}

/// Why a file has no text.
enum Unread {
    Absent,
    Other(String),
}

impl Unread {
    /// Only a file that is named has to exist.
    fn into_problem(self, place: &Place) -> Option<Problem> {
        let (what, is_absent) = match self {
            Self::Absent => ("does not exist".to_owned(), true),
            Self::Other(what) => (what, false),
        };
        (place.is_named || !is_absent).then(|| Problem {
            place: place.clone(),
            what,
            is_absent,
        })
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => {
                Self::Absent
            }
            kind => Self::Other(format!("cannot be read: {kind}")),
        }
    }
}

fn read(path: &Path) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unread::Other(
            "is too large for an AWS configuration file".to_owned(),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|_| Unread::Other("is not UTF-8".to_owned()))?;
    Ok(as_the_sdk_reads(&text))
}

/// Windows editors begin a file with a byte order mark, and a stray carriage return at the end of a key makes a header
/// that the SDK cannot send.
fn as_the_sdk_reads(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n").replace(['\r', '\0'], "")
}

fn too_late(place: &Place) -> Failure {
    let path = place.path.display();
    let message = format!("timed out while reading `{path}`");
    Failure::new(Cause::Unreachable, message).with_hint(format!(
        "put a regular file on a file system that responds there, or correct or unset `{}`",
        place.variable
    ))
}

/// The SDK panics over a set without any file.
fn no_files() -> aws_runtime::env_config::file::Builder {
    EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "")
}

/// The SDK's access to the process's environment and files, whose types are not exported.
fn real<T: Default>() -> T {
    T::default()
}
