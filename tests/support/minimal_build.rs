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
        let program = root.join("tests/programs/declared.rs");
        let manifest = format!(
            r#"
[[bin]]
name = "minimal"
path = {program:?}

[dependencies]
{library}
tokio = {{ version = "1.40", features = ["macros", "rt"] }}
"#,
            program = text(&program),
            library = Self::dependency(features),
        );
        let built = Self::package("minimal", &features.join("-"), &manifest, &[]);
        built.cargo(&["build"]);
        built
    }

    /// Writes a package in a directory of its own, with this manifest and these files.
    pub fn package(name: &str, directory: &str, manifest: &str, files: &[(&str, &str)]) -> Self {
        let package = target::directory().join("minimal").join(directory);
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n{manifest}"
        );
        for (path, text) in [("Cargo.toml", manifest.as_str())].iter().chain(files) {
            let path = package.join(path);
            let parent = path.parent().expect("a file in the package");
            fs::create_dir_all(parent).expect("a directory of the package");
            fs::write(path, text).expect("a file of the package");
        }
        // The versions that everything else is tested with.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("the lock file");
        Self { package }
    }

    /// Returns the line of a manifest for the library with these features.
    pub fn dependency(features: &[&str]) -> String {
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../secrets-core");
        format!(
            "from-secrets = {{ path = {:?}, default-features = false, features = {features:?} }}",
            text(&library)
        )
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

    /// Runs cargo in the package, and returns its output.
    pub fn cargo(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .arg("--quiet")
            .args(arguments)
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
