//! Loads from secrets in memory: the chain, the fallback, and what the struct comes to.
#![cfg(feature = "derive")]

use from_secrets::{
    AttemptAnswer, Cause, Environment, Error, ErrorKind, ExposeSecret, FieldReport, FromSecrets,
    Loader, Memory, Missing, Outcome, SecretString, Source,
};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Pocket {
    /// Consumer key of the Pocket application.
    key: SecretString,
    /// Access token of the user whose list is read.
    token: SecretString,
}

#[derive(FromSecrets)]
#[secrets("prod/db", debug)]
struct Database {
    host: String,
    port: u16,
    #[secret(default = "app")]
    user: String,
    replica: Option<String>,
}

const DATABASE: &str = r#"{"host":"h","port":"5432","replica":null}"#;

fn loader(memory: &Memory, vars: &[(&str, &str)]) -> Loader {
    Loader::new()
        .sources([Source::from(memory.clone()), Source::environment()])
        .environment(Environment::from_vars(vars.iter().copied()))
}

fn load<T: FromSecrets>(memory: &Memory, vars: &[(&str, &str)]) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(loader(memory, vars).load())
}

fn failure<T: FromSecrets>(memory: &Memory, vars: &[(&str, &str)]) -> Error {
    match load::<T>(memory, vars) {
        Ok(_) => panic!("the load should have failed"),
        Err(error) => error,
    }
}

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
fn a_variable_that_is_malformed_is_what_the_first_line_names() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct One {
        #[secret("prod/port")]
        #[allow(dead_code, reason = "never loaded")]
        port: u16,
    }
    let error = failure::<One>(&Memory::new(), &[("PROD_PORT", "many")]);
    let expected = "cannot load `One`: field `port` (variable `PROD_PORT`): malformed: expected u16, found other text";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_loader_shows_its_parameters_by_name() {
    let loader = Loader::new()
        .parameter("POCKET_ARN", "canary")
        .timeout(std::time::Duration::MAX);
    let debug = format!("{loader:?}");
    assert!(
        debug.contains("POCKET_ARN") && !debug.contains("canary"),
        "{debug}"
    );
    let memory = Memory::new()
        .secret("POCKET_KEY", "k")
        .secret("POCKET_TOKEN", "t");
    assert!(
        loader.sources([memory]).load_blocking::<Pocket>().is_ok(),
        "no timeout is too long"
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
fn every_failed_field_is_told_of_at_once() {
    let memory = Memory::new().secret("prod/db", r#"{"hots":"h","port":"many","user":{}}"#);
    let error = failure::<Database>(&memory, &[]);
    assert_eq!(error.kind(), ErrorKind::Fields);
    assert_eq!(
        error.fields().map(FieldReport::path).collect::<Vec<_>>(),
        ["host", "port", "user"]
    );
    assert_eq!(
        error.to_string(),
        "cannot load `Database`: 3 fields failed: `host` (missing); `port`, `user` (malformed)"
    );
    let story = format!("{error:#}");
    assert!(story.contains("did you mean `hots`?"), "{story}");
    assert!(story.contains("expected u16, found other text"), "{story}");
    assert!(!story.contains("many"), "{story}");
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
fn the_report_tells_who_answered_what_without_a_value() {
    let memory = Memory::new().secret("prod/db", DATABASE);
    let loader = loader(&memory, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_, report) = runtime
        .block_on(loader.load_with_report::<Database>())
        .unwrap();
    let expected = "\
field    answered by        asked for       version
host     memory             prod/db (host)  v1
port     memory             prod/db (port)  v1
user     default
replica  nobody (optional)";
    assert_eq!(report.to_string(), expected);
}

#[test]
fn debug_shows_names_and_what_is_no_secret() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Mixed {
        token: String,
        #[secret(env_only)]
        port: u16,
        #[secret(flatten)]
        database: Database,
    }
    let memory = Memory::new()
        .secret("TOKEN", "canary")
        .secret("prod/db", DATABASE);
    let mixed: Mixed = load(&memory, &[("PORT", "80")]).unwrap();
    assert_eq!(mixed.token, "canary");
    assert_eq!(mixed.port + mixed.database.port, 5512);
    let expected = "Mixed { token: [redacted], port: 80, database: Database { host: [redacted], port: [redacted], \
                    user: [redacted], replica: [redacted] } }";
    assert_eq!(format!("{mixed:?}"), expected);
}

#[derive(FromSecrets)]
struct Twice {
    #[secret(flatten, prefix = "primary/", env_prefix = "PRIMARY_")]
    primary: Login,
    #[secret(flatten, prefix = "replica/", env_prefix = "REPLICA_")]
    replica: Option<Login>,
}

#[derive(FromSecrets)]
#[secrets(rename_all = "kebab-case", debug)]
struct Login {
    user_name: String,
    password: SecretString,
}

#[test]
fn one_struct_is_used_twice_with_prefixes() {
    let memory = Memory::new()
        .secret("primary/user-name", "a")
        .secret("primary/password", "b")
        .secret("replica/user-name", "c");
    let twice: Twice = load(&memory, &[("REPLICA_PASSWORD", "d")]).unwrap();
    let replica = twice.replica.unwrap();
    assert_eq!(
        (twice.primary.user_name.as_str(), replica.user_name.as_str()),
        ("a", "c")
    );
    assert_eq!(twice.primary.password.expose_secret(), "b");
    assert_eq!(replica.password.expose_secret(), "d");
}

#[test]
fn an_optional_nested_struct_is_none_when_nothing_of_it_is_anywhere() {
    let memory = Memory::new()
        .secret("primary/user-name", "a")
        .secret("primary/password", "b");
    assert!(load::<Twice>(&memory, &[]).unwrap().replica.is_none());

    let half = memory.clone().secret("replica/user-name", "c");
    let error = failure::<Twice>(&half, &[]);
    assert_eq!(
        error.fields().map(FieldReport::path).collect::<Vec<_>>(),
        ["replica.password"]
    );

    let denied = half
        .remove("replica/user-name")
        .failing("replica/password", Cause::Denied);
    let error = failure::<Twice>(&denied, &[]);
    assert!(
        error
            .fields()
            .any(|field| field.path() == "replica.password"),
        "a failure is never `None`"
    );
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
fn what_several_fields_lack_is_said_once() {
    #[derive(FromSecrets)]
    #[secrets(name = "{stage}/db", debug)]
    #[expect(dead_code, reason = "never loaded")]
    struct Database {
        user: String,
        password: String,
    }
    let error = failure::<Database>(&Memory::new(), &[]);
    assert_eq!(
        format!("{error:#}"),
        "cannot load `Database`: 2 fields cannot be looked up as declared: `user`, `password`
  fields `user`, `password`: `{stage}/db` needs the parameter `stage`; call `Loader::parameter(\"stage\", …)`, or set the environment variable `stage`"
    );
}

#[test]
fn help_for_several_fields_is_given_once_and_last() {
    let memory = Memory::new()
        .failing("POCKET_KEY", Cause::Throttled)
        .failing("POCKET_TOKEN", Cause::Throttled);
    let error = failure::<Pocket>(&memory, &[]);
    let told = "throttled: injected by the in-memory source";
    assert_eq!(
        format!("{error:#}"),
        format!(
            "cannot load `Pocket`: 2 fields failed: `key`, `token` (throttled)

  key: Consumer key of the Pocket application.
    memory: `POCKET_KEY`: {told}

  token: Access token of the user whose list is read.
    memory: `POCKET_TOKEN`: {told}

  help for `key`, `token`: `Memory::recovered` ends it"
        )
    );
}

#[test]
fn fields_that_lack_the_same_in_their_own_places_get_one_help() {
    let error = failure::<Pocket>(&Memory::new().secret("POCKET_KEY", "k"), &[]);
    let own = "help: create the secret `POCKET_TOKEN`, in the region and account that are asked, or set the environment variable `POCKET_TOKEN`";
    assert!(format!("{error:#}").ends_with(own), "{error:#}");
    let error = failure::<Pocket>(&Memory::new(), &[]);
    let shared = "\n\n  help for `key`, `token`: create these secrets, in the region and account that are asked, or set these environment variables";
    assert!(format!("{error:#}").ends_with(shared), "{error:#}");
    let error = failure::<Database>(&Memory::new(), &[]);
    let one = "help for `host`, `port`: create the secret `prod/db`, in the region and account that are asked, or set these environment variables";
    assert!(format!("{error:#}").ends_with(one), "{error:#}");
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

#[tokio::test]
async fn load_blocking_works_within_a_runtime_of_one_thread() {
    let memory = Memory::new()
        .secret("POCKET_KEY", "k")
        .secret("POCKET_TOKEN", "t");
    assert!(loader(&memory, &[]).load_blocking::<Pocket>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn load_blocking_works_within_a_runtime_of_many_threads() {
    let memory = Memory::new()
        .secret("POCKET_KEY", "k")
        .secret("POCKET_TOKEN", "t");
    assert!(loader(&memory, &[]).load_blocking::<Pocket>().is_ok());
}

#[test]
fn a_load_without_a_runtime_says_what_to_call() {
    let memory = Memory::new();
    let load =
        std::pin::pin!(async move { loader(&memory, &[]).load::<Pocket>().await.unwrap_err() });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(error) = load.poll(&mut context) else {
        panic!("it does not wait")
    };
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert!(error.to_string().contains("`load_blocking`"));
}
