//! The lookup of one secret's file.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::json_dir;
use super::paths::{Below, candidates};
use super::roots::Directories;
use super::snapshot::DirectorySnapshot;
use crate::source::file_io::Unread;
use crate::source::{
    FetchResult, MissingReason, SecretRequest, SecretValue, SourceError, SourceErrorKind,
    VersionSelector,
};

/// Searches the directories in order. An optional directory that cannot be read is an error only if no other directory
/// contains the secret.
pub(super) fn fetch(
    snapshot: &mut DirectorySnapshot,
    directories: &Directories,
    request: &SecretRequest,
) -> FetchResult {
    let (mut unreadable, mut missing) = (None, None);
    for directory in directories.iter() {
        match directory.enter(snapshot) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) if directory.is_optional() => {
                unreadable.get_or_insert(error);
                continue;
            }
            Err(error) => return FetchResult::Failed(error),
        }
        if *request.version() != VersionSelector::Current {
            return FetchResult::Missing(MissingReason::Version);
        }
        let candidates = candidates(request);
        if candidates.is_empty() {
            return FetchResult::Missing(MissingReason::Name);
        }
        match look(snapshot, directory.path(), &candidates, request.json_keys()) {
            FetchResult::Missing(reason) => {
                let empty = missing.filter(|known| *known == MissingReason::EmptyFile);
                missing = empty.or(Some(reason));
            }
            result => return result,
        }
    }
    match (unreadable, missing) {
        (Some(error), _) => FetchResult::Failed(error),
        (None, Some(reason)) => FetchResult::Missing(reason),
        (None, None) => FetchResult::NotConfigured(directories.not_found()),
    }
}

/// Checks whether a directory exists, or returns the result of every request.
pub(super) fn ready(
    snapshot: &mut DirectorySnapshot,
    directories: &Directories,
) -> Result<(), FetchResult> {
    let mut unreadable = None;
    for directory in directories.iter() {
        match directory.enter(snapshot) {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) if directory.is_optional() => {
                unreadable.get_or_insert(error);
            }
            Err(error) => return Err(FetchResult::Failed(error)),
        }
    }
    Err(match unreadable {
        Some(error) => FetchResult::Failed(error),
        None => FetchResult::NotConfigured(directories.not_found()),
    })
}

/// Returns the value of a file: text if it is UTF-8.
fn value(mut bytes: Zeroizing<Vec<u8>>) -> SecretValue {
    match String::from_utf8(std::mem::take(&mut bytes)) {
        Ok(text) => SecretValue::text(text),
        Err(error) => SecretValue::binary(error.into_bytes()),
    }
}

/// Looks for a secret in one directory.
fn look(
    snapshot: &mut DirectorySnapshot,
    directory: &Path,
    candidates: &[Below],
    json_keys: &[String],
) -> FetchResult {
    let mut found: Option<(PathBuf, Zeroizing<Vec<u8>>)> = None;
    let mut folder = None;
    let mut reason = MissingReason::File;
    for below in candidates {
        let path = directory.join(below.iter().collect::<PathBuf>());
        match read(snapshot, directory, below, json_keys) {
            Ok(bytes) if bytes.is_empty() => reason = MissingReason::EmptyFile,
            Ok(bytes) => match &found {
                Some((other, known)) if *known != bytes => {
                    return FetchResult::Failed(clash(other, &path));
                }
                Some(_) => {}
                None => found = Some((path, bytes)),
            },
            Err(Unread::Absent) => {}
            Err(Unread::Folder) => folder = Some(path),
            Err(Unread::Failed(error)) => return FetchResult::Failed(error),
        }
    }
    match (found, folder) {
        (Some((_, bytes)), _) => FetchResult::Found(value(bytes)),
        (None, Some(folder)) => FetchResult::Failed(no_file(&folder)),
        (None, None) => FetchResult::Missing(reason),
    }
}

fn read(
    snapshot: &mut DirectorySnapshot,
    directory: &Path,
    below: &Below,
    json_keys: &[String],
) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let Some((file, folders)) = below.split_last() else {
        return Err(Unread::Absent);
    };
    let mut shown = directory.to_owned();
    let mut folder = snapshot.enter(&shown, directory)?;
    for name in folders {
        shown.push(name);
        folder = snapshot.enter(&shown, &folder.child(name))?;
    }
    shown.push(file);
    let at = folder.child(file);
    match snapshot.read(&shown, &at) {
        Err(Unread::Folder) if !json_keys.is_empty() => {
            let folder = snapshot.enter(&shown, &at)?;
            json_dir::json(snapshot, &shown, &folder, json_keys)
        }
        read => read,
    }
}

fn clash(one: &Path, other: &Path) -> SourceError {
    let (one, other) = (one.display(), other.display());
    SourceError::new(
        SourceErrorKind::Malformed,
        format!("conflicting files for one secret: `{one}` and `{other}`"),
    )
    .with_hint("remove one of the files")
}

fn no_file(folder: &Path) -> SourceError {
    let message = format!("`{}` is a directory", folder.display());
    SourceError::new(SourceErrorKind::Malformed, message).with_hint(
        "mount the secret as one file, or read the files of the directory with `json_key`",
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::source::RawValue;

    fn text(result: FetchResult) -> Result<String, SourceErrorKind> {
        match result {
            FetchResult::Found(found) => match found.value {
                RawValue::Text(text) => Ok(text.to_string()),
                RawValue::Binary(_) => panic!("it is text"),
            },
            FetchResult::Failed(error) => Err(error.kind()),
            other => panic!("{other:?}"),
        }
    }

    /// Two directories, removed when this is dropped.
    struct Pair(PathBuf);

    impl Pair {
        fn new(name: &str) -> Self {
            let name = format!("from-secrets-look-{}-{name}", std::process::id());
            let pair = Self(std::env::temp_dir().join(name));
            for directory in pair.paths() {
                fs::create_dir_all(directory).unwrap();
            }
            pair
        }

        fn paths(&self) -> [PathBuf; 2] {
            ["1", "2"].map(|name| self.0.join(name))
        }

        fn write(&self, directory: usize, file: &str, text: &str) {
            fs::write(self.paths()[directory - 1].join(file), text).unwrap();
        }

        fn fetch_id(&self, id: &str) -> FetchResult {
            fetch_id(&Directories::usual(self.paths()), id)
        }
    }

    impl Drop for Pair {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn fetch_id(directories: &Directories, id: &str) -> FetchResult {
        let request = SecretRequest::new(id, VersionSelector::Current);
        fetch(&mut DirectorySnapshot::default(), directories, &request)
    }

    #[test]
    fn first_directory_wins_and_failure_stops() {
        let pair = Pair::new("order");
        for (directory, file) in [(1, "both"), (2, "both"), (2, "second"), (2, "folder")] {
            pair.write(directory, file, &directory.to_string());
        }
        fs::create_dir(pair.paths()[0].join("folder")).unwrap();
        assert_eq!(text(pair.fetch_id("both")).as_deref(), Ok("1"));
        assert_eq!(text(pair.fetch_id("second")).as_deref(), Ok("2"));
        assert_eq!(
            text(pair.fetch_id("folder")),
            Err(SourceErrorKind::Malformed)
        );
        assert!(matches!(
            pair.fetch_id("none"),
            FetchResult::Missing(MissingReason::File)
        ));
    }

    #[test]
    fn empty_file_counts_as_absent() {
        let pair = Pair::new("empty");
        pair.write(1, "a", "");
        assert!(matches!(
            pair.fetch_id("a"),
            FetchResult::Missing(MissingReason::EmptyFile)
        ));
        pair.write(2, "a", "2");
        assert_eq!(text(pair.fetch_id("a")).as_deref(), Ok("2"));
    }

    #[cfg(unix)]
    #[test]
    fn unreadable_usual_directory_fails_last() {
        // A link to itself is unreadable for root, too.
        let pair = Pair::new("unreadable");
        let circle = pair.0.join("circle");
        std::os::unix::fs::symlink("circle", &circle).unwrap();
        let [readable, _] = pair.paths();
        pair.write(1, "a", "1");
        for paths in [
            [circle.clone(), readable.clone()],
            [readable, circle.clone()],
        ] {
            let directories = Directories::usual(paths);
            assert_eq!(text(fetch_id(&directories, "a")).as_deref(), Ok("1"));
            let FetchResult::Failed(error) = fetch_id(&directories, "b") else {
                panic!("a directory that was not searched may have it");
            };
            assert!(error.message().contains("circle"), "{error}");
        }
    }

    #[test]
    fn no_usual_directory_is_not_configured() {
        let absent = ["/from-secrets-nowhere/a", "/dev/null"].map(PathBuf::from);
        let FetchResult::NotConfigured(why) = fetch_id(&Directories::usual(absent), "a") else {
            panic!("it exists");
        };
        assert!(
            why.contains("`/from-secrets-nowhere/a`, `/dev/null`"),
            "{why}"
        );
        assert!(why.contains("FROM_SECRETS_DIRECTORY"), "{why}");
    }
}
