//! Fallback to the next source.

use from_secrets::source::{Env, SecretsManager, SourceErrorKind};
use from_secrets::{ErrorKind, ExposeSecret, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::unavailable_server::Refusal;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, sdk};

use from_secrets_tests::expect;
use from_secrets_tests::structs::{Pocket, pocket};

const OLD: [(&str, &str); 2] = [("POCKET_KEY", "old key"), ("POCKET_TOKEN", "old token")];

fn with_old_values(loader: Loader) -> Loader {
    loader.env(Env::from_vars(OLD))
}

/// Returns servers that fail, each with a different kind of error.
fn failing() -> Vec<(SourceErrorKind, FakeAws)> {
    let every = |response: FakeResponse| FakeAws::start(move |_: &Call| response.clone());
    vec![
        (SourceErrorKind::Denied, every(FakeResponse::denied("it"))),
        (
            SourceErrorKind::Credentials,
            every(FakeResponse::error("ExpiredTokenException", "expired")),
        ),
        (SourceErrorKind::Throttled, every(FakeResponse::throttled())),
        (SourceErrorKind::Internal, every(FakeResponse::internal())),
        (
            SourceErrorKind::Undecryptable,
            every(FakeResponse::error("DecryptionFailure", "no")),
        ),
        (
            SourceErrorKind::ScheduledForDeletion,
            every(FakeResponse::error(
                "InvalidRequestException",
                "marked for deletion",
            )),
        ),
        (SourceErrorKind::Unreachable, every(FakeResponse::close())),
    ]
}

#[tokio::test]
async fn failures_never_fall_back_by_default() {
    for (cause, aws) in failing() {
        let error = with_old_values(aws.loader())
            .load::<Pocket>()
            .await
            .unwrap_err();
        for field in ["key", "token"] {
            expect::failure(&error, field, cause);
            expect::not_requested(&error, field, "env");
        }
    }
}

#[tokio::test]
async fn configured_kind_falls_back_with_warning() {
    for (cause, aws) in failing() {
        let logs = Logs::capture();
        let loader = with_old_values(aws.loader()).fall_back_on([cause]);
        let (pocket, report) = loader.load_with_report::<Pocket>().await.unwrap();
        assert_eq!(
            (pocket.key.expose_secret(), pocket.token.expose_secret()),
            ("old key", "old token")
        );
        assert_eq!(expect::provided_by(&report), ["env", "env"]);
        let word = format!("cause={cause:?}").to_lowercase();
        for field in ["key", "token"] {
            let warned = logs
                .warnings()
                .iter()
                .any(|line| line.contains(field) && line.replace('_', "").contains(&word));
            assert!(warned, "{word}, `{field}`:\n{}", logs.text());
        }
    }
}

#[tokio::test]
async fn other_kind_does_not_fall_back() {
    for (cause, aws) in failing() {
        let other = if cause == SourceErrorKind::Denied {
            SourceErrorKind::Throttled
        } else {
            SourceErrorKind::Denied
        };
        let error = with_old_values(aws.loader())
            .fall_back_on([other])
            .load::<Pocket>()
            .await
            .unwrap_err();
        expect::failure(&error, "key", cause);
    }
}

#[tokio::test]
async fn only_failed_field_falls_back() {
    let aws = FakeAws::start(pocket().denied("POCKET_TOKEN"));
    let loader = with_old_values(aws.loader()).fall_back_on([SourceErrorKind::Denied]);
    let pocket: Pocket = loader.load().await.unwrap();
    assert_eq!(
        (pocket.key.expose_secret(), pocket.token.expose_secret()),
        ("the key", "old token")
    );
}

#[tokio::test]
async fn failed_fallback_reports_both_sources() {
    let aws = FakeAws::start(|_: &Call| FakeResponse::denied("it"));
    let error = aws
        .loader()
        .fall_back_on([SourceErrorKind::Denied])
        .load::<Pocket>()
        .await
        .unwrap_err();
    expect::details(
        &error,
        &["AccessDeniedException", "`POCKET_KEY`", "not set"],
    );
}

#[tokio::test]
async fn refused_connection_falls_back_if_configured() {
    let unavailable = Refusal::open();
    let loader = with_old_values(sdk::loader(unavailable.endpoint()))
        .fall_back_on([SourceErrorKind::Unreachable]);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[tokio::test]
async fn passed_deadline_falls_back_if_configured() {
    let aws = FakeAws::start(|_: &Call| FakeResponse::hang());
    let loader = with_old_values(aws.loader())
        .timeout(std::time::Duration::from_millis(200))
        .fall_back_on([SourceErrorKind::Unreachable]);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[tokio::test]
async fn malformed_value_falls_back_if_configured() {
    use from_secrets::FromSecrets;
    #[derive(Debug, FromSecrets)]
    struct Port {
        port: u16,
    }
    let aws = FakeAws::start(FakeSecretsManager::new().text("PORT", "not a number"));
    let loader = aws.loader().env(Env::from_vars([("PORT", "5432")]));
    let error = loader.load::<Port>().await.unwrap_err();
    expect::failure(&error, "port", SourceErrorKind::Malformed);
    expect::not_requested(&error, "port", "env");
    let logs = Logs::capture();
    assert_eq!(
        loader
            .fall_back_on([SourceErrorKind::Malformed])
            .load::<Port>()
            .await
            .unwrap()
            .port,
        5432
    );
    let warned = logs
        .warnings()
        .iter()
        .any(|line| line.contains("port") && line.contains("malformed"));
    assert!(warned, "a fallback is never silent:\n{}", logs.text());
}

#[tokio::test]
async fn denied_optional_field_is_an_error() {
    use from_secrets::FromSecrets;
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Maybe {
        token: Option<String>,
        #[secret(default)]
        defaulted: String,
    }
    let denied = |name: &str| Entry::refused("AccessDeniedException", name);
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .entry("TOKEN", denied("TOKEN"))
            .entry("DEFAULTED", denied("DEFAULTED")),
    );
    let error = aws.loader().load::<Maybe>().await.unwrap_err();
    expect::failure(&error, "token", SourceErrorKind::Denied);
    expect::failure(&error, "defaulted", SourceErrorKind::Denied);
}

/// Loads with the variable set to these sources. Both sources have values.
async fn sources(words: &str) -> (Result<Pocket, from_secrets::Error>, String) {
    let aws = FakeAws::start(pocket());
    let vars = OLD.into_iter().chain([("FROM_SECRETS_SOURCES", words)]);
    let loaded = aws.loader().env(Env::from_vars(vars)).load().await;
    (loaded, aws.tally())
}

#[tokio::test]
async fn sources_variable_sets_order() {
    for (words, value, tally) in [
        ("env", "old key", "0 batches, 0 gets"),
        ("env,aws", "old key", "0 batches, 0 gets"),
        ("env, aws", "old key", "0 batches, 0 gets"),
        ("aws,env", "the key", "1 batch, 0 gets"),
        ("aws", "the key", "1 batch, 0 gets"),
        ("", "the key", "1 batch, 0 gets"),
    ] {
        let (loaded, counted) = sources(words).await;
        assert_eq!(
            (loaded.unwrap().key.expose_secret(), counted.as_str()),
            (value, tally),
            "{words}"
        );
    }
}

#[tokio::test]
async fn unknown_source_error_lists_available_ones() {
    let (loaded, counted) = sources("env,asw").await;
    let error = loaded.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let line = error.to_string();
    for part in ["FROM_SECRETS_SOURCES", "`asw`", "`aws`", "`env`"] {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
    assert_eq!(counted, "0 batches, 0 gets");
}

#[tokio::test]
async fn chain_in_code_overrides_variable() {
    let aws = FakeAws::start(pocket());
    let vars = OLD.into_iter().chain([("FROM_SECRETS_SOURCES", "env")]);
    let loader = aws
        .loader()
        .env(Env::from_vars(vars))
        .source(SecretsManager::new());
    assert_eq!(
        loader.load::<Pocket>().await.unwrap().key.expose_secret(),
        "the key"
    );
}

#[tokio::test]
async fn env_only_fields_ignore_chain() {
    use from_secrets::FromSecrets;
    #[derive(FromSecrets)]
    struct Config {
        token: String,
        #[secret(env_only)]
        port: u16,
    }
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .text("TOKEN", "x")
            .text("PORT", "1"),
    );
    let environment = Env::from_vars([("PORT", "8080")]);
    let loader = aws.loader().env(environment).source(SecretsManager::new());
    let config: Config = loader.load().await.unwrap();
    assert_eq!((config.token.as_str(), config.port), ("x", 8080));
    assert!(
        !aws.calls()
            .all()
            .iter()
            .any(|call| call.is_request_for("PORT"))
    );
}
