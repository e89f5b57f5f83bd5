//! Requests to several regions.

use aws_sdk_secretsmanager::Client;
use from_secrets::source::SecretsManager;
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, sdk};
use serde_json::json;

use from_secrets_tests::structs::{Pocket, pocket};

/// Returns the regions of all requests, sorted.
fn regions(aws: &FakeAws) -> Vec<String> {
    let mut regions: Vec<_> = aws
        .calls()
        .all()
        .into_iter()
        .map(|call| call.region)
        .collect();
    regions.sort();
    regions
}

#[tokio::test]
async fn arn_is_requested_in_its_region() {
    #[derive(FromSecrets)]
    struct TwoRegions {
        here: String,
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:THERE-AbCdEf",
            env = "THERE"
        )]
        there: String,
    }
    let there = Entry::text("in Ireland").in_region("eu-west-1");
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .text("HERE", "in Virginia")
            .entry("THERE", there)
            .side_by_side(2),
    );
    let both: TwoRegions = aws.loader().load().await.unwrap();
    assert_eq!([both.here, both.there], ["in Virginia", "in Ireland"]);
    assert_eq!(aws.tally(), "0 batches, 2 gets");
    assert_eq!(regions(&aws), ["eu-west-1", "us-east-1"]);
}

#[tokio::test]
async fn each_region_has_its_own_batch() {
    #[derive(FromSecrets)]
    struct TwoRegions {
        one: String,
        two: String,
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ONE-AbCdEf",
            env = "THREE"
        )]
        three: String,
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:TWO-AbCdEf",
            env = "FOUR"
        )]
        four: String,
    }
    let secrets = FakeSecretsManager::new()
        .text("ONE", "1")
        .text("TWO", "2")
        .side_by_side(2);
    let aws = FakeAws::start(secrets);
    let all: TwoRegions = aws.loader().load().await.unwrap();
    assert_eq!(
        [all.one, all.two, all.three, all.four],
        ["1", "2", "1", "2"]
    );
    assert_eq!(aws.tally(), "2 batches, 0 gets");
    assert_eq!(regions(&aws), ["eu-west-1", "us-east-1"]);
}

#[tokio::test]
async fn loader_region_overrides_config() {
    let aws = FakeAws::start(pocket());
    aws.loader()
        .region("ap-southeast-2")
        .load::<Pocket>()
        .await
        .unwrap();
    assert_eq!(regions(&aws), ["ap-southeast-2"]);
}

#[tokio::test]
async fn other_partitions_have_regions_too() {
    #[derive(FromSecrets)]
    struct China {
        #[secret(
            name = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:TOKEN-AbCdEf",
            env = false
        )]
        token: String,
    }
    let aws = FakeAws::start(|call: &Call| {
        FakeResponse::json(&json!({ "ARN": call.ids[0], "SecretString": "x" }))
    });
    assert_eq!(aws.loader().load::<China>().await.unwrap().token, "x");
    assert_eq!(regions(&aws), ["cn-north-1"]);
}

#[tokio::test]
async fn denied_region_batch_is_not_retried() {
    #[derive(FromSecrets)]
    struct There {
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ONE-AbCdEf",
            env = false
        )]
        one: String,
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:TWO-AbCdEf",
            env = false
        )]
        two: String,
    }
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .text("ONE", "1")
            .text("TWO", "2")
            .without_batch(),
    );
    let loader = aws.loader();
    for _ in 0..2 {
        let there: There = loader.load().await.unwrap();
        assert_eq!([there.one, there.two], ["1", "2"]);
    }
    assert_eq!(aws.tally(), "1 batch, 4 gets");
}

#[tokio::test]
async fn default_region_applies_only_without_region() {
    let aws = FakeAws::start(pocket());
    let config = sdk::config(&aws.endpoint());
    let without_region = config.clone().into_builder().region(None).build();
    for (config, requested) in [(config, sdk::REGION), (without_region, "us-west-2")] {
        let with_config = sdk::loader(&aws.endpoint()).sdk_config(&config);
        let with_client = sdk::loader(&aws.endpoint()).client(Client::new(&config));
        for loader in [with_config, with_client] {
            let loader = loader.default_region("us-west-2");
            loader.load::<Pocket>().await.unwrap();
            assert_eq!(aws.calls().all().last().unwrap().region, requested);
        }
    }
}

#[tokio::test]
async fn custom_client_uses_loader_region_override() {
    let aws = FakeAws::start(pocket());
    let client = SecretsManager::new().client(sdk::client(&aws.endpoint()));
    let loader = Loader::new().source(client.clone());
    loader.load::<Pocket>().await.unwrap();
    loader.region("eu-west-1").load::<Pocket>().await.unwrap();
    let own = client.region("eu-west-2");
    let loader = Loader::new().source(own).region("eu-west-1");
    loader.load::<Pocket>().await.unwrap();
    let calls = aws.calls().all();
    let regions: Vec<&str> = calls.iter().map(|call| &*call.region).collect();
    assert_eq!(regions, [sdk::REGION, "eu-west-1", "eu-west-2"]);
}
