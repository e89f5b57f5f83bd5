//! Warnings about files that other users can read or write.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

use crate::per_process::PerProcess;

/// A file that other users can read or write.
#[derive(Debug)]
pub(super) struct TooOpen {
    path: PathBuf,
    mode: u32,
    warning: &'static str,
}

const WRITABLE: &str =
    "secret file is writable by users other than its owner; remove that permission";
const READABLE: &str =
    "secret file is readable by every user of this machine; remove that permission";

impl TooOpen {
    /// Returns the permissions to warn about, once per file in a process.
    pub(super) fn of(shown: &Path, at: &Path, metadata: &Metadata) -> Option<Self> {
        static SEEN: PerProcess<BTreeSet<PathBuf>> = PerProcess::new();
        let mode = mode(metadata);
        let is_new = || SEEN.with(|seen| seen.insert(shown.to_owned()));
        let warning = warning(mode).filter(|_| is_new())?;
        (warning == WRITABLE || !is_kept_from_others(at)).then(|| Self {
            path: shown.to_owned(),
            mode,
            warning,
        })
    }
}

fn warning(mode: u32) -> Option<&'static str> {
    match mode {
        mode if mode & 0o022 != 0 => Some(WRITABLE),
        mode if mode & 0o004 != 0 => Some(READABLE),
        _ => None,
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777
}

/// Other systems do not have modes.
#[cfg(not(unix))]
fn mode(_metadata: &Metadata) -> u32 {
    0
}

/// Returns whether other users cannot reach a file, although its own mode lets them read it.
fn is_kept_from_others(at: &Path) -> bool {
    let Ok(at) = at.canonicalize() else {
        return false;
    };
    let is_closed = |folder: &Path| {
        let metadata = folder.metadata();
        metadata.is_ok_and(|metadata| mode(&metadata) & 0o001 == 0)
    };
    is_of_a_container(&at) || at.ancestors().skip(1).any(is_closed)
}

/// Docker and Kubernetes mount files that every user can read, into containers without other users.
fn is_of_a_container(at: &Path) -> bool {
    let is_versioned = |component: Component<'_>| match component {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b".."),
        _ => false,
    };
    at.starts_with("/run/secrets")
        || at.starts_with("/mnt/secrets-store")
        || at.components().any(is_versioned)
}

/// Logs files with too many permissions.
pub(super) fn warn(found: &[TooOpen]) {
    for file in found {
        let path = file.path.display().to_string();
        let mode = format!("{:04o}", file.mode);
        tracing::warn!(path, mode, "{}", file.warning);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_modes_map_to_warnings() {
        for (mode, expected) in [
            (0o600, None),
            (0o440, None),
            (0o750, None),
            (0o644, Some(READABLE)),
            (0o004, Some(READABLE)),
            (0o620, Some(WRITABLE)),
            (0o602, Some(WRITABLE)),
            (0o666, Some(WRITABLE)),
        ] {
            assert_eq!(warning(mode), expected, "{mode:o}");
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
