//! Reads of regular files of limited size.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

#[cfg(any(feature = "agent", feature = "dotenv"))]
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::blocking::Reading;
#[cfg(any(feature = "agent", feature = "dotenv"))]
use super::blocking::run;
use super::permissions::TooOpen;
use crate::source::{SourceError, SourceErrorKind};

/// The largest size of a secret's file or directory, in bytes: sixteen times the limit of Secrets Manager, and the
/// limit of Kubernetes and systemd.
pub(in crate::source) const LARGEST: usize = 1024 * 1024;

/// The reason why a path has no content.
#[derive(Debug)]
pub(in crate::source) enum Unread {
    Absent,
    Folder,
    Failed(SourceError),
}

/// Reads one file, at most until the deadline.
#[cfg(any(feature = "agent", feature = "dotenv"))]
pub(in crate::source) async fn read_file(
    shown: &Path,
    at: &Path,
    deadline: Instant,
) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let reading = Reading::default();
    reading.begin(shown);
    let (shown, at, in_thread) = (shown.to_owned(), at.to_owned(), reading.clone());
    let work = move |_| read(&shown, &at, &in_thread);
    let read = run(deadline, &reading, work).await;
    read.unwrap_or_else(|error| Err(Unread::Failed(error)))
}

/// Reads a whole file into a buffer that is wiped. `shown` is its path for the user, `at` its current path.
///
/// Only regular files are opened, because opening a pipe without a writer would block.
pub(in crate::source) fn read(
    shown: &Path,
    at: &Path,
    reading: &Reading,
) -> Result<Zeroizing<Vec<u8>>, Unread> {
    reading.begin(shown);
    let unread = |error: io::Error| unread(shown, &error);
    check_kind(shown, &fs::metadata(at).map_err(unread)?)?;
    let mut file = File::open(at).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    check_kind(shown, &metadata)?;
    reading.warn_later(TooOpen::of(shown, at, &metadata));
    let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let bytes = read_bounded(&mut file, expected).map_err(unread)?;
    bytes.ok_or_else(|| Unread::Failed(too_large(shown)))
}

/// Reads a whole file or pipe into a buffer that is wiped.
#[cfg(all(feature = "cli", feature = "aws"))]
pub(in crate::source) fn read_stream(path: &Path) -> Result<Zeroizing<Vec<u8>>, SourceError> {
    let read = File::open(path).and_then(|mut file| read_bounded(&mut file, 0));
    match read {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(too_large(path)),
        Err(error) => Err(source_error(path, &error)),
    }
}

fn check_kind(shown: &Path, metadata: &Metadata) -> Result<(), Unread> {
    if metadata.is_dir() {
        return Err(Unread::Folder);
    }
    if !metadata.is_file() {
        let message = format!("`{}` is not a regular file", shown.display());
        let hint = "use a regular file instead of a pipe, socket or device";
        let error = SourceError::new(SourceErrorKind::Malformed, message).with_hint(hint);
        return Err(Unread::Failed(error));
    }
    if metadata.len() > LARGEST as u64 {
        return Err(Unread::Failed(too_large(shown)));
    }
    Ok(())
}

/// Reads to the end. Returns `None` if the content is too large.
fn read_bounded(source: &mut impl Read, expected: usize) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // With one more byte, a read that does not fill the buffer has reached the end. For smaller buffers,
    // `Read::read_to_end` copies bytes to the stack, which is not wiped.
    const SMALLEST: usize = 64;
    let mut buffer = Zeroizing::new(Vec::with_capacity(SMALLEST.max(expected.min(LARGEST) + 1)));
    loop {
        let room = buffer.capacity() - buffer.len();
        let count = source.take(room as u64).read_to_end(&mut buffer)?;
        if buffer.len() > LARGEST {
            return Ok(None);
        }
        if count < room {
            return Ok(Some(buffer));
        }
        reserve(&mut buffer, 1);
    }
}

/// Appends to a buffer that is wiped, also when it grows.
#[cfg(any(feature = "agent", feature = "files"))]
pub(in crate::source) fn append(buffer: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    reserve(buffer, bytes.len());
    buffer.extend_from_slice(bytes);
}

/// Reserves capacity. A vector that grows by itself does not wipe its old memory.
fn reserve(buffer: &mut Zeroizing<Vec<u8>>, additional: usize) {
    let needed = buffer.len() + additional;
    if needed > buffer.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * buffer.capacity())));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
}

/// Returns whether the error means that the path does not exist.
pub(in crate::source) fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
    )
}

/// Returns the reason for an error.
pub(in crate::source) fn unread(shown: &Path, error: &io::Error) -> Unread {
    if is_absence(error) {
        Unread::Absent
    } else {
        Unread::Failed(source_error(shown, error))
    }
}

/// Returns the error of a failed read.
fn source_error(shown: &Path, error: &io::Error) -> SourceError {
    let path = shown.display();
    if error.kind() == ErrorKind::PermissionDenied {
        let message = format!("no permission to read `{path}`");
        return SourceError::new(SourceErrorKind::Denied, message)
            .with_hint("grant this process's user read permission on the file and search permission on its parent directories");
    }
    let kind = match error.kind() {
        // The errors of network file systems.
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NotConnected
        | ErrorKind::StaleNetworkFileHandle
        | ErrorKind::TimedOut => SourceErrorKind::Unreachable,
        _ => SourceErrorKind::Internal,
    };
    SourceError::new(kind, format!("failed to read `{path}`: {error}"))
        .with_hint("check the file system of this path")
}

fn too_large(shown: &Path) -> SourceError {
    let message = format!("file larger than 1 MiB: `{}`", shown.display());
    SourceError::new(SourceErrorKind::Malformed, message)
        .with_hint("check the path, or store a smaller secret")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns its bytes in pieces of this size.
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
        // An endless file is not read forever.
        assert!(read_bounded(&mut io::repeat(0), 0).unwrap().is_none());
    }

    #[test]
    fn io_errors_map_to_source_errors() {
        let path = Path::new("/some/file");
        let cause = |kind: ErrorKind| source_error(path, &kind.into()).kind();
        assert_eq!(cause(ErrorKind::PermissionDenied), SourceErrorKind::Denied);
        assert_eq!(
            cause(ErrorKind::StaleNetworkFileHandle),
            SourceErrorKind::Unreachable
        );
        assert_eq!(cause(ErrorKind::Other), SourceErrorKind::Internal);
        let denied = source_error(path, &ErrorKind::PermissionDenied.into());
        assert_eq!(denied.message(), "no permission to read `/some/file`");
        assert!(denied.hint().is_some());
        let other = source_error(path, &io::Error::from_raw_os_error(5));
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
