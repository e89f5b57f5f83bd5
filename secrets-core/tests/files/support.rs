//! Directories of one's own, and loads from them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets::report::{FieldOutcome, FieldReport, LoadReport};
use from_secrets::source::{Env, FetchResult, Files, SourceError, SourceErrorKind};
use from_secrets::{Error, FromSecrets, Loader};

/// A part of every value that an error or a log could show.
pub(crate) const CANARY: &str = "canary-5f3a";

/// A directory that is removed when it is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("from-secrets-files-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, with the folders that it is in.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn loader(&self) -> Loader {
        loader(Files::new().directory(&self.0), &[])
    }

    pub(crate) fn load<T: FromSecrets + Send>(&self) -> Result<T, Error> {
        self.loader().load_blocking()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A loader of these files alone, that sees only these variables.
pub(crate) fn loader(files: Files, variables: &[(&str, &str)]) -> Loader {
    Loader::new()
        .source(files)
        .env(Env::from_vars(variables.iter().copied()))
}

/// A load that succeeds, and its report.
pub(crate) fn load_with_report<T: FromSecrets>(loader: &Loader) -> (T, LoadReport) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .unwrap()
        .block_on(loader.load_with_report())
        .unwrap()
}

/// Returns the only field that failed, and asserts that the error does not contain a value.
pub(crate) fn failed(error: &Error) -> &FieldReport {
    let reported = format!("{error} {error:#} {error:?}");
    assert!(!reported.contains("canary"), "a value leaked");
    let fields: Vec<_> = error.failed_fields().collect();
    let [field] = fields[..] else {
        panic!("{error:#}");
    };
    field
}

/// How the only field failed.
pub(crate) fn failure(error: &Error) -> &SourceError {
    match failed(error).outcome() {
        FieldOutcome::Failed(failure) => failure,
        other => panic!("{other:?}\n{error:#}"),
    }
}

/// The cause of the only failure, which names all of these, and has a hint.
pub(crate) fn fails(error: &Error, cause: SourceErrorKind, names: &[&str]) {
    let failure = failure(error);
    assert_eq!(failure.kind(), cause, "{error:#}");
    assert!(failure.hint().is_some(), "{error:#}");
    for name in names {
        assert!(failure.message().contains(name), "{name}\n{error:#}");
    }
}

/// Returns the result of the first source for the only field.
pub(crate) fn response(error: &Error) -> &FetchResult<()> {
    failed(error).attempts()[0].result()
}
