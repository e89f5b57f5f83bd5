//! Files that contain the agent's token.

use std::path::{Path, PathBuf};

use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{DEFAULT_FILE, Origin, unusable};
use crate::source::local::{self, Reading, Unread};
use crate::source::{Cause, Failure};

/// Reads the text of a token file, until the deadline at the latest. `None` if the default file does not exist.
pub(super) async fn read(
    path: &str,
    origin: &Origin,
    deadline: Instant,
) -> Result<Option<Zeroizing<String>>, Failure> {
    let at = PathBuf::from(path);
    let shown = shown(&at, origin);
    let reading = Reading::default();
    reading.begin(&shown);
    let as_shown = shown.clone();
    let work = move |_| {
        let mut too_open = Vec::new();
        (local::read(&as_shown, &at, &mut too_open), too_open)
    };
    let unreadable = |why: &str, cause| Err(unreadable(origin, &shown, why, cause));
    let (read, too_open) = match local::run(deadline, &reading, work).await {
        Ok(done) => done,
        Err(failure) => return unreadable(failure.message(), failure.cause()),
    };
    local::warn(&too_open);
    match read {
        Ok(bytes) => text(&bytes, origin).map(Some),
        Err(Unread::Absent) if *origin == Origin::DefaultFile => Ok(None),
        Err(Unread::Absent) => unreadable("it does not exist", Cause::Credentials),
        Err(Unread::Folder) => unreadable("it is a folder", Cause::Credentials),
        Err(Unread::Failed(failure)) => unreadable(failure.message(), failure.cause()),
    }
}

/// The path as it may be shown. What has no root may be the token itself.
fn shown(path: &Path, origin: &Origin) -> PathBuf {
    match origin {
        Origin::Variable(name) if !path.has_root() => PathBuf::from(format!("${name}")),
        Origin::Given if !path.has_root() => PathBuf::from("Agent::token"),
        _ => path.to_owned(),
    }
}

fn text(bytes: &[u8], origin: &Origin) -> Result<Zeroizing<String>, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| unusable(origin, "is not Unicode"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn unreadable(origin: &Origin, shown: &Path, why: &str, cause: Cause) -> Failure {
    let path = shown.display();
    let message =
        format!("the agent's token cannot be read from the file `{path}` ({origin}): {why}");
    let hint = match cause {
        Cause::Denied => {
            "add the user of this process to the group that may read the file (`awssmatokenreader`)"
                .to_owned()
        }
        Cause::Unreachable => {
            "check the file system that it is on, or raise `Loader::timeout`".to_owned()
        }
        _ => format!(
            "correct {origin}, or start the agent, whose installation writes `{DEFAULT_FILE}`"
        ),
    };
    let cause = match cause {
        Cause::Unreachable => Cause::Unreachable,
        _ => Cause::Credentials,
    };
    Failure::new(cause, message).with_hint(hint)
}
