//! The conformance suite for files, in a directory and in variables. Local files cannot be unreachable, and root, which
//! may run these tests, can always read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets::Loader;
use from_secrets::source::{Env, EnvFiles, Files, Source};

use crate::conformance::{Name, Subject, conformance};

/// A temporary directory, removed on drop.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sources-files-{}-{count}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&path).expect("the directory can be created");
        Self(path)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub(crate) fn write(&self, file: &str, value: &[u8]) -> PathBuf {
        let path = self.path(file);
        let folder = path.parent().expect("a file has a parent directory");
        fs::create_dir_all(folder).expect("the directory can be created");
        fs::write(&path, value).expect("the file can be written");
        path
    }

    pub(crate) fn remove(&self) {
        fs::remove_dir_all(&self.0).expect("the directory can be removed");
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A case may have removed the directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The file names of secrets.
#[derive(Clone, Copy)]
enum Names {
    Flat,
    Nested,
}

struct Mounted {
    directory: Directory,
    names: Names,
}

impl Mounted {
    fn new(names: Names) -> Self {
        let directory = Directory::new();
        Self { directory, names }
    }
}

impl Subject for Mounted {
    const NAME: &'static str = "files";

    fn source(&self) -> Source {
        Files::new().directory(&self.directory.0).into()
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
        let file = match self.names {
            Names::Flat => name.secret.replace('/', "_"),
            Names::Nested => name.secret.trim_start_matches('/').to_owned(),
        };
        self.directory.write(&file, value);
    }

    fn vanish(&mut self) {
        self.directory.remove();
    }
}

conformance!(flat: Mounted::new(Names::Flat);
    found, missing, malformed, json_keys, unreachable, binary, largest, odd_names, many);
conformance!(nested: Mounted::new(Names::Nested);
    found, missing, malformed, json_keys, unreachable, binary, largest, odd_names, many);

struct Named {
    directory: Directory,
    variables: Vec<(String, String)>,
}

impl Named {
    fn new() -> Self {
        Self {
            directory: Directory::new(),
            variables: Vec::new(),
        }
    }
}

impl Subject for Named {
    const NAME: &'static str = "env-files";

    fn source(&self) -> Source {
        EnvFiles::new().into()
    }

    fn loader(&self, sources: Vec<Source>) -> Loader {
        let environment = Env::from_vars(self.variables.clone());
        Loader::new().env(environment).sources(sources)
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
        let path = self.directory.write(name.variable, value);
        let path = path.to_str().expect("the path is Unicode").to_owned();
        let variable = format!("{}_FILE", name.variable);
        self.variables.push((variable, path));
    }

    fn vanish(&mut self) {
        self.directory.remove();
    }
}

conformance!(by_variable: Named::new();
    found, missing, malformed, unreachable, binary, largest, odd_names, many);
