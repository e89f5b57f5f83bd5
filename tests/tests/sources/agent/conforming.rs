//! The suite, for both services behind the agent.

use from_secrets::{Agent, Source};
use from_secrets_tests::dead_end::Refusal;
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, ScriptedAgent, Vault};

use crate::conformance::{Name, Subject, conformance};

struct Secrets {
    agent: ScriptedAgent,
    vault: Vault,
    nobody: Option<Refusal>,
}

impl Secrets {
    fn new() -> Self {
        Self {
            agent: ScriptedAgent::start(Vault::new()),
            vault: Vault::new(),
            nobody: None,
        }
    }

    fn with(&mut self, change: impl FnOnce(Vault) -> Vault) {
        self.vault = change(std::mem::take(&mut self.vault));
        self.agent.hold(self.vault.clone());
    }
}

impl Subject for Secrets {
    const NAME: &'static str = "agent";

    fn source(&self) -> Source {
        elsewhere(self.agent.source(), self.nobody.as_ref()).into()
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
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
        self.agent.when(|_| Some(Answer::hang()));
    }

    fn vanish(&mut self) {
        self.nobody = Some(Refusal::open());
    }
}

struct Parameters {
    agent: ScriptedAgent,
    nobody: Option<Refusal>,
}

impl Parameters {
    fn new() -> Self {
        Self {
            agent: ScriptedAgent::extension(Vault::new()),
            nobody: None,
        }
    }
}

impl Subject for Parameters {
    const NAME: &'static str = "agent-ssm";
    const TAKES_EVERY_NAME: bool = false;

    fn source(&self) -> Source {
        elsewhere(self.agent.parameters(), self.nobody.as_ref()).into()
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
        let path = match name.secret {
            path if path.contains('/') && !path.starts_with('/') => format!("/{path}"),
            name => name.to_owned(),
        };
        let text = std::str::from_utf8(value).expect("parameters are text");
        self.agent.parameter(&path, &[(text, None)]);
    }

    fn deny(&mut self, secret: &str) {
        let secret = secret.to_owned();
        self.agent.when(move |asked| {
            let denied = Answer::error("AccessDeniedException", "User is not authorized");
            (asked.id() == secret).then_some(denied)
        });
    }

    fn hang(&mut self) {
        self.agent.when(|_| Some(Answer::hang()));
    }

    fn vanish(&mut self) {
        self.nobody = Some(Refusal::open());
    }
}

/// The same source, at a port that nobody listens on.
fn elsewhere(source: Agent, nobody: Option<&Refusal>) -> Agent {
    let Some(nobody) = nobody else {
        return source;
    };
    let (_, port) = nobody.endpoint().rsplit_once(':').expect("a port");
    source.port(port.parse().expect("a number"))
}

conformance!(secrets: Secrets::new();
    found, missing, denied, malformed, json_keys, slow, unreachable, binary, largest, odd_names, many);
conformance!(parameters: Parameters::new();
    found, missing, denied, malformed, json_keys, slow, unreachable, largest, odd_names, many);
