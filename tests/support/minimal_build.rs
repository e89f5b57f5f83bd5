//! A program of two secrets, built with the features that a test names and no others.
//!
//! In a package of its own, because features are joined within a workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Program;
use crate::target;

/// The program, built.
#[derive(Debug)]
pub struct MinimalBuild {
    package: PathBuf,
}

impl MinimalBuild {
    /// Builds it with these features of the library, without its default ones.
    pub fn build(features: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let package = target::directory().join("minimal").join(features.join("-"));
        fs::create_dir_all(&package).expect("a directory for the package");
        let manifest = format!(
            r#"[package]
name = "minimal"
version = "0.0.0"
edition = "2024"

[workspace]

[[bin]]
name = "minimal"
path = {program:?}

[dependencies]
from-secrets = {{ path = {library:?}, default-features = false, features = {features:?} }}
tokio = {{ version = "1.40", features = ["macros", "rt"] }}
"#,
            program = text(&root.join("tests/programs/declared.rs")),
            library = text(&root.join("secrets-core")),
        );
        fs::write(package.join("Cargo.toml"), manifest).expect("the package's manifest");
        // The versions that everything else is tested with.
        fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("the lock file");
        let built = Self { package };
        built.cargo(&["build"]);
        built
    }

    /// The program, to be run in its package's directory.
    pub fn program(&self) -> Program {
        let name = format!("minimal{}", std::env::consts::EXE_SUFFIX);
        Program::at(self.package.join("target/debug").join(name)).current_dir(&self.package)
    }

    /// The package's directory.
    pub fn directory(&self) -> &Path {
        &self.package
    }

    /// The names of the crates that it consists of, and of those that only build it.
    pub fn crates(&self) -> Vec<String> {
        let tree = self.cargo(&["tree", "--prefix", "none", "--format", "{p}"]);
        let names = tree
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect()
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--quiet")
            .current_dir(&self.package)
            .env("CARGO_TARGET_DIR", self.package.join("target"))
            .output()
            .expect("cargo starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?}: {stderr}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

/// A path as TOML takes it.
fn text(path: &Path) -> &str {
    path.to_str().expect("a checkout under a path in UTF-8")
}
