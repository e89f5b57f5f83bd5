//! Secrets that change while their server runs.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Answer, Script, Vault};
use crate::call::Call;

/// A vault that a test exchanges for another, as a rotation, an outage or its end. A clone is the same one.
#[derive(Clone, Debug, Default)]
pub struct Changing(Arc<Mutex<Vault>>);

impl Changing {
    /// Begins with that vault.
    pub fn new(vault: Vault) -> Self {
        Self(Arc::new(Mutex::new(vault)))
    }

    /// From the next request on it is that vault.
    pub fn set(&self, vault: Vault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = vault;
    }
}

impl Script for Changing {
    fn answer(&self, call: &Call) -> Answer {
        let vault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        vault.answer(call)
    }
}
