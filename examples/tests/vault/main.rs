//! The example `vault`: the cases for custom sources, and its versions and tokens.

mod server;

use from_secrets::report::FieldOutcome;
use from_secrets::source::{FetchResult, MissingReason, Source, SourceErrorKind};
use from_secrets::testing::{Backend, ValueName, check_source, source_tests};
use from_secrets::{FromSecrets, Loader, SecretString};
use from_secrets_examples::vault::Vault;
use serde_json::{Map, Value};
use server::{Server, TOKEN};

impl Server {
    fn vault(&self) -> Vault {
        Vault::new(&self.address, Some(TOKEN.into()))
    }
}

impl Backend for Server {
    const NAME: &'static str = "vault";

    fn source(&self) -> Source {
        Source::from(self.vault())
    }

    fn put(&mut self, name: ValueName<'_>, value: &[u8]) {
        let text = std::str::from_utf8(value).unwrap();
        let object: Option<Map<String, Value>> = serde_json::from_str(text).ok();
        let plain = || Map::from_iter([("value".to_owned(), text.into())]);
        Server::put(self, name.secret, object.unwrap_or_else(plain));
    }

    fn deny(&mut self, secret: &str) {
        Server::deny(self, secret);
    }

    fn hang(&mut self) {
        Server::hang(self);
    }

    fn disconnect(&mut self) {
        self.stop();
    }
}

#[tokio::test]
async fn known_secrets_fulfill_contract() {
    let mut server = Server::start();
    let known = [("prod/first", "canary one"), ("prod/second", "canary two")];
    for (secret, value) in known {
        let name = ValueName {
            secret,
            variable: "",
        };
        Backend::put(&mut server, name, value.as_bytes());
    }
    check_source(server.vault(), known).await;
}

// Vault stores JSON, so the case for binary values is omitted.
source_tests!(conforms: Server::start();
    found, missing, denied, malformed, json_keys, slow, unreachable, largest, odd_names, many);

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Pinned {
    #[secret(version_id = "1")]
    token: SecretString,
}

#[tokio::test]
async fn number_pins_version() {
    let server = Server::start();
    for text in ["old", "new"] {
        server.put(
            "POCKET_TOKEN",
            Map::from_iter([("value".to_owned(), text.into())]),
        );
    }
    let loader = Loader::new().source(server.vault());
    let (pinned, report) = loader.load_with_report::<Pinned>().await.unwrap();
    assert_eq!(
        from_secrets::ExposeSecret::expose_secret(&pinned.token),
        "old"
    );
    let FieldOutcome::Found(provenance) = report.fields()[0].outcome() else {
        panic!("{report}");
    };
    assert_eq!(provenance.version_id(), Some("1"));
}

#[derive(FromSecrets)]
struct Staged {
    #[secret(version_stage = "AWSPREVIOUS", env = false)]
    token: Option<SecretString>,
}

#[tokio::test]
async fn stages_are_missing() {
    let server = Server::start();
    let loader = Loader::new().source(server.vault());
    let (staged, report) = loader.load_with_report::<Staged>().await.unwrap();
    assert!(staged.token.is_none());
    let response = report.fields()[0].attempts()[0].result();
    assert_eq!(*response, FetchResult::Missing(MissingReason::Version));
}

#[tokio::test]
async fn only_wrong_token_is_denied() {
    let server = Server::start();
    let loader = |token: Option<&str>| {
        let vault = Vault::new(&server.address, token.map(SecretString::from));
        Loader::new().source(vault)
    };
    let error = loader(None).load::<Pinned>().await.unwrap_err();
    assert!(format!("{error:#}").contains("not configured"), "{error:#}");
    let error = loader(Some("canary")).load::<Pinned>().await.unwrap_err();
    assert!(
        format!("{error:#}").contains(&SourceErrorKind::Denied.to_string()),
        "{error:#}"
    );
    assert!(!format!("{error:#} {error:?}").contains("canary"));
}
