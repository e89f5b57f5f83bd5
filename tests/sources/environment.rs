//! The tests of all sources, for environment variables. They cannot be denied, absent or unreachable. Bytes are base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use from_secrets::Loader;
use from_secrets::source::{Env, Source};

use from_secrets::testing::{Backend, ValueName, source_tests};

#[derive(Default)]
struct Variables(Vec<(String, String)>);

impl Backend for Variables {
    const NAME: &'static str = "env";

    fn source(&self) -> Source {
        Env::new().into()
    }

    fn loader(&self, sources: Vec<Source>) -> Loader {
        let environment = Env::from_vars(self.0.clone());
        Loader::new().env(environment).sources(sources)
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let text = match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => BASE64_STANDARD.encode(value),
        };
        self.0.push((name.variable.to_owned(), text));
    }
}

source_tests!(conforms: Variables::default();
    found, missing, malformed, binary, largest, odd_names, many);
