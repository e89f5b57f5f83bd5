//! The tests of all sources, for files, in a directory and in variables. Local files cannot be unreachable, and root,
//! which may run these tests, can always read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets::Loader;
use from_secrets::source::{Env, EnvFiles, Files, Source};

use from_secrets::testing::{Backend, ValueName, source_tests};

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

impl Backend for Mounted {
    const NAME: &'static str = "files";

    fn source(&self) -> Source {
        Files::new().directory(&self.directory.0).into()
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let file = match self.names {
            Names::Flat => name.secret.replace('/', "_"),
            Names::Nested => name.secret.trim_start_matches('/').to_owned(),
        };
        self.directory.write(&file, value);
    }

    fn disconnect(&mut self) {
        self.directory.remove();
    }
}

source_tests!(flat: Mounted::new(Names::Flat);
    found, missing, malformed, json_keys, unreachable, binary, largest, odd_names, many);
source_tests!(nested: Mounted::new(Names::Nested);
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

impl Backend for Named {
    const NAME: &'static str = "env-files";

    fn source(&self) -> Source {
        EnvFiles::new().into()
    }

    fn loader(&self, sources: Vec<Source>) -> Loader {
        let environment = Env::from_vars(self.variables.clone());
        Loader::new().env(environment).sources(sources)
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let path = self.directory.write(name.variable, value);
        let path = path.to_str().expect("the path is Unicode").to_owned();
        let variable = format!("{}_FILE", name.variable);
        self.variables.push((variable, path));
    }

    fn disconnect(&mut self) {
        self.directory.remove();
    }
}

source_tests!(by_variable: Named::new();
    found, missing, malformed, unreachable, binary, largest, odd_names, many);
