//! Parameter Store behind the Lambda extension.

use from_secrets::{AttemptAnswer, Cause, Environment, FromSecrets, Loader, Missing, Outcome};
use from_secrets_tests::{ScriptedAgent, Vault};

use super::{Pocket, failure, field, pocket, told, with_old_values};

fn loader(agent: &ScriptedAgent) -> Loader {
    let none = Environment::from_vars::<&str, &str>([]);
    Loader::new()
        .environment(none)
        .sources([agent.parameters()])
}

#[tokio::test]
async fn parameters_are_decrypted_and_known_by_version_and_label() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("prod/pocket/token")]
        current: String,
        #[secret("prod/pocket/token", version_stage = "blue", env = false)]
        labelled: String,
        #[secret("prod/pocket/token", version_stage = "AWSPREVIOUS", env = false)]
        stage: Option<String>,
        #[secret("prod/pocket/token", version_stage = "green", env = false)]
        absent: Option<String>,
    }

    let agent = ScriptedAgent::extension(Vault::new());
    let versions = [("first", Some("blue")), ("second", None)];
    agent.parameter("/prod/pocket/token", &versions);
    let (config, report) = loader(&agent).load_with_report::<Config>().await.unwrap();
    assert_eq!((&*config.current, &*config.labelled), ("second", "first"));
    assert!(config.stage.is_none() && config.absent.is_none());
    let Outcome::Answered {
        version_id,
        arn,
        source,
        ..
    } = report.fields()[1].outcome()
    else {
        panic!("{report:?}")
    };
    assert_eq!(
        (source.as_str(), version_id.as_deref()),
        ("agent-ssm", Some("1"))
    );
    assert!(
        arn.as_deref()
            .unwrap()
            .ends_with("parameter/prod/pocket/token")
    );
    assert_eq!(agent.asked().len(), 3, "no label begins with `aws`");
}

#[tokio::test]
async fn what_no_parameter_can_be_called_is_missing_without_a_request() {
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

    let agent = ScriptedAgent::extension(Vault::new());
    let error = loader(&agent).load::<Config>().await.err().unwrap();
    for path in ["_signs", "_arn"] {
        let expected = AttemptAnswer::Missing(Missing::Name);
        assert_eq!(*field(&error, path).attempts()[0].answer(), expected);
    }
    assert_eq!((agent.asked().len(), agent.connections()), (0, 0));
}

#[tokio::test]
async fn the_agent_itself_has_no_parameter_store_and_the_error_says_so() {
    let agent = ScriptedAgent::start(pocket());
    let loader = with_old_values(agent.parameters(), []);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", Cause::Internal);
    told(&error, &["has no Parameter Store", "Lambda extension"]);
}
