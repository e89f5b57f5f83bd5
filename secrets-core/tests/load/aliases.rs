//! Former names of secrets, JSON keys and variables.

use from_secrets::report::FieldReport;
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, Memory, SecretRequest, SecretSource, Source,
    SourceError, SourceErrorKind,
};
use from_secrets::{FromSecrets, Loader};

use crate::support::{failure, load, loader};

#[derive(FromSecrets, Debug)]
struct Renamed {
    #[secret("new", alias = "old", alias = "older", env = "NEW", env_alias = "OLD")]
    token: String,
}

#[derive(FromSecrets)]
#[secrets("prod/db", alias = "prod/database")]
struct Database {
    #[secret(alias = "user")]
    username: String,
    password: String,
}

fn warnings<T: FromSecrets + Send>(loader: &Loader) -> Vec<Option<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_, report) = runtime.block_on(loader.load_with_report::<T>()).unwrap();
    report.fields().iter().map(FieldReport::warning).collect()
}

fn requested(memory: &Memory) -> Vec<String> {
    let requests = memory.requests().into_iter();
    requests.map(|request| request.id().to_owned()).collect()
}

fn token(memory: &Memory, vars: &[(&str, &str)]) -> String {
    load::<Renamed>(memory, vars).unwrap().token
}

#[test]
fn first_present_name_is_used() {
    let memory = Memory::new()
        .with_secret("older", "3")
        .with_secret("old", "2");
    assert_eq!(token(&memory, &[("NEW", "env")]), "2");
    assert_eq!(token(&memory.with_secret("new", "1"), &[]), "1");
}

#[test]
fn aliases_are_requested_with_name() {
    let memory = Memory::new().with_secret("new", "1");
    assert_eq!(token(&memory, &[]), "1");
    assert_eq!(requested(&memory), ["new", "old", "older"]);
}

#[test]
fn missing_names_fall_back_to_variables() {
    let memory = Memory::new();
    assert_eq!(token(&memory, &[("NEW", "1"), ("OLD", "2")]), "1");
    assert_eq!(token(&memory, &[("NEW", ""), ("OLD", "2")]), "2");
}

#[test]
fn failure_of_name_is_error() {
    let memory = Memory::new()
        .with_error("new", SourceErrorKind::Denied)
        .with_secret("old", "2");
    let error = failure::<Renamed>(&memory, &[("NEW", "env")]);
    assert!(error.to_string().contains("secret `new`"), "{error}");
    let widened = loader(&memory, &[]).fall_back_on([SourceErrorKind::Denied]);
    let loaded: Renamed = widened.load_blocking().unwrap();
    assert_eq!(loaded.token, "2");
}

#[test]
fn failure_of_unused_alias_is_ignored() {
    let memory = Memory::new()
        .with_secret("new", "1")
        .with_error("old", SourceErrorKind::Denied);
    assert_eq!(token(&memory, &[]), "1");
    assert_eq!(warnings::<Renamed>(&loader(&memory, &[])), [None]);
}

#[test]
fn failure_of_used_alias_is_error() {
    let memory = Memory::new()
        .with_error("old", SourceErrorKind::Denied)
        .with_secret("older", "3");
    let error = failure::<Renamed>(&memory, &[("NEW", "env")]);
    assert!(error.to_string().contains("secret `old`"), "{error}");
}

#[test]
fn alias_precedes_next_source() {
    let first = Memory::new().with_secret("old", "first");
    let second = Memory::new().with_secret("new", "second");
    let sources: [Source; 2] = [first.into(), second.into()];
    let loaded: Renamed = Loader::new().sources(sources).load_blocking().unwrap();
    assert_eq!(loaded.token, "first");
}

#[test]
fn alias_with_value_warns() {
    let used = Memory::new().with_secret("old", "2");
    assert_eq!(
        warnings::<Renamed>(&loader(&used, &[])),
        [Some(
            "the value is from an alias, the secret `old`; store it as the secret `new`, and then remove the alias"
                .to_owned()
        )]
    );
    let unused = Memory::new()
        .with_secret("new", "1")
        .with_secret("older", "3");
    assert_eq!(
        warnings::<Renamed>(&loader(&unused, &[])),
        [Some(
            "the secret `new` has a value, so its alias is not used: the secret `older`; delete that value if no other application reads it"
                .to_owned()
        )]
    );
    let variable = loader(&Memory::new(), &[("OLD", "2")]);
    let [Some(warning)] = &warnings::<Renamed>(&variable)[..] else {
        panic!("no warning")
    };
    assert!(
        warning
            .contains("the environment variable `OLD`; store it as the environment variable `NEW`"),
        "{warning}"
    );
}

#[test]
fn missing_value_suggests_own_names() {
    let error = format!("{:#}", failure::<Renamed>(&Memory::new(), &[]));
    assert!(error.contains("`old`: no such secret"), "{error}");
    let hints: Vec<&str> = error.lines().filter(|line| line.contains("help")).collect();
    assert!(
        hints
            .iter()
            .all(|hint| !hint.contains("old") && !hint.contains("OLD")),
        "{hints:?}"
    );
}

#[test]
fn secret_and_key_aliases_combine() {
    for (name, content, warns) in [
        (
            "prod/db",
            r#"{"username": "u", "password": "p"}"#,
            [false, false],
        ),
        (
            "prod/db",
            r#"{"user": "u", "password": "p"}"#,
            [true, false],
        ),
        (
            "prod/database",
            r#"{"username": "u", "password": "p"}"#,
            [true, true],
        ),
        (
            "prod/database",
            r#"{"user": "u", "password": "p"}"#,
            [true, true],
        ),
        (
            "prod/db",
            r#"{"username": "u", "user": "v", "password": "p"}"#,
            [true, false],
        ),
    ] {
        let memory = Memory::new().with_secret(name, content);
        let loaded: Database = load(&memory, &[]).unwrap();
        assert_eq!(
            (&*loaded.username, &*loaded.password),
            ("u", "p"),
            "{content}"
        );
        assert_eq!(requested(&memory), ["prod/db", "prod/database"]);
        let warnings = warnings::<Database>(&loader(&memory, &[]));
        assert_eq!(
            warnings.iter().map(Option::is_some).collect::<Vec<_>>(),
            warns,
            "{warnings:?}"
        );
    }
}

#[test]
fn json_key_is_reported_for_alias() {
    let memory = Memory::new().with_secret("prod/db", r#"{"user": "u", "password": "p"}"#);
    let (_, report) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(loader(&memory, &[]).load_with_report::<Database>())
        .unwrap();
    let table = report.to_string();
    assert!(table.contains("prod/db (user)"), "{table}");
}

#[derive(FromSecrets)]
struct Pinned {
    #[secret("new", alias = "old", version_stage = "AWSPREVIOUS")]
    token: String,
}

#[derive(FromSecrets)]
struct PinnedInName {
    #[secret(
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:new-AbCdEf:token:AWSPREVIOUS:",
        alias = "old",
        env = false
    )]
    token: String,
}

#[test]
fn version_applies_to_aliases() {
    let memory = Memory::new().with_version("old", "AWSPREVIOUS", "previous");
    let loaded: Pinned = load(&memory, &[]).unwrap();
    assert_eq!(loaded.token, "previous");
    let memory = Memory::new()
        .with_secret("old", r#"{"token": "current"}"#)
        .with_version("old", "AWSPREVIOUS", r#"{"token": "previous"}"#);
    let loaded: PinnedInName = load(&memory, &[]).unwrap();
    assert_eq!(loaded.token, "previous");
}

#[derive(FromSecrets)]
struct PinnedByPlaceholder {
    #[secret("{REFERENCE_ARN}", alias = "old", env = false)]
    token: String,
}

#[test]
fn referenced_version_id_rejects_aliases() {
    let memory = Memory::new().with_secret("old", "current");
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:new-AbCdEf:::canary";
    let loader = loader(&memory, &[]).placeholder("REFERENCE_ARN", arn);
    let result = loader.load_blocking::<PinnedByPlaceholder>();
    let text = result.map(|pinned| pinned.token).unwrap_err().to_string();
    assert!(
        text.contains("`{REFERENCE_ARN}` specifies a version ID"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
    assert_eq!(requested(&memory), [""; 0]);
}

#[derive(FromSecrets)]
struct Setting {
    #[secret(env_only, env_alias = "LISTEN_PORT")]
    port: u16,
}

#[test]
fn setting_has_former_variable() {
    let loader = Loader::new().source(Env::from_vars([("LISTEN_PORT", "80")]));
    let loader = loader.env(Env::from_vars([("LISTEN_PORT", "80")]));
    assert_eq!(loader.load_blocking::<Setting>().unwrap().port, 80);
}

#[derive(FromSecrets, Debug)]
struct Nested {
    #[secret(alias = "old")]
    token: String,
}

#[derive(FromSecrets, Debug)]
#[expect(dead_code, reason = "never loaded")]
struct Twice {
    #[secret(flatten, prefix = "A_")]
    a: Nested,
    #[secret(flatten, prefix = "B_")]
    b: Nested,
}

#[test]
fn alias_of_two_values_is_rejected() {
    let memory = Memory::new().with_secret("old", "1");
    let error = format!("{:#}", failure::<Twice>(&memory, &[]));
    assert!(
        error.contains("an alias of this field is also an address of `b.token`"),
        "{error}"
    );
    assert!(memory.requests().is_empty());
    assert_eq!(load::<Nested>(&memory, &[]).unwrap().token, "1");
}

#[derive(FromSecrets, Debug)]
struct Referred {
    #[secret(
        "{{resolve:secretsmanager:prod/db:SecretString:password}}",
        alias = "prod/database",
        env = false
    )]
    password: String,
}

#[test]
fn alias_has_key_of_reference() {
    let memory = Memory::new().with_secret("prod/database", r#"{"password": "p-1", "user": "u"}"#);
    assert_eq!(load::<Referred>(&memory, &[]).unwrap().password, "p-1");
    let own = memory.with_secret("prod/db", r#"{"password": "p-2"}"#);
    assert_eq!(load::<Referred>(&own, &[]).unwrap().password, "p-2");
}

#[derive(FromSecrets, Debug)]
struct OnlySecret {
    #[secret("new", alias = "old", env = false)]
    token: Option<String>,
}

#[test]
fn missing_alias_does_not_hide_failure() {
    let memory = Memory::new().with_error("new", SourceErrorKind::Denied);
    let denied = || loader(&memory, &[]).fall_back_on([SourceErrorKind::Denied]);
    let error = denied().load_blocking::<OnlySecret>().unwrap_err();
    assert!(error.to_string().contains("secret `new`"), "{error}");
    memory.set_secret("old", "2");
    let loaded: OnlySecret = denied().load_blocking().unwrap();
    assert_eq!(loaded.token.as_deref(), Some("2"));
}

/// Fails for the name, and is not configured for aliases.
struct Partial;

impl SecretSource for Partial {
    fn name(&self) -> &'static str {
        "partial"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let result = |request: &SecretRequest| match request.id() {
            "new" => FetchResult::Failed(SourceError::new(SourceErrorKind::Denied, "refused")),
            _ => FetchResult::NotConfigured("no account of this region".to_owned()),
        };
        Box::pin(async move { requests.iter().map(result).collect() })
    }
}

#[test]
fn unconfigured_alias_does_not_hide_failure() {
    let loader = Loader::new().fall_back_on([SourceErrorKind::Denied]);
    let result = loader.source(Partial).load_blocking::<OnlySecret>();
    let error = result.unwrap_err().to_string();
    assert!(
        error.contains("secret `new`") && error.contains("refused"),
        "{error}"
    );
}

#[test]
fn missing_key_keeps_its_reason() {
    let memory = Memory::new().with_secret("prod/db", r#"{"user_name": "u", "password": "p"}"#);
    let loaded = Loader::new().source(memory).load_blocking::<Database>();
    let error = loaded.err().unwrap().to_string();
    assert!(
        error.contains("key `username`): the secret has no such key"),
        "{error}"
    );
}

#[test]
fn whole_object_from_alias_names_alias() {
    let memory = Memory::new().with_secret("old", r#"{"a": "b"}"#);
    let [Some(warning)] = &warnings::<Renamed>(&loader(&memory, &[]))[..] else {
        panic!("no warning")
    };
    assert!(warning.contains("from an alias"), "{warning}");
}
