// The README shows a chart that docs.rs does not have: this is it, and comes before the README's own link to it.
#![cfg_attr(doc, doc = include_str!("guide/chart.md"))]
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::await_holding_lock
    )
)]

mod blocking;
mod chain;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
mod decode;
mod defaults;
mod error;
#[cfg(feature = "generate")]
pub mod generate;
mod grouped;
#[cfg(any(doc, doctest))]
pub mod guide;
mod help;
#[cfg(feature = "live")]
mod identity;
#[cfg(any(feature = "config", feature = "figment"))]
mod layer;
#[cfg(feature = "live")]
mod live;
mod loader;
mod one_version;
#[cfg(feature = "aws")]
mod panics;
mod per_process;
mod plan;
mod pointers;
mod progress;
mod redact;
mod report;
mod source;
pub mod spec;
mod story;
#[cfg(feature = "live")]
mod sync;
mod values;
mod warnings;

use std::fmt::Debug;
use std::future::Future;

pub use error::{Error, ErrorKind};
#[cfg(feature = "derive")]
pub use from_secrets_derive::FromSecrets;
#[cfg(any(feature = "config", feature = "figment"))]
pub use layer::Layer;
#[cfg(feature = "live")]
pub use live::{
    Derived, Live, LiveBuilder, LiveStatus, Projection, ProjectionSnapshot, ProjectionSubscriber,
    RefreshOutcome, Snapshot, StaleError, StalePolicy, Subscriber, TestClock,
};
pub use loader::Loader;
pub use report::{Attempt, AttemptAnswer, FieldReport, Outcome, Report};
pub use secrecy::{self, ExposeSecret, SecretBox, SecretString};
#[cfg(feature = "agent")]
pub use source::Agent;
#[cfg(feature = "dotenv")]
pub use source::Dotenv;
#[cfg(feature = "files")]
pub use source::Files;
pub use source::{
    Answer, Answers, Cause, Environment, Failure, Found, KeyedBy, Memory, Missing, Query, Request,
    SecretSource, Source, Version,
};

/// A struct that is filled from secrets. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `FromSecrets`",
    label = "not a struct with `#[derive(FromSecrets)]`",
    note = "add `#[derive(FromSecrets)]` to a struct of your own; to load the field as one value, remove `flatten`"
)]
pub trait FromSecrets: Sized {
    /// The declaration.
    const SPEC: &'static spec::Spec;

    /// Builds the struct from its values; `None` when some of them are missing or failed.
    #[doc(hidden)]
    fn from_values(values: &mut __private::Values<'_>) -> Option<Self>;

    /// Returns the `Debug` of `#[secrets(debug)]`, which shows no secret, if the struct has it.
    #[doc(hidden)]
    fn as_debug(&self) -> Option<&dyn Debug> {
        None
    }

    /// Loads the struct with the default loader: from Secrets Manager, or the first other source that is compiled in
    /// ([`Loader::sources`]), and from the environment what is not there.
    ///
    /// # Errors
    ///
    /// When a required field is nowhere, a source fails, or a value is not what its field needs: all of them at once.
    fn load() -> impl Future<Output = Result<Self, Error>> + Send {
        const { Self::SPEC.assert_no_well_known_variable() }
        async { Loader::new().load_boxed().await.map(|loaded| *loaded) }
    }

    /// The same without `async`: from a plain `main`, or from within a runtime, whose thread it blocks.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load), and when the thread that it runs on cannot be started.
    fn load_blocking() -> Result<Self, Error>
    where
        Self: Send,
    {
        const { Self::SPEC.assert_no_well_known_variable() }
        Loader::new().load_blocking()
    }
}

/// What derived code is written against. Not part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use serde::de::DeserializeOwned;

    pub use crate::defaults::text_default;
    pub use crate::redact::{Flattened, Shown, debug, flattened};
    pub use crate::spec::{Field, Spec};
    pub use crate::values::{Decoded, Values};
}
