//! The tests of all sources, for both services behind the agent.

use from_secrets::source::{Agent, Source};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::unavailable_server::Refusal;
use from_secrets_tests::{FakeAgent, FakeResponse, FakeSecretsManager};

use from_secrets::testing::{Backend, ValueName, source_tests};

struct Secrets {
    agent: FakeAgent,
    vault: FakeSecretsManager,
    unavailable: Option<Refusal>,
}

impl Secrets {
    fn new() -> Self {
        Self {
            agent: FakeAgent::start(FakeSecretsManager::new()),
            vault: FakeSecretsManager::new(),
            unavailable: None,
        }
    }

    fn with(&mut self, change: impl FnOnce(FakeSecretsManager) -> FakeSecretsManager) {
        self.vault = change(std::mem::take(&mut self.vault));
        self.agent.hold(self.vault.clone());
    }
}

impl Backend for Secrets {
    const NAME: &'static str = "agent";

    fn source(&self) -> Source {
        elsewhere(self.agent.source(), self.unavailable.as_ref()).into()
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        self.with(|vault| match std::str::from_utf8(value) {
            Ok(text) => vault.text(name.secret, text),
            Err(_) => vault.binary(name.secret, value),
        });
    }

    fn deny(&mut self, secret: &str) {
        let denied = Entry::refused("AccessDeniedException", "User is not authorized");
        self.with(|vault| vault.entry(secret, denied));
    }

    fn hang(&mut self) {
        self.agent.when(|_| Some(FakeResponse::hang()));
    }

    fn disconnect(&mut self) {
        self.unavailable = Some(Refusal::open());
    }
}

struct FakeParameterStore {
    agent: FakeAgent,
    unavailable: Option<Refusal>,
}

impl FakeParameterStore {
    fn new() -> Self {
        Self {
            agent: FakeAgent::extension(FakeSecretsManager::new()),
            unavailable: None,
        }
    }
}

impl Backend for FakeParameterStore {
    const NAME: &'static str = "agent-ssm";
    const ACCEPTS_ALL_NAMES: bool = false;

    fn source(&self) -> Source {
        elsewhere(self.agent.parameters(), self.unavailable.as_ref()).into()
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let path = match name.secret {
            path if path.contains('/') && !path.starts_with('/') => format!("/{path}"),
            name => name.to_owned(),
        };
        let text = std::str::from_utf8(value).expect("parameters are text");
        self.agent.parameter(&path, &[(text, None)]);
    }

    fn deny(&mut self, secret: &str) {
        let secret = secret.to_owned();
        self.agent.when(move |requested| {
            let denied = FakeResponse::error("AccessDeniedException", "User is not authorized");
            (requested.id() == secret).then_some(denied)
        });
    }

    fn hang(&mut self) {
        self.agent.when(|_| Some(FakeResponse::hang()));
    }

    fn disconnect(&mut self) {
        self.unavailable = Some(Refusal::open());
    }
}

/// Returns the source with a port that refuses connections.
fn elsewhere(source: Agent, unavailable: Option<&Refusal>) -> Agent {
    let Some(unavailable) = unavailable else {
        return source;
    };
    let (_, port) = unavailable.endpoint().rsplit_once(':').expect("a port");
    source.port(port.parse().expect("a number"))
}

source_tests!(secrets: Secrets::new();
    found, missing, denied, malformed, json_keys, slow, unreachable, binary, largest, odd_names, many);
source_tests!(parameters: FakeParameterStore::new();
    found, missing, denied, malformed, json_keys, slow, unreachable, largest, odd_names, many);
