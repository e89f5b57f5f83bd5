//! Secrets Manager under the suite.

use from_secrets::{Loader, Source};
use from_secrets_tests::scripted::Changing;
use from_secrets_tests::{Answer, Scripted, Vault, sdk};

use crate::conformance::{Name, Subject, conformance};

struct SecretsManager {
    vault: Vault,
    place: Changing,
    server: Option<Scripted>,
    endpoint: String,
}

impl SecretsManager {
    fn start() -> Self {
        let place = Changing::default();
        let server = Scripted::start(place.clone());
        Self {
            vault: Vault::new(),
            place,
            endpoint: server.endpoint(),
            server: Some(server),
        }
    }

    fn with(&mut self, change: impl FnOnce(Vault) -> Vault) {
        self.vault = change(std::mem::take(&mut self.vault));
        self.place.set(self.vault.clone());
    }
}

impl Subject for SecretsManager {
    const NAME: &'static str = "aws";

    fn source(&self) -> Source {
        Source::aws()
    }

    fn loader(&self, sources: Vec<Source>) -> Loader {
        sdk::loader(&self.endpoint).sources(sources)
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
        self.with(|vault| match std::str::from_utf8(value) {
            Ok(text) => vault.text(name.secret, text),
            Err(_) => vault.binary(name.secret, value),
        });
    }

    fn deny(&mut self, secret: &str) {
        self.with(|vault| vault.denied(secret));
    }

    fn hang(&mut self) {
        self.with(|vault| vault.when(|_| Some(Answer::hang())));
    }

    fn vanish(&mut self) {
        self.server = None;
    }
}

conformance!(conforms: SecretsManager::start();
    found, missing, denied, malformed, json_keys, slow, unreachable, binary, largest, odd_names, many);
