//! Placeholders in the names of secrets, with and without values.

use std::future::pending;
use std::time::Duration;

use from_secrets::report::{FieldOutcome, FieldReport};
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, Memory, MissingReason, ReadyFuture, SecretRequest,
    SecretSource, Source, SourceErrorKind,
};
use from_secrets::{Error, ErrorKind, FromSecrets, Loader};

use crate::support::{failure, load, loader};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Staged {
    #[secret("{stage}/key")]
    key: String,
    #[secret("plain/user")]
    user: String,
}

const KEY: (&str, &str) = ("KEY", "k");
const USER: (&str, &str) = ("PLAIN_USER", "u");

fn secrets() -> Memory {
    Memory::new()
        .with_secret("test/key", "secret k")
        .with_secret("plain/user", "secret u")
}

/// Returns a loader of the environment, and then of secrets.
fn env_first(memory: &Memory, vars: &[(&str, &str)]) -> Loader {
    Loader::new()
        .source(Env::new())
        .source(memory.clone())
        .env(Env::from_vars(vars.iter().copied()))
}

/// Asserts that these fields need placeholders, and that no request was sent.
#[track_caller]
fn assert_unfilled(error: &Error, memory: &Memory, expected: &[(&str, &str)]) {
    assert_eq!(error.kind(), ErrorKind::Declaration, "{error:#}");
    let details = format!("{error:#}");
    let count = details
        .matches("requires a value for the placeholder")
        .count();
    assert_eq!(count, expected.len().max(1), "{details}");
    for (field, placeholder) in expected {
        assert!(details.contains(&format!("field `{field}`")), "{details}");
        let help = format!(
            "requires a value for the placeholder `{placeholder}`; call `Loader::placeholder(\"{placeholder}\", …)`, or set the environment variable `{placeholder}`"
        );
        assert!(details.contains(&help), "{details}");
    }
    assert!(memory.requests().is_empty(), "{:?}", memory.requests());
}

#[test]
fn unfilled_name_fails_before_any_request() {
    let memory = secrets();
    let error = failure::<Staged>(&memory, &[KEY, USER]);
    assert_unfilled(&error, &memory, &[("key", "stage")]);
    assert!(
        error
            .to_string()
            .contains("field `key`: `{stage}/key` requires a value for the placeholder `stage`"),
        "{error}"
    );
    let filled = load::<Staged>(&memory, &[("stage", "test")]).unwrap();
    assert_eq!((&*filled.key, &*filled.user), ("secret k", "secret u"));
    let in_code = loader(&memory, &[("stage", "other")]).placeholder("stage", "test");
    assert_eq!(in_code.load_blocking::<Staged>().unwrap().key, "secret k");
}

#[test]
fn environment_needs_no_placeholder() {
    let env = Loader::new().env(Env::from_vars([KEY, USER, ("FROM_SECRETS_SOURCES", "env")]));
    assert_eq!(env.load_blocking::<Staged>().unwrap().key, "k");
    let error = env.env(Env::from_vars([USER, ("FROM_SECRETS_SOURCES", "env")]));
    let error = error.load_blocking::<Staged>().unwrap_err();
    let fields: Vec<_> = error.failed_fields().collect();
    let [field] = fields[..] else {
        panic!("{error:#}");
    };
    assert_eq!(
        (field.path(), field.outcome()),
        ("key", &FieldOutcome::Missing)
    );
    assert_eq!(field.secret_id(), Some("{stage}/key"));
}

#[test]
fn variables_before_secrets_need_no_placeholder() {
    let memory = secrets();
    let loaded: Staged = env_first(&memory, &[KEY]).load_blocking().unwrap();
    assert_eq!((&*loaded.key, &*loaded.user), ("k", "secret u"));
    assert_eq!(memory.requests().len(), 1);

    let memory = secrets();
    let error = env_first(&memory, &[]).load_blocking::<Staged>();
    assert_unfilled(&error.unwrap_err(), &memory, &[("key", "stage")]);
}

#[test]
fn unconfigured_source_needs_no_placeholder() {
    let memory = secrets().unconfigured();
    let sources = [
        Source::from(memory.clone()),
        Source::from(memory.clone()).timeout(Duration::from_secs(1)),
        Source::from(Env::new()),
    ];
    let loader = Loader::new()
        .sources(sources)
        .env(Env::from_vars([KEY, USER]));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let load = || runtime.block_on(loader.load_with_report::<Staged>());
    let (config, report) = load().unwrap();
    assert_eq!((&*config.key, &*config.user), ("k", "u"));
    for field in report.fields() {
        let [first, second, env] = field.attempts() else {
            panic!("{report}");
        };
        for attempt in [first, second] {
            assert!(
                matches!(attempt.result(), FetchResult::NotConfigured(_)),
                "{report}"
            );
        }
        assert_eq!(*env.result(), FetchResult::Found(()));
    }
    assert!(memory.requests().is_empty());

    memory.recover();
    assert_unfilled(&load().err().unwrap(), &memory, &[("key", "stage")]);
}

#[test]
fn failing_source_reports_its_own_error() {
    let memory = secrets().with_outage(SourceErrorKind::Credentials);
    let loader = loader(&memory, &[KEY, USER]);
    let error = loader.load_blocking::<Staged>().unwrap_err();
    let failed: Vec<_> = error.failed_fields().map(FieldReport::outcome).collect();
    assert_eq!(failed.len(), 2, "{error:#}");
    for outcome in failed {
        let FieldOutcome::Failed(error) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(error.kind(), SourceErrorKind::Credentials);
    }
    let widened = loader.fall_back_on([SourceErrorKind::Credentials]);
    assert_eq!(widened.load_blocking::<Staged>().unwrap().key, "k");
    assert!(memory.requests().is_empty());
}

#[test]
fn optional_and_default_fields_need_placeholders() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Lenient {
        #[secret("{stage}/key")]
        key: Option<String>,
        #[secret(name = "{stage}/port", default = 8080)]
        port: u16,
        #[secret("{stage}/limits", env = false)]
        limits: Option<String>,
    }
    let memory = Memory::new();
    let error = failure::<Lenient>(&memory, &[]);
    let all = [("key", "stage"), ("port", "stage"), ("limits", "stage")];
    assert_unfilled(&error, &memory, &all);
    let error = env_first(&memory, &[KEY]).load_blocking::<Lenient>();
    assert_unfilled(&error.unwrap_err(), &memory, &all[1..]);
    let loaded: Lenient = load(&memory.unconfigured(), &[]).unwrap();
    assert_eq!((loaded.key, loaded.port, loaded.limits), (None, 8080, None));
}

#[test]
fn each_alias_needs_its_placeholders() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Renamed {
        #[secret("{stage}/key", alias = "{old}/key", alias = "key", env = "KEY")]
        key: String,
    }
    let memory = Memory::new().with_secret("test/key", "k");
    for (vars, missing) in [
        (&[][..], &[("key", "stage"), ("key", "old")][..]),
        (&[("stage", "test")], &[("key", "old")]),
        (&[("old", "test")], &[("key", "stage")]),
    ] {
        let error = failure::<Renamed>(&memory, vars);
        assert_unfilled(&error, &memory, missing);
    }
    assert_eq!(
        env_first(&memory, &[KEY])
            .load_blocking::<Renamed>()
            .unwrap()
            .key,
        "k"
    );
    let filled = load::<Renamed>(&memory, &[("stage", "x"), ("old", "test")]);
    assert_eq!(filled.unwrap().key, "k");
}

#[test]
fn placeholder_of_alias_is_reported_once() {
    #[derive(FromSecrets)]
    #[secrets("{stage}/db", alias = "{stage}/database", debug)]
    #[expect(dead_code, reason = "never loaded")]
    struct Database {
        #[secret(alias = "pass", alias = "pw")]
        password: String,
    }
    let memory = Memory::new();
    let error = failure::<Database>(&memory, &[]);
    let stage = ("password", "stage");
    assert_unfilled(&error, &memory, &[stage, stage]);
}

#[derive(FromSecrets)]
#[secrets("{stage}/db", debug)]
struct Database {
    user: String,
    password: String,
}

#[test]
fn json_secret_is_needed_per_field() {
    let memory = secrets().with_secret("test/db", r#"{"user": "u", "password": "p"}"#);
    let vars = [("DB_USER", "env")];
    let error = env_first(&memory, &vars).load_blocking::<Database>();
    assert_unfilled(&error.unwrap_err(), &memory, &[("password", "stage")]);
    let filled = env_first(&memory, &vars).placeholder("stage", "test");
    let filled: Database = filled.load_blocking().unwrap();
    assert_eq!((&*filled.user, &*filled.password), ("env", "p"));
}

#[test]
fn nested_structs_need_their_placeholders() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Service {
        #[secret(flatten, env_prefix = "PRIMARY_")]
        primary: Database,
        #[secret(flatten, name = "{replica}/db", env_prefix = "REPLICA_")]
        replica: Option<Database>,
    }
    let memory = Memory::new().with_secret("test/db", r#"{"user": "u", "password": "p"}"#);
    let error = failure::<Service>(&memory, &[("stage", "test")]);
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let details = format!("{error:#}");
    let expected = "fields `replica.user`, `replica.password`: `{replica}/db` requires a value for the placeholder `replica`";
    assert!(details.contains(expected), "{details}");
    assert!(!details.contains("`primary"), "{details}");
    assert!(memory.requests().is_empty());

    let vars = [("PRIMARY_USER", "u"), ("PRIMARY_PASSWORD", "p")];
    let loaded: Service = load(&memory.unconfigured(), &vars).unwrap();
    assert_eq!(
        (&*loaded.primary.user, &*loaded.primary.password),
        ("u", "p")
    );
    assert!(loaded.replica.is_none());
}

#[test]
fn rejected_value_can_need_the_placeholder() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[expect(dead_code, reason = "never loaded")]
    struct Ports {
        #[secret("{stage}/port")]
        port: u16,
    }
    let memory = Memory::new();
    let loader = env_first(&memory, &[("PORT", "many")]);
    let error = loader.load_blocking::<Ports>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fields, "{error:#}");
    let error = loader.fall_back_on([SourceErrorKind::Malformed]);
    let error = error.load_blocking::<Ports>().unwrap_err();
    assert_unfilled(&error, &memory, &[("port", "stage")]);
}

#[test]
fn invalid_value_fails_even_if_unneeded() {
    for (value, problem) in [
        ("my stage", "after its placeholders are filled"),
        (
            "{stage}",
            "requires text without braces in the placeholder `stage`",
        ),
    ] {
        let vars = [KEY, USER, ("stage", value), ("FROM_SECRETS_SOURCES", "env")];
        let loader = Loader::new().env(Env::from_vars(vars));
        let error = loader.load_blocking::<Staged>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Declaration);
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[test]
fn plan_follows_changed_placeholders() {
    let memory = secrets();
    for _ in 0..2 {
        let unfilled: Staged = env_first(&memory, &[KEY, USER]).load_blocking().unwrap();
        assert_eq!(unfilled.key, "k");
        let filled: Staged = load(&memory, &[("stage", "test")]).unwrap();
        assert_eq!(filled.key, "secret k");
        assert_eq!(
            failure::<Staged>(&memory, &[]).kind(),
            ErrorKind::Declaration
        );
    }
}

/// A source without a value, which is ready after this time.
struct Slow(Option<Duration>);

impl SecretSource for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let missing = FetchResult::Missing(MissingReason::Secret);
        Box::pin(std::future::ready(vec![missing; requests.len()]))
    }

    fn ready(&self, _: FetchContext) -> ReadyFuture<'_> {
        Box::pin(async {
            match self.0 {
                Some(time) => tokio::time::sleep(time).await,
                None => pending().await,
            }
            Ok(())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn check_ends_at_the_deadline() {
    let loader = |source: Source| {
        let env = Env::from_vars([KEY, USER]);
        Loader::new().source(source).source(Env::new()).env(env)
    };
    let ready = loader(Slow(Some(Duration::from_secs(3))).into());
    let error = ready.load::<Staged>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration, "{error:#}");
    for source in [
        Source::from(Slow(None)),
        Source::from(Slow(None)).timeout(Duration::from_secs(2)),
    ] {
        let loader = loader(source).timeout(Duration::from_secs(4));
        let error = loader.load::<Staged>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Fields, "{error:#}");
        assert!(error.to_string().contains("(unreachable)"), "{error}");
        let widened = loader.fall_back_on([SourceErrorKind::Unreachable]);
        assert_eq!(widened.load::<Staged>().await.unwrap().key, "k");
    }
}
