//! Where what the tests create is kept: in cargo's target directory, so that nothing else needs cleaning.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The target directory of the workspace.
pub(crate) fn directory() -> PathBuf {
    let own = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target");
    let target = own.unwrap_or_else(default);
    std::fs::create_dir_all(&target).expect("the target directory can be created");
    target.canonicalize().expect("the target directory exists")
}

/// Returns a unique path in the target directory.
pub(crate) fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let directory = directory().join("tests-scratch");
    std::fs::create_dir_all(&directory).expect("the target directory can be written");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    directory.join(format!("{name}-{}-{count}", std::process::id()))
}
