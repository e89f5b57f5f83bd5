//! Secrets that AWS services manage, whose names contain `!`, from each source.

use from_secrets::report::FieldOutcome;
use from_secrets::source::{
    Env, FetchResult, Memory, MissingReason, ParameterStore, SecretsManager,
};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::{FakeAgent, FakeAws, FakeParameterStore, FakeSecretsManager, sdk};

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
        let loader = loader.clone().placeholder("DB", reference);
        let result: Managed = loader.load().await.unwrap();
        assert_eq!(
            [&*result.named, &*result.resolved, &*result.filled],
            ["p", "u", "p"]
        );
    }
}

#[tokio::test]
async fn managed_name_loads_from_sources() {
    let vault = || FakeSecretsManager::new().text(NAME, PASSWORD);
    let server = FakeAws::start(vault());
    assert_loads(sdk::loader(&server.endpoint()).source(SecretsManager::new())).await;

    let agent = FakeAgent::start(vault());
    let none = Env::from_vars::<&str, &str>([]);
    assert_loads(Loader::new().env(none).source(agent.source())).await;

    assert_loads(Loader::new().source(Memory::new().with_secret(NAME, PASSWORD))).await;

    let variables = [
        ("RDS_DB_1_PASSWORD", "p"),
        ("RDS_DB_1_USERNAME", "u"),
        ("FILLED", "p"),
    ];
    let environment = Env::from_vars(variables);
    let loader = Loader::new().env(environment);
    assert_loads(loader.source(Env::new())).await;
}

#[tokio::test]
async fn arn_of_a_managed_secret_loads() {
    #[derive(FromSecrets)]
    struct ByArn {
        #[secret(name = "{DB}", json_key = "password", env = "PASSWORD")]
        password: String,
    }
    let server = FakeAws::start(FakeSecretsManager::new().text(NAME, PASSWORD));
    let arn = FakeSecretsManager::arn(sdk::REGION, NAME);
    let partial = &arn[..arn.len() - 7];
    for reference in [
        arn.clone(),
        partial.to_owned(),
        format!("{{{{resolve:secretsmanager:{arn}}}}}"),
        format!("{arn}:password:AWSCURRENT:"),
    ] {
        let loader = sdk::loader(&server.endpoint()).source(SecretsManager::new());
        let result: ByArn = loader.placeholder("DB", reference).load().await.unwrap();
        assert_eq!(result.password, "p");
    }
}

#[tokio::test]
async fn parameter_cannot_have_a_managed_name() {
    let server = FakeAws::start(FakeParameterStore::new());
    let loader = sdk::loader(&server.endpoint()).source(ParameterStore::new());
    let error = loader.placeholder("DB", NAME).load::<Managed>().await.err();
    for field in error.unwrap().failed_fields() {
        assert_eq!(*field.outcome(), FieldOutcome::Missing);
        let response = field.attempts()[0].result();
        assert_eq!(*response, FetchResult::Missing(MissingReason::Name));
    }
    assert!(server.calls().all().is_empty());
}
