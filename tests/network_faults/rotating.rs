//! Secrets that rotate at random moments.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use from_secrets_tests::fake_aws::{Entry, Script};
use from_secrets_tests::{Call, FakeResponse, FakeSecretsManager, Random, sdk};

/// A fake Secrets Manager whose secrets rotate between requests. Clones share its state.
#[derive(Clone)]
pub(crate) struct Rotating(Arc<Mutex<State>>);

struct State {
    random: Random,
    versions: BTreeMap<&'static str, u32>,
    vault: FakeSecretsManager,
    /// The percentage of requests after which a secret rotates.
    share: usize,
    /// Whether a batch with two IDs of one secret returns one entry.
    joins: bool,
}

/// The JSON keys of each secret that is an object.
const KEYS: [&str; 3] = ["user", "password", "host"];

impl Rotating {
    /// Rotates these secrets at random times. Secrets with a slash in their name are objects.
    pub(crate) fn new(names: &[&'static str], seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x0707);
        let share = *random.one_of(&[0, 20, 60, 100]);
        let joins = random.in_a_hundred(30);
        let vault = match random.below(10) {
            0 | 1 => FakeSecretsManager::new().without_batch(),
            2 => FakeSecretsManager::new().entries_from_behind(),
            _ => FakeSecretsManager::new(),
        };
        let latency = *random.one_of(&[0, 5, 50]);
        let mut state = State {
            random,
            versions: BTreeMap::new(),
            vault: vault.latency(Duration::from_millis(latency)),
            share,
            joins,
        };
        for name in names {
            state.rotate(name);
        }
        Self(Arc::new(Mutex::new(state)))
    }

    /// Returns the current version of a secret.
    pub(crate) fn version(&self, name: &str) -> u32 {
        self.state().versions[name]
    }

    /// Returns the current state of the secrets.
    pub(crate) fn vault(&self) -> FakeSecretsManager {
        self.state().vault.clone()
    }

    /// Stops the rotations.
    pub(crate) fn rests(&self) {
        self.state().share = 0;
    }

    /// Rotates every secret once.
    pub(crate) fn rotate(&self) {
        let mut state = self.state();
        let names: Vec<_> = state.versions.keys().copied().collect();
        for name in names {
            state.rotate(name);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn rotate(&mut self, name: &'static str) {
        let version = self.versions.entry(name).or_default();
        *version += 1;
        let current =
            Entry::text(text(name, *version, "current")).with_id(format!("version-{version:0>30}"));
        let previous = version.saturating_sub(1);
        let entry = current
            .version("AWSPREVIOUS", text(name, previous, "previous"))
            .with_id(format!("version-{previous:0>30}"));
        self.vault = std::mem::take(&mut self.vault).entry(name, entry);
    }

    fn rotate_some(&mut self) {
        let share = self.share;
        if self.random.in_a_hundred(share) {
            let names: Vec<_> = self.versions.keys().copied().collect();
            for _ in 0..=self.random.below(names.len()) {
                let name = *self.random.one_of(&names);
                self.rotate(name);
            }
        }
    }
}

impl Script for Rotating {
    fn response(&self, call: &Call) -> FakeResponse {
        let mut state = self.state();
        state.rotate_some();
        let mut call = call.clone();
        if state.joins && call.is_batch() {
            let by_arn = call.ids.clone();
            let is_requested_by_arn =
                |name: &String| by_arn.contains(&FakeSecretsManager::arn(sdk::REGION, name));
            call.ids.retain(|id| !is_requested_by_arn(id));
        }
        state.vault.response(&call)
    }
}

/// Returns the content of a secret's current version.
pub(crate) fn current(name: &str, version: u32) -> String {
    text(name, version, "current")
}

/// Returns the text of a version. Every value contains its secret, key and version, so that a wrong value is
/// recognized.
fn text(name: &str, version: u32, stage: &str) -> String {
    let value = |key: &str| format!("{name}|{key}|{version}|{stage}");
    if name.contains('/') {
        let entries = KEYS.iter().map(|key| format!("{key:?}: {:?}", value(key)));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
    } else {
        value("whole")
    }
}
