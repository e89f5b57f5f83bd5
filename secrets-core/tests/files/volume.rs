//! A volume as Kubernetes stores it: files in a directory that the link `..data` points to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Writes states of a volume.
pub(crate) struct Volume {
    path: PathBuf,
}

impl Volume {
    /// Creates a volume at this path.
    pub(crate) fn at(path: &Path) -> Self {
        fs::create_dir_all(path).unwrap();
        Self {
            path: path.to_owned(),
        }
    }

    /// Writes a state in the order of Kubernetes' atomic writer: creates the directory, replaces `..data`, links the
    /// names, and removes the old directory.
    pub(crate) fn write(&self, state: &str, files: &[(&str, &str)]) {
        let old = fs::read_link(self.path.join("..data")).ok();
        self.prepare(state, files);
        self.put_over(state);
        for (name, _) in files {
            self.link(name);
        }
        if let Some(old) = old {
            fs::remove_dir_all(self.path.join(old)).unwrap();
        }
    }

    /// Writes the directory of a state.
    pub(crate) fn prepare(&self, state: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            let file = self.path.join(state).join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }

    /// Points `..data` to a state.
    pub(crate) fn put_over(&self, state: &str) {
        let link = self.path.join("..data_tmp");
        symlink(state, &link).unwrap();
        fs::rename(link, self.path.join("..data")).unwrap();
    }

    /// Links the first part of a name to the state.
    pub(crate) fn link(&self, name: &str) {
        let first = name.split('/').next().unwrap();
        let link = self.path.join(first);
        if link.symlink_metadata().is_err() {
            symlink(Path::new("..data").join(first), link).unwrap();
        }
    }
}
