//! The tests of all sources, for Parameter Store. It stores only text, and names without `+`, `=` and `@`.

use std::sync::{Arc, Mutex};

use from_secrets::Loader;
use from_secrets::source::Source;
use from_secrets_tests::fake_aws::Script;
use from_secrets_tests::{Call, FakeAws, FakeParameterStore, FakeResponse};

use from_secrets::testing::{Backend, ValueName, source_tests};

struct ParameterStore {
    place: Arc<Mutex<FakeParameterStore>>,
    server: Option<FakeAws>,
    endpoint: String,
}

impl ParameterStore {
    fn start() -> Self {
        let place = Arc::<Mutex<FakeParameterStore>>::default();
        let script = Arc::clone(&place);
        let server = FakeAws::start(move |call: &Call| script.lock().unwrap().response(call));
        Self {
            place,
            endpoint: server.endpoint(),
            server: Some(server),
        }
    }

    fn with(&self, change: impl FnOnce(FakeParameterStore) -> FakeParameterStore) {
        let mut place = self.place.lock().unwrap();
        *place = change(std::mem::take(&mut place));
    }
}

fn parameter(secret: &str) -> String {
    if secret.starts_with('/') || !secret.contains('/') {
        secret.to_owned()
    } else {
        format!("/{secret}")
    }
}

impl Backend for ParameterStore {
    const NAME: &'static str = "ssm";
    const ACCEPTS_ALL_NAMES: bool = false;

    fn source(&self) -> Source {
        from_secrets::source::ParameterStore::new().into()
    }

    fn loader(&self, sources: Vec<Source>) -> Loader {
        super::loader_at(&self.endpoint).sources(sources)
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let text = std::str::from_utf8(value).unwrap();
        self.with(|parameters| parameters.text(&parameter(name.secret), text));
    }

    fn deny(&mut self, secret: &str) {
        self.with(|parameters| parameters.denied(&parameter(secret)));
    }

    fn hang(&mut self) {
        self.with(|parameters| parameters.when(|_| Some(FakeResponse::hang())));
    }

    fn disconnect(&mut self) {
        self.server = None;
    }
}

source_tests!(conforms: ParameterStore::start();
    found, missing, denied, malformed, json_keys, slow, unreachable, largest, odd_names, many);
