//! Looks for the file of one secret.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::directories::{Directories, Entered};
use super::names::{Below, candidates};
use super::view::{Folder, View};
use super::{folder, found};
use crate::source::local::{self, Unread};
use crate::source::{Answer, Cause, Failure, Missing, Request, Version};

/// Searches the directories in order. One that cannot be read fails the search only if no other has the secret.
pub(super) fn answer(view: &mut View, directories: &Directories, request: &Request) -> Answer {
    let (mut unreadable, mut missing) = (None, None);
    for directory in directories.iter() {
        match directory.enter(view) {
            Entered::Yes => {}
            Entered::Absent => continue,
            Entered::Unreadable(failure) => {
                unreadable.get_or_insert(failure);
                continue;
            }
            Entered::Failed(failure) => return Answer::Failed(failure),
        }
        if *request.version() != Version::Current {
            return Answer::Missing(Missing::Version);
        }
        let candidates = candidates(request.id());
        if candidates.is_empty() {
            return Answer::Missing(Missing::Name);
        }
        match look(view, directory.path(), &candidates, request.json_keys()) {
            Ok(Looked::Found(bytes)) => return Answer::Found(found(bytes)),
            Ok(Looked::Empty) => missing = Some(Missing::EmptyFile),
            Ok(Looked::Absent) => missing = missing.or(Some(Missing::File)),
            Err(failure) => return Answer::Failed(failure),
        }
    }
    match (unreadable, missing) {
        (Some(failure), _) => Answer::Failed(failure),
        (None, Some(missing)) => Answer::Missing(missing),
        (None, None) => Answer::NotConfigured(directories.nowhere()),
    }
}

/// What one directory has of a secret.
enum Looked {
    Found(Zeroizing<Vec<u8>>),
    /// Only empty files.
    Empty,
    Absent,
}

/// What was found, and where.
struct Held {
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
}

fn look(
    view: &mut View,
    directory: &Path,
    candidates: &[Below],
    json_keys: &[String],
) -> Result<Looked, Failure> {
    let mut held: Option<Held> = None;
    let mut folder = None;
    let mut absent = Looked::Absent;
    for below in candidates {
        let path = directory.join(below.iter().collect::<PathBuf>());
        match read(view, directory, below, json_keys) {
            Ok(bytes) if bytes.is_empty() => absent = Looked::Empty,
            Ok(bytes) => match &held {
                Some(other) if *other.bytes != *bytes => return Err(clash(&other.path, &path)),
                Some(_) => {}
                None => held = Some(Held { path, bytes }),
            },
            Err(Unread::Absent) => {}
            Err(Unread::Folder) => folder = Some(path),
            Err(Unread::Failed(failure)) => return Err(failure),
        }
    }
    match (held, folder) {
        (Some(held), _) => Ok(Looked::Found(held.bytes)),
        (None, Some(folder)) => Err(no_file(&folder)),
        (None, None) => Ok(absent),
    }
}

fn read(
    view: &mut View,
    directory: &Path,
    below: &Below,
    json_keys: &[String],
) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let Some((file, folders)) = below.split_last() else {
        return Err(Unread::Absent);
    };
    let mut shown = directory.to_owned();
    let mut folder = enter(view, &shown, directory)?;
    for name in folders {
        shown.push(name);
        folder = enter(view, &shown, &folder.child(name))?;
    }
    shown.push(file);
    let at = folder.child(file);
    match view.read(&shown, &at) {
        Err(Unread::Folder) if !json_keys.is_empty() => {
            let folder = enter(view, &shown, &at)?;
            folder::json(view, &shown, &folder, json_keys)
        }
        read => read,
    }
}

pub(super) fn enter(view: &mut View, shown: &Path, at: &Path) -> Result<Folder, Unread> {
    view.reading.begin(shown);
    view.enter(at).map_err(|error| local::unread(shown, &error))
}

/// Nobody can say which one is meant.
fn clash(one: &Path, other: &Path) -> Failure {
    let (one, other) = (one.display(), other.display());
    Failure::new(
        Cause::Malformed,
        format!("`{one}` and `{other}` are both there, and differ"),
    )
    .with_hint("both stand for this secret; remove one")
}

fn no_file(folder: &Path) -> Failure {
    let message = format!("`{}` is a folder, and no file", folder.display());
    Failure::new(Cause::Malformed, message)
        .with_hint("mount the secret as one file, or take the files of the folder with `json_key`")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::source::RawValue;

    fn text(answer: Answer) -> Result<String, Cause> {
        match answer {
            Answer::Found(found) => match found.value {
                RawValue::Text(text) => Ok(text.to_string()),
                RawValue::Binary(_) => panic!("it is text"),
            },
            Answer::Failed(failure) => Err(failure.cause()),
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

        fn ask(&self, id: &str) -> Answer {
            ask(&Directories::usual(self.paths()), id)
        }
    }

    impl Drop for Pair {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn ask(directories: &Directories, id: &str) -> Answer {
        let request = Request::new(id, Version::Current);
        answer(&mut View::default(), directories, &request)
    }

    #[test]
    fn directories_are_asked_in_order_and_a_failure_leads_no_further() {
        let pair = Pair::new("order");
        for (directory, file) in [(1, "both"), (2, "both"), (2, "second"), (2, "folder")] {
            pair.write(directory, file, &directory.to_string());
        }
        fs::create_dir(pair.paths()[0].join("folder")).unwrap();
        assert_eq!(text(pair.ask("both")).as_deref(), Ok("1"));
        assert_eq!(text(pair.ask("second")).as_deref(), Ok("2"));
        assert_eq!(text(pair.ask("folder")), Err(Cause::Malformed));
        assert!(matches!(pair.ask("none"), Answer::Missing(Missing::File)));
    }

    #[test]
    fn empty_file_counts_as_absent() {
        let pair = Pair::new("empty");
        pair.write(1, "a", "");
        assert!(matches!(pair.ask("a"), Answer::Missing(Missing::EmptyFile)));
        pair.write(2, "a", "2");
        assert_eq!(text(pair.ask("a")).as_deref(), Ok("2"));
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
            assert_eq!(text(ask(&directories, "a")).as_deref(), Ok("1"));
            let Answer::Failed(failure) = ask(&directories, "b") else {
                panic!("a directory that was not searched may have it");
            };
            assert!(failure.message().contains("circle"), "{failure}");
        }
    }

    #[test]
    fn no_usual_directory_is_not_configured() {
        let nowhere = ["/from-secrets-nowhere/a", "/dev/null"].map(PathBuf::from);
        let Answer::NotConfigured(why) = ask(&Directories::usual(nowhere), "a") else {
            panic!("it exists");
        };
        assert!(
            why.contains("`/from-secrets-nowhere/a`, `/dev/null`"),
            "{why}"
        );
        assert!(why.contains("FROM_SECRETS_DIRECTORY"), "{why}");
    }
}
