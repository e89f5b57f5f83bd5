//! The tests of all sources, for Secrets Manager.

use from_secrets::Loader;
use from_secrets::source::Source;
use from_secrets_tests::fake_aws::Changing;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager, sdk};

use from_secrets::testing::{Backend, ValueName, source_tests};

struct SecretsManager {
    vault: FakeSecretsManager,
    place: Changing,
    server: Option<FakeAws>,
    endpoint: String,
}

impl SecretsManager {
    fn start() -> Self {
        let place = Changing::default();
        let server = FakeAws::start(place.clone());
        Self {
            vault: FakeSecretsManager::new(),
            place,
            endpoint: server.endpoint(),
            server: Some(server),
        }
    }

    fn with(&mut self, change: impl FnOnce(FakeSecretsManager) -> FakeSecretsManager) {
        self.vault = change(std::mem::take(&mut self.vault));
        self.place.set(self.vault.clone());
    }
}

impl Backend for SecretsManager {
    const NAME: &'static str = "aws";

    fn source(&self) -> Source {
        from_secrets::source::SecretsManager::new().into()
    }

    fn loader(&self, sources: Vec<Source>) -> Loader {
        sdk::loader(&self.endpoint).sources(sources)
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        self.with(|vault| match std::str::from_utf8(value) {
            Ok(text) => vault.text(name.secret, text),
            Err(_) => vault.binary(name.secret, value),
        });
    }

    fn deny(&mut self, secret: &str) {
        self.with(|vault| vault.denied(secret));
    }

    fn hang(&mut self) {
        self.with(|vault| vault.when(|_| Some(FakeResponse::hang())));
    }

    fn disconnect(&mut self) {
        self.server = None;
    }
}

source_tests!(conforms: SecretsManager::start();
    found, missing, denied, malformed, json_keys, slow, unreachable, binary, largest, odd_names, many);
