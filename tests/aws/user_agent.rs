//! The entry of the library in the user agent, by which `CloudTrail` finds its calls.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::FrameworkMetadata;
use from_secrets::source::{Env, ParameterStore, SecretsManager};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::{Entry, Parameter};
use from_secrets_tests::{Call, FakeAws, FakeParameterStore, FakeSecretsManager, sdk};

const ENTRY: &str = concat!("lib/from-secrets/", env!("CARGO_PKG_VERSION"));
const APPLICATION: &str = "lib/an-application/1.0";

/// One batch at home, and one call in another region.
#[derive(FromSecrets)]
struct Secrets {
    one: String,
    two: String,
    #[secret(
        name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:THERE-AbCdEf",
        env = "THERE"
    )]
    there: String,
}

#[derive(FromSecrets)]
struct Parameters {
    #[secret("/prod/db")]
    home: String,
    #[secret(
        name = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db",
        env = "THERE"
    )]
    there: String,
}

fn secrets() -> FakeAws {
    let there = Entry::text("3").in_region("eu-west-1");
    let secrets = FakeSecretsManager::new().text("ONE", "1").text("TWO", "2");
    FakeAws::start(secrets.entry("THERE", there))
}

fn parameters() -> FakeAws {
    let there = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db";
    let store = FakeParameterStore::new().parameter("/prod/db", Parameter::text("1"));
    FakeAws::start(store.parameter(there, Parameter::text("2")))
}

/// Returns the configuration of an application that has an entry, too.
fn application(aws: &FakeAws) -> SdkConfig {
    let entry = FrameworkMetadata::new("an-application", Some("1.0")).unwrap();
    let config = sdk::config(&aws.endpoint()).into_builder();
    config.framework_metadata(entry).build()
}

fn loader() -> Loader {
    Loader::new().env(Env::from_vars::<&str, &str>([]))
}

/// Asserts that both headers of every call contain each entry once, in two regions.
#[track_caller]
fn assert_entries(calls: &[Call], entries: &[&str]) {
    for call in calls {
        for header in [&call.user_agent, &call.sdk_user_agent] {
            for entry in entries {
                let count = header.split(' ').filter(|part| part == entry).count();
                assert_eq!(count, 1, "`{entry}` in {header}");
            }
        }
    }
    let mut regions: Vec<&str> = calls.iter().map(|call| call.region.as_str()).collect();
    regions.sort_unstable();
    assert_eq!(regions, ["eu-west-1", sdk::REGION]);
}

async fn load_secrets(aws: &FakeAws, loader: Loader, entries: &[&str]) {
    let Secrets { one, two, there } = loader.load().await.unwrap();
    assert_eq!([one, two, there], ["1", "2", "3"]);
    assert_entries(&aws.calls().all(), entries);
}

async fn load_parameters(aws: &FakeAws, source: ParameterStore, entries: &[&str]) {
    let Parameters { home, there } = loader().source(source).load().await.unwrap();
    assert_eq!([home, there], ["1", "2"]);
    assert_entries(&aws.calls().all(), entries);
}

#[tokio::test]
async fn config_calls_name_the_library() {
    let aws = secrets();
    load_secrets(&aws, aws.loader(), &[ENTRY]).await;
    let aws = secrets();
    let source = SecretsManager::new().sdk_config(&application(&aws));
    load_secrets(&aws, loader().source(source), &[APPLICATION, ENTRY]).await;
}

#[tokio::test]
async fn custom_client_calls_name_the_library() {
    let aws = secrets();
    let client = Client::new(&application(&aws));
    let source = SecretsManager::new().client(client);
    load_secrets(&aws, loader().source(source), &[APPLICATION, ENTRY]).await;
}

#[tokio::test]
async fn parameter_calls_name_the_library() {
    let aws = parameters();
    let source = ParameterStore::new().sdk_config(&application(&aws));
    load_parameters(&aws, source, &[APPLICATION, ENTRY]).await;
    let aws = parameters();
    let client = aws_sdk_ssm::Client::new(&application(&aws));
    let source = ParameterStore::new().client(client);
    load_parameters(&aws, source, &[APPLICATION, ENTRY]).await;
}
