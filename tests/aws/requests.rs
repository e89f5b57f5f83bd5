//! The number of requests, counted by the server.

use std::time::Duration;

use from_secrets::source::{Env, SecretsManager};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager, sdk};
use serde_json::json;

use from_secrets_tests::structs::{FortyFive, Pocket, Ten, TwentyOne, pocket};

#[tokio::test]
async fn ten_secrets_are_one_batch() {
    let aws = FakeAws::start(Ten::secrets());
    aws.loader().load::<Ten>().await.unwrap().assert_right();
    assert_eq!(aws.tally(), "1 batch, 0 gets");
    assert_eq!(aws.calls().all()[0].ids.len(), 10);
}

#[tokio::test]
async fn forty_five_secrets_need_three_batches() {
    let aws = FakeAws::start(FortyFive::secrets().side_by_side(3));
    aws.loader()
        .load::<FortyFive>()
        .await
        .unwrap()
        .assert_right();
    assert_eq!(aws.tally(), "3 batches, 0 gets");
    assert!(aws.calls().all().iter().all(|call| call.ids.len() <= 20));
}

#[tokio::test]
async fn twenty_one_secrets_are_two_requests() {
    let aws = FakeAws::start(TwentyOne::secrets());
    aws.loader()
        .load::<TwentyOne>()
        .await
        .unwrap()
        .assert_right();
    assert_eq!(aws.calls().all().len(), 2);
}

#[tokio::test]
async fn one_secret_is_one_get() {
    #[derive(FromSecrets)]
    struct One {
        token: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new().text("TOKEN", "x"));
    assert_eq!(aws.loader().load::<One>().await.unwrap().token, "x");
    assert_eq!(aws.tally(), "0 batches, 1 get");
}

#[tokio::test]
async fn aliases_are_in_same_batch() {
    #[derive(FromSecrets)]
    struct Renamed {
        #[secret("new/key", alias = "OLD_KEY")]
        key: String,
        #[secret("new/token", alias = "OLD_TOKEN")]
        token: String,
    }
    let secrets = FakeSecretsManager::new().text("new/key", "k");
    let aws = FakeAws::start(secrets.text("OLD_TOKEN", "t"));
    let renamed: Renamed = aws.loader().load().await.unwrap();
    assert_eq!((&*renamed.key, &*renamed.token), ("k", "t"));
    assert_eq!(aws.tally(), "1 batch, 0 gets");
    assert_eq!(aws.calls().all()[0].ids.len(), 4);
}

#[derive(FromSecrets)]
#[secrets(name = "prod/all")]
struct TenKeys {
    a: String,
    b: String,
    c: u16,
    d: u16,
    e: bool,
    f: String,
    g: String,
    h: String,
    i: String,
    j: Option<String>,
}

#[tokio::test]
async fn ten_json_keys_share_one_get() {
    let keys = json!({ "a": "1", "b": "2", "c": 3, "d": "4", "e": "true", "f": "6", "g": "7", "h": "8", "i": "9", "j": "10" });
    let aws = FakeAws::start(FakeSecretsManager::new().text("prod/all", keys.to_string()));
    let all: TenKeys = aws.loader().load().await.unwrap();
    assert_eq!(
        (all.a.as_str(), all.b.as_str(), all.c, all.d, all.e),
        ("1", "2", 3, 4, true)
    );
    assert_eq!(
        [all.f, all.g, all.h, all.i, all.j.unwrap()],
        ["6", "7", "8", "9", "10"]
    );
    assert_eq!(aws.tally(), "0 batches, 1 get");
}

fn environment_first(aws: &FakeAws, vars: &[(&str, &str)]) -> Loader {
    let environment = Env::from_vars(vars.iter().copied());
    aws.loader()
        .source(Env::new())
        .source(SecretsManager::new())
        .env(environment)
}

#[tokio::test]
async fn environment_first_load_sends_no_request() {
    let aws = FakeAws::start(pocket());
    let loader = environment_first(&aws, &[("POCKET_KEY", "k"), ("POCKET_TOKEN", "t")]);
    loader.load::<Pocket>().await.unwrap();
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("0 batches, 0 gets", 0)
    );
}

#[tokio::test]
async fn only_missing_variables_are_requested() {
    let aws = FakeAws::start(pocket());
    environment_first(&aws, &[("POCKET_KEY", "k")])
        .load::<Pocket>()
        .await
        .unwrap();
    assert_eq!(aws.tally(), "0 batches, 1 get");
    assert!(aws.calls().all()[0].is_request_for("POCKET_TOKEN"));
}

#[tokio::test]
async fn struct_without_secrets_sends_no_request() {
    #[derive(FromSecrets)]
    struct Plain {
        #[secret(env_only)]
        port: u16,
        #[secret(env_only, default = 4)]
        workers: u8,
    }
    let aws = FakeAws::start(FakeSecretsManager::new());
    let plain: Plain = aws
        .loader()
        .env(Env::from_vars([("PORT", "8080")]))
        .load()
        .await
        .unwrap();
    assert_eq!((plain.port, plain.workers), (8080, 4));
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("0 batches, 0 gets", 0)
    );
}

#[tokio::test]
async fn denied_batch_is_remembered() {
    let logs = Logs::capture();
    let aws = FakeAws::start(Ten::secrets().without_batch());
    let loader = aws.loader();
    loader.load::<Ten>().await.unwrap().assert_right();
    assert_eq!(aws.tally(), "1 batch, 10 gets");
    aws.calls().clear();
    loader.load::<Ten>().await.unwrap().assert_right();
    assert_eq!(aws.tally(), "0 batches, 10 gets");
    aws.calls().clear();
    loader.clone().load::<Ten>().await.unwrap().assert_right();
    assert_eq!(aws.tally(), "0 batches, 10 gets");
    let reported = logs
        .own()
        .iter()
        .filter(|line| line.text.starts_with("message=BatchGetSecretValue"))
        .count();
    assert_eq!(reported, 1, "{}", logs.text());
}

#[tokio::test]
async fn custom_client_remembers_denied_batch() {
    let aws = FakeAws::start(Ten::secrets().without_batch());
    let loader = Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .client(sdk::client(&aws.endpoint()));
    loader.load::<Ten>().await.unwrap().assert_right();
    loader.load::<Ten>().await.unwrap().assert_right();
    assert_eq!(aws.tally(), "1 batch, 20 gets");
}

#[tokio::test]
async fn gets_after_denied_batch_are_concurrent() {
    let batch_is_denied = |vault: FakeSecretsManager| {
        vault.without_batch().when(|call| {
            // With the batch, at least four calls are sent before the first get returns.
            call.is_get().then(|| {
                FakeResponse::json(&json!({ "Name": call.ids[0], "SecretString": call.ids[0] }))
                    .once_arrived(5)
            })
        })
    };
    let aws = FakeAws::start(batch_is_denied(Ten::secrets()));
    aws.loader().load::<Ten>().await.unwrap().assert_right();
}

#[tokio::test]
async fn concurrent_gets_are_limited() {
    let latency = Duration::from_millis(30);
    let aws = FakeAws::start(FortyFive::secrets().without_batch().latency(latency));
    aws.loader()
        .load::<FortyFive>()
        .await
        .unwrap()
        .assert_right();
    let most = aws.most_at_once();
    assert!((2..=20).contains(&most), "{most} at once");
}

#[tokio::test]
async fn pinned_versions_use_separate_gets() {
    #[derive(FromSecrets)]
    struct Pinned {
        current: String,
        other: String,
        #[secret(name = "CURRENT", version_stage = "AWSPREVIOUS", env = "BEFORE")]
        previous: String,
        #[secret(
            name = "CURRENT",
            version_id = "00000000-0000-4000-8000-00AWSPENDING",
            env = "BY_ID"
        )]
        by_id: String,
    }
    let entry = Entry::text("new")
        .version("AWSPREVIOUS", "old")
        .version("AWSPENDING", "next");
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .entry("CURRENT", entry)
            .text("OTHER", "x")
            .side_by_side(3),
    );
    let pinned: Pinned = aws.loader().load().await.unwrap();
    assert_eq!(
        [pinned.current, pinned.other, pinned.previous, pinned.by_id],
        ["new", "x", "old", "next"]
    );
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn duplicate_name_is_requested_once() {
    #[derive(FromSecrets)]
    struct Twice {
        #[secret("TOKEN")]
        one: String,
        #[secret("TOKEN")]
        other: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new().text("TOKEN", "x"));
    let twice: Twice = aws.loader().load().await.unwrap();
    assert_eq!([twice.one, twice.other], ["x", "x"]);
    assert_eq!(aws.tally(), "0 batches, 1 get");
}

#[derive(FromSecrets)]
struct NameAndArn {
    #[secret("TOKEN")]
    by_name: String,
    #[secret(name = "{TOKEN_ARN}", env = "BY_ARN")]
    by_arn: String,
}

#[tokio::test]
async fn name_and_arn_share_one_request() {
    let aws = FakeAws::start(FakeSecretsManager::new().text("TOKEN", "x"));
    let loader = aws
        .loader()
        .placeholder("TOKEN_ARN", FakeSecretsManager::arn(sdk::REGION, "TOKEN"));
    let both: NameAndArn = loader.load().await.unwrap();
    assert_eq!([both.by_name, both.by_arn], ["x", "x"]);
    assert_eq!(aws.calls().all().len(), 1);
}

#[tokio::test]
async fn same_name_across_accounts_stays_separate() {
    let arn = FakeSecretsManager::arn(sdk::REGION, "TOKEN").replace("123456789012", "999999999999");
    let theirs = arn.clone();
    let response = move |id: &str| match id {
        "TOKEN" => {
            json!({ "Name": "TOKEN", "ARN": FakeSecretsManager::arn(sdk::REGION, "TOKEN"), "SecretString": "ours" })
        }
        _ => json!({ "Name": "TOKEN", "ARN": theirs.clone(), "SecretString": "theirs" }),
    };
    let aws = FakeAws::start(move |call: &from_secrets_tests::Call| {
        let mut values: Vec<_> = call.ids.iter().map(|id| response(id)).collect();
        if call.is_batch() {
            FakeResponse::json(&json!({ "SecretValues": values }))
        } else {
            FakeResponse::json(&values.remove(0))
        }
    });
    let both: NameAndArn = aws
        .loader()
        .placeholder("TOKEN_ARN", arn)
        .load()
        .await
        .unwrap();
    assert_eq!([both.by_name, both.by_arn], ["ours", "theirs"]);
}

#[tokio::test]
async fn missing_name_ignores_other_accounts_secret() {
    let arn = FakeSecretsManager::arn(sdk::REGION, "TOKEN").replace("123456789012", "999999999999");
    let theirs = json!({ "Name": "TOKEN", "ARN": arn, "SecretString": "theirs" });
    let missing = json!({ "SecretId": "TOKEN", "ErrorCode": "ResourceNotFoundException", "Message": "can't find it" });
    for errors in [json!([missing]), json!([])] {
        let theirs = theirs.clone();
        let aws = FakeAws::start(move |call: &from_secrets_tests::Call| {
            if call.is_batch() {
                return FakeResponse::json(&json!({ "SecretValues": [theirs], "Errors": errors }));
            }
            FakeResponse::error(
                "ResourceNotFoundException",
                "can't find the specified secret",
            )
        });
        let loader = aws.loader().placeholder("TOKEN_ARN", arn.clone());
        let error = loader.load::<NameAndArn>().await.map(|_| ()).unwrap_err();
        assert_eq!(from_secrets_tests::expect::failed(&error), ["by_name"]);
    }
}

#[tokio::test]
async fn loads_share_one_connection() {
    let aws = FakeAws::start(pocket());
    let loader = aws.loader();
    for _ in 0..3 {
        loader.load::<Pocket>().await.unwrap();
    }
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("3 batches, 0 gets", 1)
    );
}
