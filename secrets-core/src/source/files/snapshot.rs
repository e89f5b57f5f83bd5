//! Snapshots of directories.
//!
//! Kubernetes stores the files of a volume in a directory of their own, the target of the link `..data`. When a file
//! changes, it replaces the link to point to a new directory, and removes the old one. A reader that follows the link
//! for each file can combine the user name of one state with the password of the next.
//! <https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter>

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use zeroize::Zeroizing;

use crate::source::file_io::{self, Reading, Unread};
use crate::source::{FetchContext, SourceError, SourceErrorKind};
use crate::sync::{Mutex, lock};

/// The link to the current state of a volume.
const DATA: &str = "..data";

/// The targets of directories at the first access. All files are read from there.
#[derive(Debug, Default)]
pub(super) struct DirectorySnapshot {
    folders: BTreeMap<PathBuf, Folder>,
    /// A file was absent or unreadable, possibly because its directory is being removed.
    is_doubtful: bool,
    /// A directory disappeared during the read.
    is_broken: bool,
    /// The progress, for errors.
    pub(super) reading: Reading,
}

/// A directory that is read from.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    at: PathBuf,
    /// The path that was followed: `..data`, or the directory itself, which can be a link too.
    followed: PathBuf,
    real: PathBuf,
    identity: Identity,
}

impl DirectorySnapshot {
    /// Repeats a read until all of its files are of one state.
    pub(super) fn consistently<T>(
        &mut self,
        until: Instant,
        mut read: impl FnMut(&mut Self) -> T,
    ) -> Result<T, SourceError> {
        const MOST: u32 = 10;
        for attempt in 0..MOST {
            (self.is_doubtful, self.is_broken) = (false, false);
            let done = read(self);
            if self.is_of_one_state() {
                return Ok(done);
            }
            self.folders.clear();
            let pause = Duration::from_millis(1 << attempt);
            if Instant::now() + pause >= until {
                break;
            }
            sleep(pause);
        }
        let error = SourceError::new(
            SourceErrorKind::Unreachable,
            "directory changed during every attempt to read it",
        );
        Err(error.with_hint("load again; if it persists, check that the target of `..data` exists"))
    }

    /// Returns whether a directory was entered.
    pub(super) fn has_entered(&self, at: &Path) -> bool {
        self.folders.contains_key(at)
    }

    /// Enters a directory. `shown` is its path in errors.
    pub(super) fn enter(&mut self, shown: &Path, at: &Path) -> Result<Folder, Unread> {
        self.reading.begin(shown);
        if let Some(folder) = self.folders.get(at) {
            return Ok(folder.clone());
        }
        let folder = Folder::follow(at).map_err(|error| {
            self.is_doubtful = true;
            // `..data` itself always exists, so the target of the link was just removed.
            let has_data = || at.join(DATA).symlink_metadata().is_ok();
            self.is_broken |= file_io::is_absence(&error) && has_data();
            file_io::unread(shown, &error)
        })?;
        self.folders.insert(at.to_owned(), folder.clone());
        Ok(folder)
    }

    /// Reads a file of a directory that was entered.
    pub(super) fn read(&mut self, shown: &Path, at: &Path) -> Result<Zeroizing<Vec<u8>>, Unread> {
        let read = file_io::read(shown, at, &self.reading);
        self.is_doubtful |= matches!(read, Err(Unread::Absent | Unread::Failed(_)));
        read
    }

    /// Returns at most `most` names in a directory, sorted, except Kubernetes' own and those that are not Unicode.
    pub(super) fn list(&mut self, folder: &Folder, most: usize) -> io::Result<Vec<String>> {
        // A directory that is being removed has only a part of its files.
        self.is_doubtful = true;
        let entries = fs::read_dir(&folder.real)?;
        let names = entries.map(|entry| {
            let name = entry?.file_name().into_string().ok();
            Ok(name.filter(|name| !name.starts_with("..")))
        });
        let names = names.filter_map(Result::transpose).take(most);
        let mut names: Vec<String> = names.collect::<io::Result<_>>()?;
        names.sort_unstable();
        Ok(names)
    }

    fn is_of_one_state(&self) -> bool {
        let mut folders = self.folders.values();
        !self.is_broken && folders.all(|folder| folder.is_as_it_was(self.is_doubtful))
    }
}

impl Folder {
    fn follow(at: &Path) -> io::Result<Self> {
        let data = at.join(DATA);
        let is_versioned = match data.symlink_metadata() {
            Ok(_) => true,
            Err(error) if file_io::is_absence(&error) => false,
            Err(error) => return Err(error),
        };
        let followed = if is_versioned { data } else { at.to_owned() };
        let real = followed.canonicalize()?;
        let metadata = real.metadata()?;
        if !metadata.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            at: at.to_owned(),
            followed,
            real,
            identity: Identity::of(&metadata),
        })
    }

    /// Returns the path of an entry. In a directory with `..data`, an entry that is not a link does not belong to that
    /// state: it is another volume that is mounted there.
    pub(super) fn child(&self, name: impl AsRef<Path>) -> PathBuf {
        let beside = self.at.join(&name);
        let is_versioned = self.followed != self.at;
        let is_own = || matches!(beside.symlink_metadata(), Ok(found) if !found.is_symlink());
        if is_versioned && is_own() {
            beside
        } else {
            self.real.join(name)
        }
    }

    /// Returns whether the files that were read are of one state. If a file was absent, the followed path must still
    /// lead to this directory; otherwise the directory is being removed.
    fn is_as_it_was(&self, is_doubtful: bool) -> bool {
        match self.real.metadata() {
            Ok(now) if Identity::of(&now) == self.identity => {
                let leads_there =
                    || matches!(self.followed.canonicalize(), Ok(to) if to == self.real);
                !is_doubtful || leads_there()
            }
            Ok(_) => false,
            Err(_) => !is_doubtful,
        }
    }
}

/// Distinguishes a directory from another one that replaced it at the same path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    created: Option<SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            created: metadata.created().ok(),
            #[cfg(unix)]
            inode: (metadata.dev(), metadata.ino()),
        }
    }
}

/// Reads the files of one load on a separate thread, so that all values are of one state of the file system.
#[derive(Default)]
pub(super) struct FileReader {
    snapshot: Arc<Mutex<DirectorySnapshot>>,
    reading: Reading,
}

impl FileReader {
    pub(super) async fn read<T: Send + 'static>(
        &self,
        context: FetchContext,
        read: impl Fn(&mut DirectorySnapshot) -> T + Send + 'static,
    ) -> Result<T, SourceError> {
        let (snapshot, reading) = (Arc::clone(&self.snapshot), self.reading.clone());
        let work = move |until: Instant| {
            let mut snapshot = lock(&snapshot);
            snapshot.reading = reading;
            snapshot.consistently(until, &read)
        };
        file_io::run(context.deadline(), &self.reading, work).await?
    }
}

#[cfg(all(test, unix))]
mod tests;
