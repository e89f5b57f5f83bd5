//! Contenders that load the same secrets: the SDK by hand, other libraries, and from-secrets.
//!
//! Each follows its own documentation and is configured only by environment variables.

mod measuring;
mod runtime;
mod wanted;

#[cfg(any(feature = "batch", feature = "expert"))]
mod batch;
#[cfg(feature = "sdk")]
mod by_hand;
#[cfg(feature = "caching")]
mod caching;
#[cfg(feature = "concurrent")]
mod concurrent;
#[cfg(feature = "declared")]
mod declared;
#[cfg(feature = "limit")]
mod limit;
#[cfg(feature = "secret-vault")]
mod secret_vault;
#[cfg(feature = "secretspec")]
mod secretspec;
#[cfg(feature = "sequential")]
mod sequential;

#[cfg(feature = "batch")]
pub use batch::Batch;
#[cfg(feature = "expert")]
pub use batch::Expert;
#[cfg(feature = "caching")]
pub use caching::Caching;
#[cfg(feature = "concurrent")]
pub use concurrent::Concurrent;
#[cfg(feature = "declared")]
pub use declared::{Declared, One, Ten};
#[cfg(feature = "limit")]
pub use limit::Limit;
#[cfg(feature = "secret-vault")]
pub use secret_vault::SecretVault;
#[cfg(feature = "secretspec")]
pub use secretspec::Secretspec;
#[cfg(feature = "sequential")]
pub use sequential::Sequential;

pub use measuring::{median, requests};
pub use runtime::Runtime;
pub use wanted::Wanted;

/// A way to load secrets.
pub trait Contender {
    /// Sets up the contender, for example a client and a list of names.
    fn new(wanted: &Wanted) -> Self
    where
        Self: Sized;

    /// Loads the secrets, and returns the total length of the values.
    fn load(&mut self) -> usize;
}
