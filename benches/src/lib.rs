//! Ways to load the same secrets: by hand on the SDK, with the peers, and declared.
//!
//! Each is written as its own documentation shows it, and configured by nothing but the environment.

mod measuring;
mod runtime;
mod wanted;

#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "sdk")]
mod by_hand;
#[cfg(feature = "caching")]
mod caching;
#[cfg(feature = "concurrent")]
mod concurrent;
#[cfg(feature = "declared")]
mod declared;
#[cfg(feature = "secret-vault")]
mod secret_vault;
#[cfg(feature = "secretspec")]
mod secretspec;
#[cfg(feature = "sequential")]
mod sequential;

#[cfg(feature = "batch")]
pub use batch::Batch;
#[cfg(feature = "caching")]
pub use caching::Caching;
#[cfg(feature = "concurrent")]
pub use concurrent::Concurrent;
#[cfg(feature = "declared")]
pub use declared::{Declared, One, Ten};
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
    /// Whatever it sets up once: a client, a list of names.
    fn new(wanted: &Wanted) -> Self
    where
        Self: Sized;

    /// Loads, and tells how long the values are together: proof that they came.
    fn load(&mut self) -> usize;
}
