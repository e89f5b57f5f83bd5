//! The chain, the fallback, and what the struct comes to.

use from_secrets::{
    AttemptAnswer, Cause, Environment, ErrorKind, ExposeSecret, FieldReport, FromSecrets, Loader,
    Memory, Missing, Outcome, SecretString, Source,
};

use crate::support::{DATABASE, Database, Pocket, failure, load, loader};

#[test]
fn what_is_missing_in_one_source_comes_from_the_next() {
    let memory = Memory::new().secret("POCKET_KEY", "from memory");
    let pocket: Pocket = load(
        &memory,
        &[("POCKET_KEY", "not asked"), ("POCKET_TOKEN", "from env")],
    )
    .unwrap();
    assert_eq!(pocket.key.expose_secret(), "from memory");
    assert_eq!(pocket.token.expose_secret(), "from env");
}

#[test]
fn a_chain_that_is_satisfied_early_never_asks_the_later_sources() {
    let memory = Memory::new();
    let loader = Loader::new()
        .sources([Source::environment(), Source::from(memory.clone())])
        .environment(Environment::from_vars([
            ("POCKET_KEY", "k"),
            ("POCKET_TOKEN", "t"),
        ]));
    loader.load_blocking::<Pocket>().unwrap();
    assert!(memory.requests().is_empty());
}

#[test]
fn all_keys_of_a_json_secret_are_one_request() {
    let memory = Memory::new().secret("prod/db", DATABASE);
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
fn every_cause_is_an_error_unless_it_is_named() {
    for cause in [
        Cause::Denied,
        Cause::Credentials,
        Cause::Unreachable,
        Cause::Throttled,
        Cause::Internal,
        Cause::Undecryptable,
        Cause::ScheduledForDeletion,
        Cause::Malformed,
    ] {
        let memory = Memory::new()
            .secret("POCKET_KEY", "k")
            .failing("POCKET_TOKEN", cause);
        let vars = [("POCKET_TOKEN", "older")];
        let error = failure::<Pocket>(&memory, &vars);
        let failed: Vec<_> = error.fields().map(FieldReport::path).collect();
        assert_eq!(failed, ["token"], "{cause}");
        let Outcome::Failed(told) = error.fields().next().unwrap().outcome() else {
            panic!("{cause}")
        };
        assert_eq!(told.cause(), cause);

        let widened = loader(&memory, &vars)
            .fall_back_on([cause])
            .load_blocking::<Pocket>()
            .unwrap();
        assert_eq!(widened.token.expose_secret(), "older");
    }
}

#[test]
fn a_failure_of_the_last_source_never_becomes_a_default_or_none() {
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
    let memory = Memory::new().failing_all(Cause::Unreachable);
    let failed = |sources: [Source; 2]| {
        let loader = Loader::new()
            .sources(sources)
            .environment(Environment::from_vars([("PORT", "1")]));
        let error = loader
            .fall_back_on([Cause::Unreachable])
            .load_blocking::<Lenient>()
            .map(|_| ())
            .unwrap_err();
        error
            .fields()
            .map(|field| field.path().to_owned())
            .collect::<Vec<_>>()
    };
    let memory = || Source::from(memory.clone());
    assert_eq!(failed([Source::environment(), memory()]), ["token", "key"]);
    assert_eq!(
        failed([memory(), Source::environment()]),
        ["key"],
        "no later source can be asked for it"
    );
}

#[test]
fn a_source_that_is_not_configured_leads_to_the_next_and_is_told_of() {
    let memory = Memory::new().unconfigured();
    let pocket: Pocket = load(&memory, &[("POCKET_KEY", "k"), ("POCKET_TOKEN", "t")]).unwrap();
    assert_eq!(pocket.token.expose_secret(), "t");
    let error = failure::<Pocket>(&memory, &[("POCKET_KEY", "k")]);
    let attempts = error.fields().next().unwrap().attempts();
    assert!(matches!(
        attempts[0].answer(),
        AttemptAnswer::NotConfigured(_)
    ));
    assert_eq!(
        *attempts[1].answer(),
        AttemptAnswer::Missing(Missing::Variable)
    );
    assert!(format!("{error:#}").contains("set the environment variable `POCKET_TOKEN`"));
}

#[test]
fn a_wrong_value_is_not_hidden_by_an_older_one_unless_that_is_said() {
    let memory = Memory::new().secret("prod/db", r#"{"host":"h","port":"many"}"#);
    let vars = [("PROD_DB_PORT", "1")];
    assert_eq!(
        failure::<Database>(&memory, &vars)
            .fields()
            .next()
            .unwrap()
            .path(),
        "port"
    );
    let widened = loader(&memory, &vars)
        .fall_back_on([Cause::Malformed])
        .load_blocking::<Database>()
        .unwrap();
    assert_eq!((widened.host.as_str(), widened.port), ("h", 1));
}

#[test]
fn a_missing_parameter_is_an_error_before_any_request() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Staged {
        #[secret("{stage}/key")]
        key: String,
    }
    let memory = Memory::new().secret("test/key", "x");
    let error = failure::<Staged>(&memory, &[]);
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(
        error
            .to_string()
            .contains("field `key`: `{stage}/key` needs the parameter `stage`"),
        "{error}"
    );
    assert!(memory.requests().is_empty());
    assert_eq!(
        load::<Staged>(&memory, &[("stage", "test")]).unwrap().key,
        "x"
    );
    let said = loader(&memory, &[("stage", "other")])
        .parameter("stage", "test")
        .load_blocking::<Staged>();
    assert_eq!(said.unwrap().key, "x");
}

#[test]
fn the_variable_chooses_the_chain_and_code_wins_over_it() {
    let vars = [
        ("FROM_SECRETS_SOURCES", "env"),
        ("POCKET_KEY", "k"),
        ("POCKET_TOKEN", "t"),
    ];
    let loader = Loader::new().environment(Environment::from_vars(vars));
    assert!(loader.load_blocking::<Pocket>().is_ok());
    let memory = Memory::new()
        .secret("POCKET_KEY", "m")
        .secret("POCKET_TOKEN", "m");
    let in_code = loader.sources([memory]).load_blocking::<Pocket>().unwrap();
    assert_eq!(in_code.key.expose_secret(), "m");

    let unknown = Environment::from_vars([("FROM_SECRETS_SOURCES", "env,vault")]);
    let error = Loader::new()
        .environment(unknown)
        .load_blocking::<Pocket>()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(
        error
            .to_string()
            .contains("FROM_SECRETS_SOURCES: `vault` is not a source"),
        "{error}"
    );
}
