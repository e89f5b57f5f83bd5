//! Parameter Store behind the Lambda extension.

use from_secrets::report::FieldOutcome;
use from_secrets::source::{Env, FetchResult, MissingReason, SourceErrorKind};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::{FakeAgent, FakeSecretsManager};

use super::{Pocket, failure, field, pocket, reported, with_old_values};

fn loader(agent: &FakeAgent) -> Loader {
    let none = Env::from_vars::<&str, &str>([]);
    Loader::new().env(none).source(agent.parameters())
}

#[tokio::test]
async fn parameters_load_by_version_and_label() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("prod/pocket/token")]
        current: String,
        #[secret("prod/pocket/token", version_stage = "blue", env = false)]
        labeled: String,
        #[secret("prod/pocket/token", version_stage = "AWSPREVIOUS", env = false)]
        stage: Option<String>,
        #[secret("prod/pocket/token", version_stage = "green", env = false)]
        absent: Option<String>,
    }

    let agent = FakeAgent::extension(FakeSecretsManager::new());
    let versions = [("first", Some("blue")), ("second", None)];
    agent.parameter("/prod/pocket/token", &versions);
    let (config, report) = loader(&agent).load_with_report::<Config>().await.unwrap();
    assert_eq!((&*config.current, &*config.labeled), ("second", "first"));
    assert!(config.stage.is_none() && config.absent.is_none());
    let FieldOutcome::Found(provenance) = report.fields()[1].outcome() else {
        panic!("{report:?}")
    };
    assert_eq!(provenance.source(), "agent-ssm");
    assert_eq!(provenance.version_id(), Some("1"));
    let arn = provenance.arn().unwrap();
    assert!(arn.ends_with("parameter/prod/pocket/token"));
    assert_eq!(agent.requested().len(), 3, "no label begins with `aws`");
}

#[tokio::test]
async fn invalid_parameter_name_sends_no_request() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("a+b")]
        _signs: String,
        #[secret(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf",
            env = false
        )]
        _arn: String,
    }

    let agent = FakeAgent::extension(FakeSecretsManager::new());
    let error = loader(&agent).load::<Config>().await.err().unwrap();
    for path in ["_signs", "_arn"] {
        let expected = FetchResult::Missing(MissingReason::Name);
        assert_eq!(*field(&error, path).attempts()[0].result(), expected);
    }
    assert_eq!((agent.requested().len(), agent.connections()), (0, 0));
}

#[tokio::test]
async fn agent_without_parameter_store_is_reported() {
    let agent = FakeAgent::start(pocket());
    let loader = with_old_values(agent.parameters(), []);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", SourceErrorKind::Internal);
    reported(
        &error,
        &["Parameter Store is not supported", "Lambda extension"],
    );
}
