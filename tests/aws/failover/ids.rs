//! Names and ARNs in replicas.

use from_secrets::FromSecrets;
use from_secrets::source::SourceErrorKind;
use from_secrets_tests::regions::{HOME, IRELAND, InProcessRegions, TOKYO, WEST, provided_by};
use from_secrets_tests::{FakeResponse, FakeSecretsManager, expect};

use super::loader;

#[derive(FromSecrets)]
#[secrets(debug)]
struct ByArn {
    #[secret(
        name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        env = false
    )]
    whole: String,
    #[secret(
        name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:TOKEN",
        env = false
    )]
    partial: String,
    #[secret(name = "NAME", env = false)]
    name: String,
}

fn secrets() -> FakeSecretsManager {
    FakeSecretsManager::new()
        .text("prod/db", "db")
        .text("TOKEN", "token")
        .text("NAME", "name")
}

#[tokio::test(start_paused = true)]
async fn arn_is_readdressed_to_replica() {
    let regions = InProcessRegions::with(&secrets());
    regions.at(HOME).fail(FakeResponse::internal());
    let result = loader(&regions, &[WEST]).load_with_report::<ByArn>().await;
    let (all, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!([all.whole, all.partial, all.name], ["db", "token", "name"]);
    assert_eq!(provided_by(&report), [WEST; 3]);
    let calls = regions.at(WEST).calls().all();
    let [call] = &calls[..] else {
        panic!("{calls:?}")
    };
    let mut ids: Vec<&str> = call.ids.iter().map(String::as_str).collect();
    ids.sort_unstable();
    let partial = "arn:aws:secretsmanager:us-west-2:123456789012:secret:TOKEN";
    let whole = "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/db-AbCdEf";
    assert_eq!(ids, ["NAME", partial, whole]);
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Elsewhere {
    #[secret(name = "NAME", env = false)]
    name: String,
    #[secret(
        name = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:TOKEN-AbCdEf",
        env = false
    )]
    tokyo: String,
}

#[tokio::test(start_paused = true)]
async fn other_regions_arn_is_requested_there() {
    let regions = InProcessRegions::with(&secrets());
    regions.at(HOME).fail(FakeResponse::close());
    let loader = loader(&regions, &[WEST, IRELAND]);
    let result = loader.load_with_report::<Elsewhere>().await;
    let (both, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!([both.name, both.tokyo], ["name", "token"]);
    assert_eq!(provided_by(&report), [WEST, TOKYO]);
    assert_eq!(regions.at(TOKYO).tally(), "0 batches, 1 get");
    assert_eq!(regions.at(WEST).tally(), "0 batches, 1 get");
    assert_eq!(regions.at(IRELAND).requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn other_regions_arn_never_fails_over() {
    let regions = InProcessRegions::with(&secrets());
    regions.at(TOKYO).fail(FakeResponse::close());
    let loader = loader(&regions, &[WEST]);
    let error = loader.load::<Elsewhere>().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["tokyo"]);
    expect::failure(&error, "tokyo", SourceErrorKind::Unreachable);
    assert!(regions.at(TOKYO).requests() <= 3);
    assert_eq!(regions.at(HOME).tally(), "0 batches, 1 get");
    assert_eq!(regions.at(WEST).requests(), 0);
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct InReplica {
    #[secret(
        name = "arn:aws:secretsmanager:us-west-2:123456789012:secret:TOKEN-AbCdEf",
        env = false
    )]
    west: String,
}

#[tokio::test(start_paused = true)]
async fn replicas_arn_survives_each_region() {
    for down in [HOME, WEST] {
        let regions = InProcessRegions::with(&secrets());
        regions.at(down).fail(FakeResponse::internal());
        let loader = loader(&regions, &[WEST, IRELAND]);
        let result = loader.load::<InReplica>().await;
        let in_replica = result.unwrap_or_else(|error| panic!("{down}: {error:#}"));
        assert_eq!(in_replica.west, "token", "{down}");
        let all = [HOME, WEST, IRELAND].map(|region| regions.at(region).requests());
        assert!(all.iter().sum::<usize>() <= 4, "{down}: {all:?}");
    }
}
