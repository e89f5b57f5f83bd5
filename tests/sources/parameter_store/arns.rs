//! Parameters by ARN, and by CloudFormation's references.

use from_secrets::report::FieldOutcome;
use from_secrets::source::{
    Env, FetchResult, Memory, MissingReason, SecretsManager, Source, SourceErrorKind,
};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::Parameter;
use from_secrets_tests::{
    FakeAws, FakeParameterStore, FakeResponse, FakeSecretsManager, canary, sdk,
};
use serde_json::json;

use super::{failure, loader, reported, response, tally};

const SHARED: &str = "arn:aws:ssm:us-east-1:222222222222:parameter/prod/db";

#[derive(FromSecrets)]
#[secrets(debug)]
struct Notations {
    #[secret("{{resolve:ssm:/prod/db}}")]
    name: String,
    #[secret(name = "{{resolve:ssm-secure:/prod/db:1}}", env = "NUMBER")]
    number: String,
    #[secret(name = "arn:aws:ssm:us-east-1:123456789012:parameter/db", env = "ARN")]
    arn: String,
    #[secret(
        name = "arn:aws:ssm:us-east-1:123456789012:parameter/db:1",
        env = "PINNED"
    )]
    pinned: String,
    #[secret(
        name = "arn:aws:ssm:us-east-1:123456789012:parameter/db:old",
        env = "LABEL"
    )]
    label: String,
    #[secret(
        name = "{{resolve:ssm:arn:aws:ssm:us-east-1:123456789012:parameter/db:2}}",
        env = "WITHIN"
    )]
    within: String,
}

fn versions(name: &str) -> Parameter {
    let first = Parameter::text(format!("{name} 1")).labeled("old");
    first.then(format!("{name} 2"))
}

fn store() -> FakeParameterStore {
    let parameters = FakeParameterStore::new().parameter("/prod/db", versions("prod"));
    parameters.parameter("db", versions("db"))
}

#[tokio::test]
async fn notations_share_one_request() {
    assert_eq!(sdk::REGION, "us-east-1");
    let ssm = FakeAws::start(store());
    let config: Notations = loader(&ssm).load().await.unwrap();
    assert_eq!([&*config.name, &*config.number], ["prod 2", "prod 1"]);
    assert_eq!([&*config.arn, &*config.pinned], ["db 2", "db 1"]);
    assert_eq!([&*config.label, &*config.within], ["db 1", "db 2"]);
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn reference_in_a_placeholder_loads() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret(name = "{DB_PARAM}", env = "DB")]
        db: String,
    }
    for (value, expected) in [
        ("arn:aws:ssm:us-east-1:123456789012:parameter/db", "db 2"),
        (
            "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db:1",
            "prod 1",
        ),
        ("{{resolve:ssm:db:1}}", "db 1"),
        ("{{resolve:ssm-secure:/prod/db}}", "prod 2"),
    ] {
        let ssm = FakeAws::start(store());
        let loader = loader(&ssm).placeholder("DB_PARAM", value);
        let config: Config = loader.load().await.unwrap();
        assert_eq!(config.db, expected, "{value}");
    }
}

#[derive(FromSecrets)]
struct Accounts {
    #[secret(name = "prod/db", env = "OURS")]
    ours: String,
    #[secret(
        name = "arn:aws:ssm:us-east-1:222222222222:parameter/prod/db",
        env = "THEIRS"
    )]
    theirs: String,
}

#[tokio::test]
async fn shared_parameter_differs_from_its_namesake() {
    let ssm = FakeAws::start(store().text(SHARED, "theirs"));
    let (config, report) = loader(&ssm).load_with_report::<Accounts>().await.unwrap();
    assert_eq!([&*config.ours, &*config.theirs], ["prod 2", "theirs"]);
    let FieldOutcome::Found(provenance) = report.fields()[1].outcome() else {
        panic!("{report}");
    };
    assert_eq!(provenance.arn(), Some(SHARED));
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn parameter_of_another_account_is_rejected() {
    let ours = json!({
        "Name": "/prod/db",
        "ARN": FakeParameterStore::arn("/prod/db"),
        "Value": canary::value("ours"),
        "Version": 1,
    });
    let wrong = FakeParameterStore::new().when(move |call| {
        Some(FakeResponse::json(&match &*call.operation {
            "GetParameters" => json!({ "Parameters": [ours] }),
            _ => json!({ "Parameter": ours }),
        }))
    });
    let ssm = FakeAws::start(wrong);
    let error = loader(&ssm).load::<Accounts>().await.err().unwrap();
    failure(&error, "theirs", SourceErrorKind::Internal);
    canary::assert_absent(&format!("{error} {error:#} {error:?}"));
}

#[tokio::test]
async fn arn_is_requested_in_its_region() {
    #[derive(FromSecrets)]
    struct Regions {
        #[secret(name = "here", env = "HERE")]
        _here: String,
        #[secret(
            name = "arn:aws:ssm:eu-west-1:123456789012:parameter/there",
            env = "THERE"
        )]
        there: String,
    }
    let there = "arn:aws:ssm:eu-west-1:123456789012:parameter/there";
    let ssm = FakeAws::start(FakeParameterStore::new().text("here", "x").text(there, "y"));
    let config: Regions = loader(&ssm).load().await.unwrap();
    assert_eq!(config.there, "y");
    let mut calls: Vec<_> = ssm.calls().all();
    calls.sort_by(|a, b| a.region.cmp(&b.region));
    let regions: Vec<_> = calls.iter().map(|call| &*call.region).collect();
    assert_eq!(regions, ["eu-west-1", "us-east-1"]);
    assert_eq!(calls[0].ids, [there]);
}

#[tokio::test]
async fn absent_arn_is_a_missing_parameter() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[expect(dead_code, reason = "never loaded")]
    struct Absent {
        #[secret(
            name = "arn:aws:ssm:us-east-1:123456789012:parameter/prod/none",
            json_key = "user",
            env = "NONE"
        )]
        none: String,
    }
    let ssm = FakeAws::start(FakeParameterStore::new().text("/prod/none/user", "x"));
    let error = loader(&ssm).load::<Absent>().await.unwrap_err();
    let missing = FetchResult::Missing(MissingReason::Parameter);
    assert_eq!(*response(&error, "none"), missing);
    assert_eq!(
        tally(&ssm),
        "1 GetParameters",
        "the path of an ARN was read"
    );
}

#[tokio::test]
async fn secrets_manager_never_receives_parameters() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Mixed {
        secret: String,
        #[secret("{{resolve:ssm:/prod/db}}")]
        parameter: String,
    }
    let server = FakeAws::start(
        FakeSecretsManager::new()
            .text("SECRET", "s")
            .text("/prod/db", "wrong"),
    );
    let environment = Env::from_vars([("PROD_DB", "from the environment")]);
    let with = |sources: Vec<Source>| {
        let loader = sdk::loader(&server.endpoint()).env(environment.clone());
        loader.sources(sources)
    };
    let (mixed, report) = with(vec![
        Source::from(SecretsManager::new()),
        Source::from(Env::new()),
    ])
    .load_with_report::<Mixed>()
    .await
    .unwrap();
    assert_eq!(
        [&*mixed.secret, &*mixed.parameter],
        ["s", "from the environment"]
    );
    let missing = FetchResult::Missing(MissingReason::Name);
    assert_eq!(*report.fields()[1].attempts()[0].result(), missing);
    assert_eq!(tally(&server), "1 GetSecretValue");

    let error = with(vec![SecretsManager::new().into()])
        .load::<Mixed>()
        .await
        .unwrap_err();
    reported(
        &error,
        &["rename `/prod/db` to a name that the source `aws` can store"],
    );
}

#[tokio::test]
async fn memory_has_parameters_by_name() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("{{resolve:ssm:/prod/db}}")]
        name: String,
        #[secret(name = "arn:aws:ssm:us-east-1:123456789012:parameter/db", env = "ARN")]
        arn: String,
    }
    let memory = Memory::new()
        .with_secret("/prod/db", "prod")
        .with_secret("db", "db");
    let config: Config = Loader::new().source(memory).load().await.unwrap();
    assert_eq!([&*config.name, &*config.arn], ["prod", "db"]);
}
