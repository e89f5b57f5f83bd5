//! Secrets that AWS services manage, whose names have a `!`, through every source.

use from_secrets::{
    AttemptAnswer, Environment, FromSecrets, Loader, Memory, Missing, Outcome, Source,
};
use from_secrets_tests::{Parameters, Scripted, ScriptedAgent, Vault, sdk};

const NAME: &str = "rds!db-1";
const PASSWORD: &str = r#"{"username": "u", "password": "p"}"#;

#[derive(FromSecrets)]
struct Managed {
    #[secret("rds!db-1", json_key = "password")]
    named: String,
    #[secret("{{resolve:secretsmanager:rds!db-1:SecretString:username}}")]
    resolved: String,
    #[secret(name = "{DB}", json_key = "password", env = "FILLED")]
    filled: String,
}

async fn assert_loads(loader: Loader) {
    for reference in [NAME, "{{resolve:secretsmanager:rds!db-1}}"] {
        let loader = loader.clone().parameter("DB", reference);
        let result: Managed = loader.load().await.unwrap();
        assert_eq!(
            [&*result.named, &*result.resolved, &*result.filled],
            ["p", "u", "p"]
        );
    }
}

#[tokio::test]
async fn managed_name_loads_from_sources() {
    let vault = || Vault::new().text(NAME, PASSWORD);
    let server = Scripted::start(vault());
    assert_loads(sdk::loader(&server.endpoint()).sources([Source::aws()])).await;

    let agent = ScriptedAgent::start(vault());
    let none = Environment::from_vars::<&str, &str>([]);
    assert_loads(Loader::new().environment(none).sources([agent.source()])).await;

    assert_loads(Loader::new().sources([Memory::new().secret(NAME, PASSWORD)])).await;

    let variables = [
        ("RDS_DB_1_PASSWORD", "p"),
        ("RDS_DB_1_USERNAME", "u"),
        ("FILLED", "p"),
    ];
    let environment = Environment::from_vars(variables);
    let loader = Loader::new().environment(environment);
    assert_loads(loader.sources([Source::environment()])).await;
}

#[tokio::test]
async fn arn_of_a_managed_secret_loads() {
    #[derive(FromSecrets)]
    struct ByArn {
        #[secret(name = "{DB}", json_key = "password", env = "PASSWORD")]
        password: String,
    }
    let server = Scripted::start(Vault::new().text(NAME, PASSWORD));
    let arn = Vault::arn(sdk::REGION, NAME);
    let partial = &arn[..arn.len() - 7];
    for reference in [
        arn.clone(),
        partial.to_owned(),
        format!("{{{{resolve:secretsmanager:{arn}}}}}"),
        format!("{arn}:password:AWSCURRENT:"),
    ] {
        let loader = sdk::loader(&server.endpoint()).sources([Source::aws()]);
        let result: ByArn = loader.parameter("DB", reference).load().await.unwrap();
        assert_eq!(result.password, "p");
    }
}

#[tokio::test]
async fn parameter_cannot_have_a_managed_name() {
    let server = Scripted::start(Parameters::new());
    let loader = sdk::loader(&server.endpoint()).sources([Source::parameter_store()]);
    let error = loader.parameter("DB", NAME).load::<Managed>().await.err();
    for field in error.unwrap().fields() {
        assert_eq!(*field.outcome(), Outcome::Missing);
        let answer = field.attempts()[0].answer();
        assert_eq!(*answer, AttemptAnswer::Missing(Missing::Name));
    }
    assert!(server.calls().all().is_empty());
}
