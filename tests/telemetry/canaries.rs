//! Spans and events contain no values, names, ARNs or values of placeholders.

use std::time::Duration;

use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretsManager,
    SourceError, SourceErrorKind,
};
use from_secrets::{FromSecrets, Live, Loader};
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAgent, FakeAws, FakeResponse, FakeSecretsManager, canary, sdk};

use crate::metrics::recorded;

/// A part of every name and ARN.
const NAME: &str = "hiddenname";
/// The value of the placeholder, which is a part of a name.
const STAGE: &str = "hiddenstage";
const FAR: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hiddenname/far-AbCdEf";

#[derive(FromSecrets)]
#[secrets(prefix = "hiddenname/")]
#[expect(dead_code, reason = "only loaded")]
struct Hidden {
    #[secret("{stage}/hiddenname/key")]
    key: String,
    token: String,
    #[secret(name = FAR, env = "FAR")]
    far: String,
    #[secret("hiddenname/pinned", version_stage = "AWSPREVIOUS")]
    pinned: String,
    #[secret("hiddenname/none")]
    none: Option<String>,
}

fn secrets(version: u32) -> FakeSecretsManager {
    let entry = |name: &str| {
        let value = canary::value(&format!("{name} {version}"));
        let id = format!("version {version}");
        Entry::text(value.clone())
            .version("AWSPREVIOUS", value)
            .with_id(id)
    };
    let names = [
        &format!("{STAGE}/{NAME}/key"),
        "hiddenname/TOKEN",
        "hiddenname/far",
        "hiddenname/pinned",
    ];
    names
        .iter()
        .fold(FakeSecretsManager::new(), |secrets, name| {
            secrets.entry(name, entry(name))
        })
}

fn loader(aws: &FakeAws) -> Loader {
    let variables = [
        ("HIDDENNAME_TOKEN", canary::value("variable")),
        ("HIDDENNAME_KEY", canary::value("key")),
    ];
    Loader::new()
        .source(SecretsManager::new().sdk_config(&sdk::config(&aws.endpoint())))
        .source(Env::new())
        .env(Env::from_vars(variables))
        .placeholder("stage", STAGE)
}

/// Asserts that the logs have this number of spans, and no secret text.
#[track_caller]
fn assert_hidden(logs: &Logs, spans: usize) {
    assert_text_hidden(&logs.text(), spans);
}

#[track_caller]
fn assert_text_hidden(text: &str, spans: usize) {
    assert!(text.matches("span from_secrets").count() >= spans, "{text}");
    assert!(text.contains("outcome"), "{text}");
    canary::assert_absent(text);
    for hidden in [NAME, STAGE, "arn:aws"] {
        assert!(
            !text.to_lowercase().contains(hidden),
            "`{hidden}` is in:\n{text}"
        );
    }
}

#[tokio::test]
async fn loads_never_show_names_or_values() {
    let denied = secrets(1).denied("hiddenname/TOKEN");
    let responses = [
        (secrets(1), 4),
        (denied.clone(), 5),
        (denied.without_batch(), 5),
        (secrets(1).at_first(2, FakeResponse::throttled()), 4),
        (
            secrets(1).entry(
                "hiddenname/TOKEN",
                Entry::refused("InvalidRequestException", &canary::value("message")),
            ),
            4,
        ),
        (FakeSecretsManager::new(), 4),
        (
            FakeSecretsManager::new().when(|_| Some(FakeResponse::raw(200, canary::value("body")))),
            4,
        ),
        (
            FakeSecretsManager::new().when(|_| Some(FakeResponse::close())),
            4,
        ),
    ];
    for (secrets, spans) in responses {
        for fall_back_on in [
            vec![],
            vec![SourceErrorKind::Denied, SourceErrorKind::Internal],
        ] {
            let logs = Logs::capture();
            let aws = FakeAws::start(secrets.clone());
            let loader = loader(&aws).fall_back_on(fall_back_on);
            drop(loader.load::<Hidden>().await);
            assert_hidden(&logs, spans);
        }
    }
}

#[tokio::test]
async fn refreshes_never_show_names_or_values() {
    let logs = Logs::capture();
    let served = Changing::new(secrets(1));
    let aws = FakeAws::start(served.clone());
    let live = Live::<Hidden>::builder()
        .loader(loader(&aws))
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1));
    let live = live.load().await.unwrap();
    served.set(secrets(2));
    live.refresh().await.unwrap();
    served.set(secrets(3).denied("hiddenname/TOKEN"));
    live.refresh().await.unwrap_err();
    // The event of a change contains declared names, with placeholders.
    let changed = format!(
        "message=secrets have changed config=Hidden secrets={{stage}}/hiddenname/key, hiddenname/TOKEN, {FAR}, \
         hiddenname/pinned fields=key, token, far, pinned \n"
    );
    let text = logs.text();
    assert!(text.contains(&changed), "{text}");
    assert_text_hidden(&text.replace(&changed, ""), 12);
}

#[tokio::test]
async fn agent_loads_never_show_names() {
    let logs = Logs::capture();
    let token = canary::value("token").replace(|c: char| !c.is_ascii_alphanumeric(), "");
    for vault in [
        secrets(1),
        secrets(1).denied("hiddenname/TOKEN"),
        FakeSecretsManager::new(),
    ] {
        let agent = FakeAgent::start(vault);
        agent.take_token(&token);
        for source in [agent.source().token(token.as_str()), agent.source()] {
            let loader = Loader::new()
                .source(source)
                .env(Env::from_vars::<&str, &str>([]))
                .placeholder("stage", STAGE);
            drop(loader.load::<Hidden>().await);
        }
    }
    assert_hidden(&logs, 12);
}

/// A source whose name and error codes are not words.
struct Careless(String);

impl SecretSource for Careless {
    fn name(&self) -> &str {
        &self.0
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let error = SourceError::new(SourceErrorKind::Throttled, "slow down");
        let failed = FetchResult::Failed(error.with_code(canary::value("code")));
        Box::pin(async move { vec![failed; requests.len()] })
    }
}

#[test]
fn careless_source_shows_no_values() {
    recorded(async |metrics| {
        for kinds in [vec![], vec![SourceErrorKind::Throttled]] {
            let logs = Logs::capture();
            let loader = Loader::new()
                .source(Careless(canary::value("source")))
                .source(Env::new())
                .env(Env::from_vars::<&str, &str>([]))
                .placeholder("stage", STAGE)
                .fall_back_on(kinds);
            loader.load::<Hidden>().await.err().unwrap();
            assert_hidden(&logs, 1);
            assert!(logs.text().contains("cause=throttled"), "{}", logs.text());
        }
        let metrics = metrics.take();
        canary::assert_absent(&format!("{metrics:?}"));
        let fallbacks = "from_secrets_fallbacks_total{cause=throttled,config=Hidden,source=other}";
        assert!(metrics.contains_key(fallbacks), "{metrics:?}");
    });
}
