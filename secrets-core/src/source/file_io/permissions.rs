//! Files that more people can read or write than should.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

use crate::per_process::PerProcess;

/// A file that is more open than a secret should be.
#[derive(Debug)]
pub(in crate::source) struct TooOpen {
    path: PathBuf,
    mode: u32,
    who: Who,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Its group, or everybody, can write it.
    Writes,
    /// Everybody can read it.
    Reads,
}

impl TooOpen {
    /// What is to be said of a file. Each is told of once in a process.
    pub(super) fn of(shown: &Path, at: &Path, metadata: &Metadata) -> Option<Self> {
        let mode = mode(metadata);
        let who = who(mode).filter(|_| is_new(shown))?;
        if who == Who::Reads && is_kept_from_others(at) {
            return None;
        }
        Some(Self {
            path: shown.to_owned(),
            mode,
            who,
        })
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777
}

/// Elsewhere there are no modes, and nothing is known of who may do what.
#[cfg(not(unix))]
fn mode(_metadata: &Metadata) -> u32 {
    0
}

fn who(mode: u32) -> Option<Who> {
    const READ_BY_OTHERS: u32 = 0o004;
    const WRITTEN_BY_GROUP_OR_OTHERS: u32 = 0o022;
    if mode & WRITTEN_BY_GROUP_OR_OTHERS != 0 {
        Some(Who::Writes)
    } else if mode & READ_BY_OTHERS != 0 {
        Some(Who::Reads)
    } else {
        None
    }
}

fn is_new(path: &Path) -> bool {
    static SEEN: PerProcess<BTreeSet<PathBuf>> = PerProcess::new();
    SEEN.with(|seen| seen.insert(path.to_owned()))
}

/// Whether others do not get to a file that its own mode lets them read.
fn is_kept_from_others(at: &Path) -> bool {
    const ENTERED_BY_OTHERS: u32 = 0o001;
    let Ok(at) = at.canonicalize() else {
        return false;
    };
    let is_closed = |folder: &Path| {
        let metadata = folder.metadata();
        metadata.is_ok_and(|metadata| mode(&metadata) & ENTERED_BY_OTHERS == 0)
    };
    is_of_a_container(&at) || at.ancestors().skip(1).any(is_closed)
}

/// Docker and Kubernetes mount files that everybody can read, into a container that has nobody else.
fn is_of_a_container(at: &Path) -> bool {
    let is_versioned = |component: Component<'_>| match component {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b".."),
        _ => false,
    };
    at.starts_with("/run/secrets")
        || at.starts_with("/mnt/secrets-store")
        || at.components().any(is_versioned)
}

/// Logs what was found, with path and mode.
pub(in crate::source) fn warn(found: &[TooOpen]) {
    for TooOpen { path, mode, who } in found {
        let path = path.display().to_string();
        let mode = format!("{mode:04o}");
        match who {
            Who::Writes => tracing::warn!(
                path,
                mode,
                "a file with secrets can be written by others than its owner; take that right away"
            ),
            Who::Reads => tracing::warn!(
                path,
                mode,
                "a file with secrets can be read by every user of this machine; take that right away"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_modes_map_to_access() {
        for (mode, expected) in [
            (0o600, None),
            (0o440, None),
            (0o750, None),
            (0o644, Some(Who::Reads)),
            (0o004, Some(Who::Reads)),
            (0o620, Some(Who::Writes)),
            (0o602, Some(Who::Writes)),
            (0o666, Some(Who::Writes)),
        ] {
            assert_eq!(who(mode), expected, "{mode:o}");
        }
    }

    #[test]
    fn container_mounts_are_recognized() {
        for path in [
            "/run/secrets/db",
            "/mnt/secrets-store/db",
            "/etc/secrets/..2026_01_01_00_00_00.1/db",
        ] {
            assert!(is_of_a_container(Path::new(path)), "{path}");
        }
        for path in ["/run/secrets-other/db", "/etc/../db", "/home/u/.env"] {
            assert!(!is_of_a_container(Path::new(path)), "{path}");
        }
    }
}
