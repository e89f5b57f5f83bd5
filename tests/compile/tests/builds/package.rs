//! Packages with large structs.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A package in the target directory.
pub(crate) struct Package {
    folder: PathBuf,
}

impl Package {
    /// Writes the package. The program is the body of its `main`.
    pub(crate) fn write(name: &str, library: &str, program: &str) -> Self {
        Self::with_dependency("from-secrets", name, library, program)
    }

    /// Writes the package with a renamed dependency on the library.
    pub(crate) fn with_dependency(
        dependency: &str,
        name: &str,
        library: &str,
        program: &str,
    ) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = target().join("scale").join(name);
        fs::create_dir_all(folder.join("src")).expect("a folder for the package");
        let manifest = format!(
            r#"[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
{dependency} = {{ package = "from-secrets", path = {path:?}, default-features = false, features = ["derive"] }}
"#,
            path = root.join("secrets-core").to_str().expect("a path in UTF-8"),
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest");
        // The same versions as in the other tests.
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
        fs::write(folder.join("src/lib.rs"), library).expect("the library");
        fs::write(folder.join("src/main.rs"), program).expect("the program");
        Self { folder }
    }

    /// Returns the size of the unoptimized LLVM IR of the library, which determines the build time and memory.
    pub(crate) fn size_of_ir(&self) -> usize {
        self.cargo(&["rustc", "--lib", "--", "--emit=llvm-ir"]);
        let folder = target().join("scale/target/debug/deps");
        let stem = self.folder.file_name().expect("the package's name");
        let stem = stem.to_str().expect("a name in UTF-8").replace('-', "_");
        let files = fs::read_dir(folder).expect("the output of rustc");
        let is_ours = |path: &Path| {
            let name = path.file_stem().and_then(OsStr::to_str);
            path.extension() == Some(OsStr::new("ll"))
                && name.is_some_and(|name| name.starts_with(&format!("{stem}-")))
        };
        files
            .map(|file| file.expect("a file").path())
            .filter(|path| is_ours(path))
            .map(|path| fs::read(path).expect("LLVM IR").len())
            .sum()
    }

    /// Runs the program, and returns its output.
    pub(crate) fn run(&self) -> String {
        self.cargo(&["run"])
    }

    /// Returns the error of building the program.
    pub(crate) fn build_error(&self) -> String {
        let output = self.command(&["build"]);
        assert!(!output.status.success(), "the program was built");
        String::from_utf8(output.stderr).expect("UTF-8")
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn command(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .arg("--quiet")
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target().join("scale/target"))
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .expect("cargo starts")
    }
}

/// Returns a struct with this number of fields of different kinds.
pub(crate) fn wide_struct(name: &str, fields: usize) -> String {
    let kinds = [
        "field: SecretString",
        "field: Option<String>",
        "#[secret(default = \"x\")] field: String",
        "#[secret(parse)] field: u16",
        "#[secret(env_only, default = 1)] field: u32",
    ];
    let mut text = format!("#[derive(FromSecrets)]\n#[secrets(debug)]\npub struct {name} {{\n");
    for index in 0..fields {
        let kind = kinds[index % kinds.len()];
        let field = kind.replace("field", &format!("pub field{index}"));
        writeln!(text, "    {field},").expect("memory");
    }
    text + "}\n"
}

fn target() -> PathBuf {
    let own = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    own.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"))
}
