//! A `.env` file, and structs that are loaded from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets::report::{FieldOutcome, LoadReport};
use from_secrets::source::{
    Dotenv, Env, FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest,
    SecretSource, Source, SourceErrorKind,
};
use from_secrets::{Error, FromSecrets, Loader};

pub(crate) const CANARY: &str = "canary-5f3a";

/// A `.env` file that is removed when it is dropped.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new(text: impl AsRef<[u8]>) -> Self {
        let file = Self::absent();
        fs::write(&file.0, text).unwrap();
        file
    }

    pub(crate) fn absent() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("from-secrets-{}-{count}.env", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn loader(&self, variables: &[(&str, &str)]) -> Loader {
        loader([Dotenv::new().path(&self.0)], variables)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

pub(crate) fn loader<S: Into<Source>>(
    sources: impl IntoIterator<Item = S>,
    variables: &[(&str, &str)],
) -> Loader {
    Loader::new()
        .sources(sources)
        .env(Env::from_vars(variables.iter().copied()))
}

pub(crate) fn load<T: FromSecrets>(loader: &Loader) -> Result<(T, LoadReport), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(loader.load_with_report())
}

/// Asserts the kind of the first error and that its message contains these names, but no value.
pub(crate) fn fails(error: &Error, kind: SourceErrorKind, names: &[&str]) {
    let reported = format!("{error} {error:#} {error:?}");
    assert!(!reported.contains("canary"), "a value leaked");
    let FieldOutcome::Failed(reason) = error.failed_fields().next().unwrap().outcome() else {
        panic!("{error:#}");
    };
    assert_eq!(reason.kind(), kind, "{error:#}");
    assert!(reason.hint().is_some(), "{error:#}");
    for name in names {
        assert!(reason.message().contains(name), "{name}\n{error:#}");
    }
}

#[derive(FromSecrets)]
#[secrets(debug)]
pub(crate) struct Token {
    pub(crate) token: Option<String>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
pub(crate) struct Settings {
    #[secret(env_only)]
    pub(crate) port: u16,
    #[secret(env_only)]
    pub(crate) host: String,
    pub(crate) token: String,
}

/// A source without secrets that rewrites the file when it is queried.
#[derive(Debug)]
pub(crate) struct Changing(pub(crate) PathBuf);

impl SecretSource for Changing {
    fn name(&self) -> &'static str {
        "changing"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        fs::write(&self.0, "PORT=2\nHOST=h\nTOKEN=second\n").unwrap();
        let missing = |_| FetchResult::Missing(MissingReason::Secret);
        let responses = requests.iter().map(missing).collect();
        Box::pin(std::future::ready(responses))
    }
}
