//! Looks for the file of one secret.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::names::{Below, candidates};
use super::view::{Folder, View};
use super::{folder, found};
use crate::source::local::{self, Unread};
use crate::source::{Answer, Cause, Failure, Missing, Request, Version};

/// What the directories, asked in order, have of a secret.
pub(super) fn answer(view: &mut View, directories: &[PathBuf], request: &Request) -> Answer {
    if *request.version() != Version::Current {
        return Answer::Missing(Missing::Version);
    }
    let candidates = candidates(request.id());
    if candidates.is_empty() {
        return Answer::Missing(Missing::Name);
    }
    for directory in directories {
        match look(view, directory, &candidates, request.json_keys()) {
            Ok(Some(bytes)) => return Answer::Found(found(bytes)),
            Ok(None) => {}
            Err(failure) => return Answer::Failed(failure),
        }
    }
    Answer::Missing(Missing::File)
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
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let mut held: Option<Held> = None;
    let mut folder = None;
    for below in candidates {
        let path = directory.join(below.iter().collect::<PathBuf>());
        match read(view, directory, below, json_keys) {
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
        (Some(held), _) => Ok(Some(held.bytes)),
        (None, Some(folder)) => Err(no_file(&folder)),
        (None, None) => Ok(None),
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

    #[test]
    fn directories_are_asked_in_order_and_a_failure_leads_no_further() {
        let scratch =
            std::env::temp_dir().join(format!("from-secrets-look-{}", std::process::id()));
        let directories = ["1", "2"].map(|name| scratch.join(name));
        for (name, file) in [
            ("1", "both"),
            ("2", "both"),
            ("2", "second"),
            ("2", "folder"),
        ] {
            fs::create_dir_all(scratch.join(name)).unwrap();
            fs::write(scratch.join(name).join(file), name).unwrap();
        }
        fs::create_dir(scratch.join("1/folder")).unwrap();
        let ask = |id: &str| {
            let request = Request::new(id, Version::Current);
            answer(&mut View::default(), &directories, &request)
        };
        assert_eq!(text(ask("both")).as_deref(), Ok("1"));
        assert_eq!(text(ask("second")).as_deref(), Ok("2"));
        assert_eq!(text(ask("folder")), Err(Cause::Malformed));
        assert!(matches!(ask("none"), Answer::Missing(Missing::File)));
        fs::remove_dir_all(scratch).unwrap();
    }
}
