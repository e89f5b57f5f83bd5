//! Home directories with the files that a test writes.

use std::path::{Path, PathBuf};

use crate::target::scratch;

/// An empty home directory, removed when dropped.
#[derive(Debug)]
pub struct Home(PathBuf);

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// Creates a home directory.
    pub fn new() -> Self {
        let path = scratch("home");
        std::fs::create_dir_all(&path).expect("the target directory can be written");
        Self(path)
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file below it.
    pub fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.0.join(file);
        let directory = path.parent().expect("a file in the home directory");
        std::fs::create_dir_all(directory).expect("the target directory can be written");
        std::fs::write(&path, text).expect("the target directory can be written");
        path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
