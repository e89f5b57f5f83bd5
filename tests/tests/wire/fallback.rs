//! When the next source is asked, and when it is not.

use from_secrets::{Cause, Environment, ErrorKind, ExposeSecret, Loader, Source};
use from_secrets_tests::dead_end::Refusal;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, Call, Scripted, Vault, sdk};

use crate::expect;
use crate::structs::{Pocket, pocket};

const OLD: [(&str, &str); 2] = [("POCKET_KEY", "old key"), ("POCKET_TOKEN", "old token")];

fn with_old_values(loader: Loader) -> Loader {
    loader.environment(Environment::from_vars(OLD))
}

/// Servers that fail, each with another cause.
fn failing() -> Vec<(Cause, Scripted)> {
    let every = |answer: Answer| Scripted::start(move |_: &Call| answer.clone());
    vec![
        (Cause::Denied, every(Answer::denied("it"))),
        (
            Cause::Credentials,
            every(Answer::error("ExpiredTokenException", "expired")),
        ),
        (Cause::Throttled, every(Answer::throttled())),
        (Cause::Internal, every(Answer::internal())),
        (
            Cause::Undecryptable,
            every(Answer::error("DecryptionFailure", "no")),
        ),
        (
            Cause::ScheduledForDeletion,
            every(Answer::error(
                "InvalidRequestException",
                "marked for deletion",
            )),
        ),
        (Cause::Unreachable, every(Answer::close())),
    ]
}

#[tokio::test]
async fn no_failure_leads_to_the_environment_by_itself() {
    for (cause, aws) in failing() {
        let error = with_old_values(aws.loader())
            .load::<Pocket>()
            .await
            .unwrap_err();
        for field in ["key", "token"] {
            expect::failure(&error, field, cause);
            expect::not_asked(&error, field, "env");
        }
    }
}

#[tokio::test]
async fn a_named_cause_leads_to_the_environment_and_is_warned_of() {
    for (cause, aws) in failing() {
        let logs = Logs::capture();
        let loader = with_old_values(aws.loader()).fall_back_on([cause]);
        let (pocket, report) = loader.load_with_report::<Pocket>().await.unwrap();
        assert_eq!(
            (pocket.key.expose_secret(), pocket.token.expose_secret()),
            ("old key", "old token")
        );
        assert_eq!(expect::answered_by(&report), ["env", "env"]);
        for field in ["key", "token"] {
            let warned = logs
                .warnings()
                .iter()
                .any(|line| line.contains(field) && line.contains(cause.as_str()));
            assert!(warned, "{cause}, `{field}`:\n{}", logs.text());
        }
    }
}

#[tokio::test]
async fn another_cause_than_the_named_one_stays_an_error() {
    for (cause, aws) in failing() {
        let other = if cause == Cause::Denied {
            Cause::Throttled
        } else {
            Cause::Denied
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
async fn a_fallback_is_only_for_the_field_that_failed() {
    let aws = Scripted::start(pocket().denied("POCKET_TOKEN"));
    let loader = with_old_values(aws.loader()).fall_back_on([Cause::Denied]);
    let pocket: Pocket = loader.load().await.unwrap();
    assert_eq!(
        (pocket.key.expose_secret(), pocket.token.expose_secret()),
        ("the key", "old token")
    );
}

#[tokio::test]
async fn a_fallback_that_finds_nothing_tells_of_both_sources() {
    let aws = Scripted::start(|_: &Call| Answer::denied("it"));
    let error = aws
        .loader()
        .fall_back_on([Cause::Denied])
        .load::<Pocket>()
        .await
        .unwrap_err();
    expect::story(
        &error,
        &["AccessDeniedException", "`POCKET_KEY`", "not set"],
    );
}

#[tokio::test]
async fn a_refused_connection_falls_back_where_unreachable_is_named() {
    let nobody = Refusal::open();
    let loader = with_old_values(sdk::loader(nobody.endpoint())).fall_back_on([Cause::Unreachable]);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[tokio::test]
async fn a_deadline_that_passes_falls_back_where_unreachable_is_named() {
    let aws = Scripted::start(|_: &Call| Answer::hang());
    let loader = with_old_values(aws.loader())
        .timeout(std::time::Duration::from_millis(200))
        .fall_back_on([Cause::Unreachable]);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_not_hidden_unless_malformed_is_named() {
    use from_secrets::FromSecrets;
    #[derive(Debug, FromSecrets)]
    struct Port {
        port: u16,
    }
    let aws = Scripted::start(Vault::new().text("PORT", "not a number"));
    let loader = aws
        .loader()
        .environment(Environment::from_vars([("PORT", "5432")]));
    let error = loader.load::<Port>().await.unwrap_err();
    expect::failure(&error, "port", Cause::Malformed);
    expect::not_asked(&error, "port", "env");
    let logs = Logs::capture();
    assert_eq!(
        loader
            .fall_back_on([Cause::Malformed])
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
async fn an_optional_field_is_not_none_because_of_a_failure() {
    use from_secrets::FromSecrets;
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Maybe {
        token: Option<String>,
        #[secret(default)]
        defaulted: String,
    }
    let denied = |name: &str| Entry::refused("AccessDeniedException", name);
    let aws = Scripted::start(
        Vault::new()
            .entry("TOKEN", denied("TOKEN"))
            .entry("DEFAULTED", denied("DEFAULTED")),
    );
    let error = aws.loader().load::<Maybe>().await.unwrap_err();
    expect::failure(&error, "token", Cause::Denied);
    expect::failure(&error, "defaulted", Cause::Denied);
}

/// The sources that the variable names, tried with values in both.
async fn sources(words: &str) -> (Result<Pocket, from_secrets::Error>, String) {
    let aws = Scripted::start(pocket());
    let vars = OLD.into_iter().chain([("FROM_SECRETS_SOURCES", words)]);
    let loaded = aws
        .loader()
        .environment(Environment::from_vars(vars))
        .load()
        .await;
    (loaded, aws.tally())
}

#[tokio::test]
async fn a_variable_orders_the_sources_without_a_rebuild() {
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
async fn an_unknown_source_is_an_error_that_names_the_known_ones() {
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
async fn a_chain_set_in_code_wins_over_the_variable() {
    let aws = Scripted::start(pocket());
    let vars = OLD.into_iter().chain([("FROM_SECRETS_SOURCES", "env")]);
    let loader = aws
        .loader()
        .environment(Environment::from_vars(vars))
        .sources([Source::aws()]);
    assert_eq!(
        loader.load::<Pocket>().await.unwrap().key.expose_secret(),
        "the key"
    );
}

#[tokio::test]
async fn env_only_fields_are_read_from_the_environment_whatever_the_chain() {
    use from_secrets::FromSecrets;
    #[derive(FromSecrets)]
    struct Config {
        token: String,
        #[secret(env_only)]
        port: u16,
    }
    let aws = Scripted::start(Vault::new().text("TOKEN", "x").text("PORT", "1"));
    let environment = Environment::from_vars([("PORT", "8080")]);
    let loader = aws
        .loader()
        .environment(environment)
        .sources([Source::aws()]);
    let config: Config = loader.load().await.unwrap();
    assert_eq!((config.token.as_str(), config.port), ("x", 8080));
    assert!(!aws.calls().all().iter().any(|call| call.asks_for("PORT")));
}
