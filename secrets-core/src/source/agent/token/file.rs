//! Files that contain the agent's token.

use std::path::{Path, PathBuf};

use tokio::time::Instant;
use zeroize::Zeroizing;

use super::origin::{DEFAULT_FILE, TokenOrigin, unusable};
use crate::source::file_io::{self, Reading, Unread};
use crate::source::{SourceError, SourceErrorKind};

/// Reads the text of a token file, until the deadline at the latest. `None` if the default file does not exist.
pub(super) async fn read(
    path: &str,
    origin: &TokenOrigin,
    deadline: Instant,
) -> Result<Option<Zeroizing<String>>, SourceError> {
    let at = PathBuf::from(path);
    let shown = shown(&at, origin);
    let reading = Reading::default();
    reading.begin(&shown);
    let as_shown = shown.clone();
    let work = move |_| {
        let mut too_open = Vec::new();
        (file_io::read(&as_shown, &at, &mut too_open), too_open)
    };
    let unreadable = |why: &str, cause| Err(unreadable(origin, &shown, why, cause));
    let (read, too_open) = match file_io::run(deadline, &reading, work).await {
        Ok(done) => done,
        Err(failure) => return unreadable(failure.message(), failure.kind()),
    };
    file_io::warn(&too_open);
    match read {
        Ok(bytes) => text(&bytes, origin).map(Some),
        Err(Unread::Absent) if *origin == TokenOrigin::DefaultFile => Ok(None),
        Err(Unread::Absent) => unreadable("it does not exist", SourceErrorKind::Credentials),
        Err(Unread::Folder) => unreadable("it is a folder", SourceErrorKind::Credentials),
        Err(Unread::Failed(failure)) => unreadable(failure.message(), failure.kind()),
    }
}

/// The path as it may be shown. What has no root may be the token itself.
fn shown(path: &Path, origin: &TokenOrigin) -> PathBuf {
    match origin {
        TokenOrigin::EnvVar(name) if !path.has_root() => PathBuf::from(format!("${name}")),
        TokenOrigin::Code if !path.has_root() => PathBuf::from("Agent::token"),
        _ => path.to_owned(),
    }
}

fn text(bytes: &[u8], origin: &TokenOrigin) -> Result<Zeroizing<String>, SourceError> {
    let text = std::str::from_utf8(bytes).map_err(|_| unusable(origin, "is not Unicode"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn unreadable(
    origin: &TokenOrigin,
    shown: &Path,
    why: &str,
    cause: SourceErrorKind,
) -> SourceError {
    let path = shown.display();
    let message =
        format!("the agent's token cannot be read from the file `{path}` ({origin}): {why}");
    let hint = match cause {
        SourceErrorKind::Denied => {
            "add the user of this process to the group that may read the file (`awssmatokenreader`)"
                .to_owned()
        }
        SourceErrorKind::Unreachable => {
            "check the file system that it is on, or raise `Loader::timeout`".to_owned()
        }
        _ => format!(
            "correct {origin}, or start the agent, whose installation writes `{DEFAULT_FILE}`"
        ),
    };
    let cause = match cause {
        SourceErrorKind::Unreachable => SourceErrorKind::Unreachable,
        _ => SourceErrorKind::Credentials,
    };
    SourceError::new(cause, message).with_hint(hint)
}
