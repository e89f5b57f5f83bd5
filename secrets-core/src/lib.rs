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

#[cfg(feature = "cli")]
pub mod cli;
mod decode;
mod error;
mod format;
#[cfg(feature = "generate")]
pub mod generate;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(any(feature = "config", feature = "figment"))]
pub mod integrations;
mod json;
#[cfg(feature = "live")]
pub mod live;
mod load;
mod per_process;
mod private;
pub mod report;
pub mod source;
pub mod spec;
#[cfg(feature = "live")]
mod sync;

pub use error::{Error, ErrorKind};
#[cfg(feature = "derive")]
pub use from_secrets_derive::FromSecrets;
#[cfg(feature = "live")]
#[doc(inline)]
pub use live::Live;
pub use load::{FromSecrets, Loader};
pub use secrecy::{self, ExposeSecret, SecretBox, SecretString};

/// Items for code that the derive generates. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}
