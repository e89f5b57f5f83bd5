//! Reads of regular files of limited size.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::permissions::TooOpen;
use crate::source::{SourceError, SourceErrorKind};

/// How large a file, or a folder that stands for a secret, may be, in bytes: sixteen times what Secrets Manager stores,
/// and what Kubernetes and systemd allow.
pub(in crate::source) const LARGEST: usize = 1024 * 1024;

/// The reason why a path has no content.
#[derive(Debug)]
pub(in crate::source) enum Unread {
    Absent,
    Folder,
    Failed(SourceError),
}

/// Reads a whole file into a buffer that is wiped. `shown` is what the user knows it by, `at` where it is by now.
///
/// What is no regular file is not opened, because a pipe without a writer would be waited for.
pub(in crate::source) fn read(
    shown: &Path,
    at: &Path,
    too_open: &mut Vec<TooOpen>,
) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let unread = |error: io::Error| unread(shown, &error);
    check_kind(shown, &fs::metadata(at).map_err(unread)?)?;
    let mut file = File::open(at).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    check_kind(shown, &metadata)?;
    too_open.extend(TooOpen::of(shown, at, &metadata));
    let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let bytes = read_bounded(&mut file, expected).map_err(unread)?;
    bytes.ok_or_else(|| Unread::Failed(too_large(shown)))
}

/// Reads a whole file, or all that comes out of a pipe, into a buffer that is wiped.
#[cfg(all(feature = "cli", feature = "aws"))]
pub(in crate::source) fn read_stream(path: &Path) -> Result<Zeroizing<Vec<u8>>, SourceError> {
    let read = File::open(path).and_then(|mut file| read_bounded(&mut file, 0));
    match read {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(too_large(path)),
        Err(error) => Err(failure(path, &error)),
    }
}

fn check_kind(shown: &Path, metadata: &Metadata) -> Result<(), Unread> {
    if metadata.is_dir() {
        return Err(Unread::Folder);
    }
    if !metadata.is_file() {
        let message = format!("`{}` is no regular file", shown.display());
        let hint = "put a file there; pipes, sockets and devices are not read";
        let failure = SourceError::new(SourceErrorKind::Malformed, message).with_hint(hint);
        return Err(Unread::Failed(failure));
    }
    if metadata.len() > LARGEST as u64 {
        return Err(Unread::Failed(too_large(shown)));
    }
    Ok(())
}

/// Reads to the end, or gives `None` where that is too far. A buffer that turns out too small is wiped.
fn read_bounded(source: &mut impl Read, expected: usize) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // The end is seen by reading one byte less than there is room for.
    let room = expected.min(LARGEST) + 1;
    let mut buffer = Zeroizing::new(vec![0; room]);
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            if filled > LARGEST {
                return Ok(None);
            }
            let room = (2 * filled).clamp(512, LARGEST + 1);
            let mut larger = Zeroizing::new(vec![0; room]);
            larger[..filled].copy_from_slice(&buffer);
            buffer = larger;
        }
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(Some(buffer))
}

/// Whether the error says that there is nothing of that name, and can be nothing.
pub(in crate::source) fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
    )
}

/// Why an error leaves something unread.
pub(in crate::source) fn unread(shown: &Path, error: &io::Error) -> Unread {
    if is_absence(error) {
        Unread::Absent
    } else {
        Unread::Failed(failure(shown, error))
    }
}

/// What is said when the operating system refuses.
pub(in crate::source) fn failure(shown: &Path, error: &io::Error) -> SourceError {
    let path = shown.display();
    match error.kind() {
        ErrorKind::PermissionDenied => SourceError::new(
            SourceErrorKind::Denied,
            format!("`{path}` may not be read"),
        )
        .with_hint(
            "let the user that this program runs as read it, and enter the folders above it",
        ),
        kind => {
            let cause = if is_of_the_network(kind) {
                SourceErrorKind::Unreachable
            } else {
                SourceErrorKind::Internal
            };
            SourceError::new(cause, format!("`{path}` cannot be read: {error}"))
                .with_hint("check the file system that it is on")
        }
    }
}

/// What file systems of other machines answer with when those are away.
fn is_of_the_network(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NotConnected
            | ErrorKind::StaleNetworkFileHandle
            | ErrorKind::TimedOut
    )
}

fn too_large(shown: &Path) -> SourceError {
    let message = format!("`{}` is larger than 1 MiB", shown.display());
    SourceError::new(SourceErrorKind::Malformed, message)
        .with_hint("a secret is smaller; check the path")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in pieces of this size, whatever it is asked for.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(buffer.len());
            self.0.read(&mut buffer[..size])
        }
    }

    #[test]
    fn wrong_size_estimate_reads_whole_file() {
        let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
        for expected in [0, 1, 9_999, 10_000, 20_000, usize::MAX] {
            for size in [7, 4096, usize::MAX] {
                let read = read_bounded(&mut Pieces(&bytes, size), expected).unwrap();
                assert!(*read.unwrap() == bytes, "{expected} {size}");
            }
        }
        assert!(
            read_bounded(&mut io::empty(), 0)
                .unwrap()
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn file_over_size_limit_is_rejected() {
        let bytes = vec![b'x'; LARGEST + 1];
        for expected in [0, LARGEST, LARGEST + 1] {
            let mut largest = &bytes[..LARGEST];
            let read = read_bounded(&mut largest, expected).unwrap();
            assert_eq!(read.unwrap().len(), LARGEST);
            assert!(read_bounded(&mut &*bytes, expected).unwrap().is_none());
        }
        // What never ends is not read on for ever.
        assert!(read_bounded(&mut io::repeat(0), 0).unwrap().is_none());
    }

    #[test]
    fn io_errors_map_to_source_errors() {
        let path = Path::new("/some/file");
        let cause = |kind: ErrorKind| failure(path, &kind.into()).kind();
        assert_eq!(cause(ErrorKind::PermissionDenied), SourceErrorKind::Denied);
        assert_eq!(
            cause(ErrorKind::StaleNetworkFileHandle),
            SourceErrorKind::Unreachable
        );
        assert_eq!(cause(ErrorKind::Other), SourceErrorKind::Internal);
        let denied = failure(path, &ErrorKind::PermissionDenied.into());
        assert_eq!(denied.message(), "`/some/file` may not be read");
        assert!(denied.hint().is_some());
        let other = failure(path, &io::Error::from_raw_os_error(5));
        assert!(other.message().contains("(os error 5)"), "{other}");
    }

    #[test]
    fn impossible_file_name_is_absent() {
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::NotADirectory,
            ErrorKind::InvalidFilename,
        ] {
            assert!(matches!(
                unread(Path::new("x"), &kind.into()),
                Unread::Absent
            ));
        }
    }
}
