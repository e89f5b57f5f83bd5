//! The tests of all sources, for `.env` files. A local file cannot be unreachable, and root can always read it. Bytes
//! are base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use from_secrets::source::{Dotenv, Env, Source};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::canary;
use from_secrets_tests::logs::Logs;

use crate::files::Directory;
use from_secrets::testing::{Backend, ValueName, source_tests};

struct File {
    directory: Directory,
    text: String,
}

impl File {
    fn new() -> Self {
        Self {
            directory: Directory::new(),
            text: String::new(),
        }
    }
}

impl Backend for File {
    const NAME: &'static str = "dotenv";

    fn source(&self) -> Source {
        Dotenv::new().path(self.directory.path(".env")).into()
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let value = match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => BASE64_STANDARD.encode(value),
        };
        let value = value.replace('\\', r"\\").replace('\'', r"\'");
        let line = format!("{}='{value}'\n", name.variable);
        self.text.push_str(&line);
        self.directory.write(".env", self.text.as_bytes());
    }

    fn disconnect(&mut self) {
        self.directory.remove();
    }
}

source_tests!(conforms: File::new();
    found, missing, malformed, unreachable, binary, largest, odd_names, many);

#[derive(FromSecrets)]
#[secrets(debug)]
struct Url {
    #[secret(env = "URL")]
    url: String,
}

#[tokio::test]
async fn unreplaced_set_variable_warns_once() {
    let secret = canary::value("dollar").replace(['"', '\''], "");
    let line = format!("URL=\"$DB_USER:$UNSET:$OTHER@{secret}\"\n");
    let directory = Directory::new();
    directory.write(".env", format!("OTHER=x\n{line}{line}").as_bytes());
    let loader = Loader::new()
        .source(Dotenv::new().path(directory.path(".env")))
        .env(Env::from_vars([("DB_USER", "canary-user")]));
    let logs = Logs::capture();
    for _ in 0..2 {
        let it: Url = loader.load().await.unwrap();
        assert_eq!(it.url, format!("$DB_USER:$UNSET:$OTHER@{secret}"));
    }
    let text = logs.text();
    canary::assert_absent(&text);
    assert!(!text.contains("canary-user"), "{text}");
    let warnings = logs.warnings();
    let warnings: Vec<&String> = warnings
        .iter()
        .filter(|text| text.contains("variable="))
        .collect();
    assert_eq!(warnings.len(), 2, "{text}");
    for (warning, name) in warnings.iter().zip(["DB_USER", "OTHER"]) {
        assert!(warning.contains(&format!("variable={name}")), "{warning}");
        assert!(warning.contains("line=2"), "{warning}");
        assert!(
            warning.contains("write `${NAME}` to replace it"),
            "{warning}"
        );
    }
}
