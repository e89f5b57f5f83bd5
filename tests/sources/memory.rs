//! The tests of all sources, for secrets in memory: tests of applications need the behavior of real sources.

use from_secrets::source::{Memory, Source, SourceErrorKind};

use from_secrets::testing::{Backend, ValueName, source_tests};

#[derive(Default)]
struct InMemory(Memory);

impl InMemory {
    fn with(&mut self, change: impl FnOnce(Memory) -> Memory) {
        self.0 = change(std::mem::take(&mut self.0));
    }
}

impl Backend for InMemory {
    const NAME: &'static str = "memory";

    fn source(&self) -> Source {
        self.0.clone().into()
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        self.with(|memory| match std::str::from_utf8(value) {
            Ok(text) => memory.with_secret(name.secret, text),
            Err(_) => memory.with_binary(name.secret, value),
        });
    }

    fn deny(&mut self, secret: &str) {
        self.with(|memory| memory.with_error(secret, SourceErrorKind::Denied));
    }

    fn disconnect(&mut self) {
        self.with(|memory| memory.with_outage(SourceErrorKind::Unreachable));
    }
}

source_tests!(conforms: InMemory::default();
    found, missing, denied, malformed, json_keys, unreachable, binary, largest, odd_names, many);
