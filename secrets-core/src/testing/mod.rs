//! Tests for custom sources.
//!
//! [`check_source`] checks a source that contains known secrets. [`source_tests!`] generates the tests that all sources
//! of this crate pass: results, errors, fallback, deadlines, large values and unusual names. Enable the feature for
//! tests only:
//!
//! ```toml
//! [dev-dependencies]
//! from-secrets = { version = "0.1", features = ["testing"] }
//! ```
//!
//! ```
//! use from_secrets::source::{Memory, Source, SourceErrorKind};
//! use from_secrets::testing::{self, Backend, ValueName};
//!
//! // In an integration test, a fake server takes the place of the map.
//! #[derive(Default)]
//! struct InMemory(Memory);
//!
//! impl Backend for InMemory {
//!     const NAME: &'static str = "memory";
//!
//!     fn source(&self) -> Source {
//!         self.0.clone().into()
//!     }
//!
//!     fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
//!         self.0.set_secret(name.secret, std::str::from_utf8(value).unwrap());
//!     }
//!
//!     fn deny(&mut self, secret: &str) {
//!         self.0.set_error(secret, SourceErrorKind::Denied);
//!     }
//! }
//!
//! // Generates the module `conforms` with a test for each case of `testing::cases`.
//! testing::source_tests!(conforms: InMemory::default();
//!     found, missing, denied, malformed, json_keys, largest, odd_names, many);
//! # testing::block_on(testing::cases::found(InMemory::default()));
//! # testing::block_on(testing::cases::denied(InMemory::default()));
//! ```

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed check panics, which fails the test"
)]

pub mod cases;
mod contract;

use std::future::Future;

use crate::load::Loader;
use crate::source::{Env, Source};

/// A source under test, with the service or the store behind it.
pub trait Backend {
    /// Name of the source in reports.
    const NAME: &'static str;
    /// True if the source can store secrets with all names that Secrets Manager accepts.
    const ACCEPTS_ALL_NAMES: bool = true;

    /// Returns the source for the current state of the backend.
    fn source(&self) -> Source;

    /// Returns a loader with these sources. It does not read the environment of the process.
    fn loader(&self, sources: Vec<Source>) -> Loader {
        let none = Env::from_vars::<&str, &str>([]);
        Loader::new().env(none).sources(sources)
    }

    /// Stores a value under the name of the secret or, if the source is keyed by variables, of the variable.
    fn put(&mut self, name: ValueName<'_>, value: &[u8]);

    /// Denies access to this secret. Required by the case `denied`.
    fn deny(&mut self, _secret: &str) {
        panic!("`deny` is not implemented for `{}`", Self::NAME)
    }

    /// Stops all responses, but accepts requests. Required by the case `slow`.
    fn hang(&mut self) {
        panic!("`hang` is not implemented for `{}`", Self::NAME)
    }

    /// Makes the backend unreachable. Required by the case `unreachable`.
    fn disconnect(&mut self) {
        panic!("`disconnect` is not implemented for `{}`", Self::NAME)
    }
}

/// Names of a secret, and of the environment variable of the field that reads it.
#[derive(Clone, Copy, Debug)]
pub struct ValueName<'a> {
    /// Name of the secret.
    pub secret: &'a str,
    /// Name of the environment variable.
    pub variable: &'a str,
}

/// Checks the contract of a source that contains these secrets, without changing them.
///
/// The function panics unless
///
/// - each call returns one result per request, in the order of the requests;
/// - the value of each known secret is returned;
/// - a secret that does not exist is [missing](crate::source::FetchResult::Missing), not an error;
/// - it is [ready](crate::source::SecretSource::ready);
/// - a version that does not exist is missing, unless the source is keyed by variables;
/// - the source works after the future of a call was dropped;
/// - its name can be a label of metrics, and its endpoint and hints do not contain a value.
///
/// The panic message does not contain values.
///
/// ```
/// use from_secrets::source::Memory;
/// use from_secrets::testing::check_source;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let source = Memory::new().with_secret("prod/db", "a password");
/// check_source(source, [("prod/db", "a password")]).await;
/// # }
/// ```
///
/// # Panics
///
/// Panics if the source does not fulfill the contract, or if `known` is empty.
pub async fn check_source<N: Into<String>, V: Into<String>>(
    source: impl Into<Source>,
    known: impl IntoIterator<Item = (N, V)>,
) {
    let loader = Loader::new().source(source);
    let known: Vec<_> = known
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    contract::check(&loader, &known).await;
}

/// Runs a test on a runtime of its own.
#[doc(hidden)]
pub fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(test);
}

#[doc(hidden)]
#[macro_export]
macro_rules! __source_tests {
    ($name:ident: $backend:expr; $($case:ident),+ $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "the backend can use items of the outer module")]
            use super::*;

            $(
                #[test]
                fn $case() {
                    $crate::testing::block_on(async { $crate::testing::cases::$case($backend).await });
                }
            )+
        }
    };
}

/// Generates a module with a test for each listed case of [`cases`].
///
/// `source_tests!(NAME: BACKEND; CASES);` evaluates the expression `BACKEND`, a [`Backend`], for each test, within a
/// Tokio runtime. Omit the cases that do not apply to a source: `binary` if it stores only text, `json_keys` if it is
/// keyed by variables, and `denied`, `slow` and `unreachable` if its backend cannot fail in this way.
#[doc(inline)]
pub use __source_tests as source_tests;
