//! The chain, fallback, and the loaded struct.

use from_secrets::report::{FieldOutcome, FieldReport};
use from_secrets::source::{Env, FetchResult, Memory, MissingReason, Source, SourceErrorKind};
use from_secrets::{ErrorKind, ExposeSecret, FromSecrets, Loader, SecretString};

use crate::support::{DATABASE, Database, Pocket, failure, load, loader};

#[test]
fn missing_secret_falls_back() {
    let memory = Memory::new().with_secret("POCKET_KEY", "from memory");
    let pocket: Pocket = load(
        &memory,
        &[("POCKET_KEY", "not queried"), ("POCKET_TOKEN", "from env")],
    )
    .unwrap();
    assert_eq!(pocket.key.expose_secret(), "from memory");
    assert_eq!(pocket.token.expose_secret(), "from env");
}

#[test]
fn complete_load_skips_later_sources() {
    let memory = Memory::new();
    let loader = Loader::new()
        .source(Env::new())
        .source(memory.clone())
        .env(Env::from_vars([("POCKET_KEY", "k"), ("POCKET_TOKEN", "t")]));
    loader.load_blocking::<Pocket>().unwrap();
    assert!(memory.requests().is_empty());
}

#[test]
fn json_keys_share_one_request() {
    let memory = Memory::new().with_secret("prod/db", DATABASE);
    let database: Database = load(&memory, &[]).unwrap();
    assert_eq!(
        (
            database.host.as_str(),
            database.port,
            database.user.as_str()
        ),
        ("h", 5432, "app")
    );
    assert_eq!(database.replica, None);
    assert_eq!(memory.requests().len(), 1);
}

#[test]
fn errors_fall_back_only_when_configured() {
    for cause in [
        SourceErrorKind::Denied,
        SourceErrorKind::Credentials,
        SourceErrorKind::Unreachable,
        SourceErrorKind::Throttled,
        SourceErrorKind::Internal,
        SourceErrorKind::Undecryptable,
        SourceErrorKind::ScheduledForDeletion,
        SourceErrorKind::Malformed,
        SourceErrorKind::Invalid,
    ] {
        let memory = Memory::new()
            .with_secret("POCKET_KEY", "k")
            .with_error("POCKET_TOKEN", cause);
        let vars = [("POCKET_TOKEN", "older")];
        let error = failure::<Pocket>(&memory, &vars);
        let failed: Vec<_> = error.failed_fields().map(FieldReport::path).collect();
        assert_eq!(failed, ["token"], "{cause}");
        let FieldOutcome::Failed(reported) = error.failed_fields().next().unwrap().outcome() else {
            panic!("{cause}")
        };
        assert_eq!(reported.kind(), cause);

        let widened = loader(&memory, &vars)
            .fall_back_on([cause])
            .load_blocking::<Pocket>()
            .unwrap();
        assert_eq!(widened.token.expose_secret(), "older");
    }
}

#[test]
fn last_failure_never_becomes_default() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[allow(dead_code, reason = "never loaded")]
    struct Lenient {
        #[secret(default = 8080)]
        port: u16,
        token: Option<SecretString>,
        #[secret(env = false)]
        key: Option<SecretString>,
    }
    let memory = Memory::new().with_outage(SourceErrorKind::Unreachable);
    let failed = |sources: [Source; 2]| {
        let loader = Loader::new()
            .sources(sources)
            .env(Env::from_vars([("PORT", "1")]));
        let error = loader
            .fall_back_on([SourceErrorKind::Unreachable])
            .load_blocking::<Lenient>()
            .map(|_| ())
            .unwrap_err();
        error
            .failed_fields()
            .map(|field| field.path().to_owned())
            .collect::<Vec<_>>()
    };
    let memory = || Source::from(memory.clone());
    assert_eq!(
        failed([Source::from(Env::new()), memory()]),
        ["token", "key"]
    );
    assert_eq!(
        failed([memory(), Source::from(Env::new())]),
        ["key"],
        "no later source can provide it"
    );
}

#[test]
fn unconfigured_source_falls_back_and_reports() {
    let memory = Memory::new().unconfigured();
    let pocket: Pocket = load(&memory, &[("POCKET_KEY", "k"), ("POCKET_TOKEN", "t")]).unwrap();
    assert_eq!(pocket.token.expose_secret(), "t");
    let error = failure::<Pocket>(&memory, &[("POCKET_KEY", "k")]);
    let attempts = error.failed_fields().next().unwrap().attempts();
    assert!(matches!(
        attempts[0].result(),
        FetchResult::NotConfigured(_)
    ));
    assert_eq!(
        *attempts[1].result(),
        FetchResult::Missing(MissingReason::EnvVar)
    );
    assert!(format!("{error:#}").contains("set the environment variable `POCKET_TOKEN`"));
}

#[test]
fn malformed_falls_back_only_when_configured() {
    let memory = Memory::new().with_secret("prod/db", r#"{"host":"h","port":"many"}"#);
    let vars = [("PROD_DB_PORT", "1")];
    assert_eq!(
        failure::<Database>(&memory, &vars)
            .failed_fields()
            .next()
            .unwrap()
            .path(),
        "port"
    );
    let widened = loader(&memory, &vars)
        .fall_back_on([SourceErrorKind::Malformed])
        .load_blocking::<Database>()
        .unwrap();
    assert_eq!((widened.host.as_str(), widened.port), ("h", 1));
}

#[test]
fn chain_in_code_overrides_variable() {
    let vars = [
        ("FROM_SECRETS_SOURCES", "env"),
        ("POCKET_KEY", "k"),
        ("POCKET_TOKEN", "t"),
    ];
    let loader = Loader::new().env(Env::from_vars(vars));
    assert!(loader.load_blocking::<Pocket>().is_ok());
    let memory = Memory::new()
        .with_secret("POCKET_KEY", "m")
        .with_secret("POCKET_TOKEN", "m");
    let in_code = loader.source(memory).load_blocking::<Pocket>().unwrap();
    assert_eq!(in_code.key.expose_secret(), "m");

    let unknown = Env::from_vars([("FROM_SECRETS_SOURCES", "env,vault")]);
    let error = Loader::new()
        .env(unknown)
        .load_blocking::<Pocket>()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(
        error
            .to_string()
            .contains("FROM_SECRETS_SOURCES: unknown source `vault`"),
        "{error}"
    );
}

#[test]
fn variable_can_name_registered_source() {
    let vault = Memory::new().with_secret("POCKET_KEY", "vault");
    let vars = [
        ("FROM_SECRETS_SOURCES", "vault,env"),
        ("POCKET_KEY", "not queried"),
        ("POCKET_TOKEN", "t"),
    ];
    let loader = Loader::new()
        .register("vault", vault)
        .env(Env::from_vars(vars));
    let pocket: Pocket = loader.load_blocking().unwrap();
    assert_eq!(pocket.key.expose_secret(), "vault");
    assert_eq!(pocket.token.expose_secret(), "t");
}

#[test]
fn missing_value_is_not_requested_again() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Config {
        port: u16,
        token: Option<String>,
    }
    let [first, second, third] =
        ["many", "several", "1"].map(|port| Memory::new().with_secret("PORT", port));
    let config: Config = Loader::new()
        .sources([&first, &second, &third].map(|memory| Source::from(memory.clone())))
        .fall_back_on([SourceErrorKind::Malformed])
        .load_blocking()
        .unwrap();
    assert_eq!((config.port, config.token), (1, None));
    for memory in [first, second, third] {
        let requests = memory.requests();
        let requests = requests.iter().filter(|request| request.id() == "TOKEN");
        assert_eq!(requests.count(), 1);
    }
}
