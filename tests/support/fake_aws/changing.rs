//! Secrets that change while their server runs.

use std::sync::{Arc, Mutex, PoisonError};

use super::{FakeResponse, FakeSecretsManager, Script};
use crate::call::Call;

/// A vault that a test exchanges for another, as a rotation, an outage or its end. A clone is the same one.
#[derive(Clone, Debug, Default)]
pub struct Changing(Arc<Mutex<FakeSecretsManager>>);

impl Changing {
    /// Begins with that vault.
    pub fn new(vault: FakeSecretsManager) -> Self {
        Self(Arc::new(Mutex::new(vault)))
    }

    /// From the next request on it is that vault.
    pub fn set(&self, vault: FakeSecretsManager) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = vault;
    }
}

impl Script for Changing {
    fn response(&self, call: &Call) -> FakeResponse {
        let vault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        vault.response(call)
    }
}
