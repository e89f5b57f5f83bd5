//! Clients and SDK configurations of the application.

use from_secrets::source::{ParameterStore, SecretsManager, Source};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::Script;
use from_secrets_tests::{FakeAws, FakeParameterStore, FakeSecretsManager, sdk};

use super::tally;

#[derive(FromSecrets)]
struct One {
    token: String,
}

fn parameter() -> FakeAws {
    FakeAws::start(FakeParameterStore::new().text("TOKEN", "parameter"))
}

async fn token(loader: Loader) -> String {
    loader.load::<One>().await.unwrap().token
}

#[tokio::test]
async fn one_config_serves_both_services() {
    let parameters = FakeParameterStore::new().text("TOKEN", "parameter");
    let aws = FakeAws::start(parameters.when(|call| {
        call.is_get()
            .then(|| FakeSecretsManager::new().response(call))
    }));
    let sources = [
        Source::from(SecretsManager::new()),
        Source::from(ParameterStore::new()),
    ];
    let loader = aws.loader().sources(sources);
    assert_eq!(token(loader).await, "parameter");
    assert_eq!(tally(&aws), "1 GetParameters, 1 GetSecretValue");
}

#[tokio::test]
async fn custom_client_uses_loader_region_override() {
    let ssm = parameter();
    let loader =
        Loader::new().source(ParameterStore::new().client(sdk::parameters(&ssm.endpoint())));
    assert_eq!(token(loader.clone()).await, "parameter");
    assert_eq!(token(loader.clone().region("eu-west-1")).await, "parameter");
    assert_eq!(token(loader.default_region("eu-west-2")).await, "parameter");
    let calls = ssm.calls().all();
    let regions: Vec<&str> = calls.iter().map(|call| &*call.region).collect();
    assert_eq!(regions, [sdk::REGION, "eu-west-1", sdk::REGION]);
}

#[tokio::test]
async fn each_service_uses_own_client() {
    let (aws, ssm) = (FakeAws::start(FakeSecretsManager::new()), parameter());
    let loader = Loader::new()
        .source(SecretsManager::new())
        .source(ParameterStore::new().client(sdk::parameters(&ssm.endpoint())))
        .client(sdk::client(&aws.endpoint()));
    assert_eq!(token(loader).await, "parameter");
    assert_eq!(
        (&*tally(&aws), &*tally(&ssm)),
        ("1 GetSecretValue", "1 GetParameters")
    );
}

#[tokio::test]
async fn custom_client_overrides_config() {
    let (aws, ssm) = (FakeAws::start(FakeSecretsManager::new()), parameter());
    let loader = aws
        .loader()
        .source(ParameterStore::new().client(sdk::parameters(&ssm.endpoint())));
    assert_eq!(token(loader).await, "parameter");
    assert_eq!(tally(&aws), "");
}

#[tokio::test]
async fn config_without_region_fails() {
    let ssm = parameter();
    let config = sdk::config(&ssm.endpoint())
        .into_builder()
        .region(None)
        .build();
    let loader = Loader::new()
        .env(from_secrets::source::Env::from_vars::<&str, &str>([]))
        .source(ParameterStore::new())
        .sdk_config(&config);
    let error = loader.load::<One>().await.err().unwrap();
    super::failure(
        &error,
        "token",
        from_secrets::source::SourceErrorKind::Credentials,
    );
    super::reported(&error, &["no region", "AWS_REGION"]);
    assert_eq!(token(loader.default_region("us-east-1")).await, "parameter");
}
