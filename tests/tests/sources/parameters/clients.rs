//! Whose configuration is asked with.

use from_secrets::{FromSecrets, Loader, Source};
use from_secrets_tests::scripted::Script;
use from_secrets_tests::{Parameters, Scripted, Vault, sdk};

use super::tally;

#[derive(FromSecrets)]
struct One {
    token: String,
}

fn parameter() -> Scripted {
    Scripted::start(Parameters::new().text("TOKEN", "parameter"))
}

async fn token(loader: Loader) -> String {
    loader.load::<One>().await.unwrap().token
}

#[tokio::test]
async fn one_configuration_asks_both_services() {
    let parameters = Parameters::new().text("TOKEN", "parameter");
    let aws =
        Scripted::start(parameters.when(|call| call.is_get().then(|| Vault::new().answer(call))));
    let sources = [Source::aws(), Source::parameter_store()];
    let loader = aws.loader().sources(sources);
    assert_eq!(token(loader).await, "parameter");
    assert_eq!(tally(&aws), "1 GetParameters, 1 GetSecretValue");
}

#[tokio::test]
async fn a_client_of_one_s_own_is_asked_in_its_region_or_the_loader_s() {
    let ssm = parameter();
    let loader = Loader::new()
        .sources([Source::parameter_store()])
        .parameter_store_client(sdk::parameters(&ssm.endpoint()));
    assert_eq!(token(loader.clone()).await, "parameter");
    assert_eq!(token(loader.clone().region("eu-west-1")).await, "parameter");
    assert_eq!(token(loader.default_region("eu-west-2")).await, "parameter");
    let calls = ssm.calls().all();
    let regions: Vec<&str> = calls.iter().map(|call| &*call.region).collect();
    assert_eq!(regions, [sdk::REGION, "eu-west-1", sdk::REGION]);
}

#[tokio::test]
async fn a_client_of_each_service_asks_its_own() {
    let (aws, ssm) = (Scripted::start(Vault::new()), parameter());
    let loader = Loader::new()
        .sources([Source::aws(), Source::parameter_store()])
        .parameter_store_client(sdk::parameters(&ssm.endpoint()))
        .client(sdk::client(&aws.endpoint()));
    assert_eq!(token(loader).await, "parameter");
    assert_eq!(
        (&*tally(&aws), &*tally(&ssm)),
        ("1 GetSecretValue", "1 GetParameters")
    );
}

#[tokio::test]
async fn a_client_of_one_s_own_wins_over_a_configuration() {
    let (aws, ssm) = (Scripted::start(Vault::new()), parameter());
    let loader = aws
        .loader()
        .sources([Source::parameter_store()])
        .parameter_store_client(sdk::parameters(&ssm.endpoint()));
    assert_eq!(token(loader).await, "parameter");
    assert_eq!(tally(&aws), "");
}

#[tokio::test]
async fn a_configuration_without_a_region_asks_nobody() {
    let ssm = parameter();
    let config = sdk::config(&ssm.endpoint())
        .into_builder()
        .region(None)
        .build();
    let loader = Loader::new()
        .environment(from_secrets::Environment::from_vars::<&str, &str>([]))
        .sources([Source::parameter_store()])
        .sdk_config(&config);
    let error = loader.load::<One>().await.err().unwrap();
    super::failure(&error, "token", from_secrets::Cause::Credentials);
    super::told(&error, &["no region", "AWS_REGION"]);
    assert_eq!(token(loader.default_region("us-east-1")).await, "parameter");
}
