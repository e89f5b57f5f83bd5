//! Pinned versions: a number, or a label instead of a stage.

use std::time::{Duration, SystemTime};

use from_secrets::FromSecrets;
use from_secrets::report::FieldOutcome;
use from_secrets::source::{FetchResult, MissingReason};
use from_secrets_tests::fake_aws::Parameter;
use from_secrets_tests::{FakeAws, FakeParameterStore};

use super::{loader, response, tally};

#[derive(FromSecrets)]
struct Versions {
    #[secret("prod/key")]
    latest: String,
    #[secret(name = "prod/key", version_id = "1", env = "FIRST")]
    first: String,
    #[secret(name = "prod/key", version_stage = "good", env = "GOOD")]
    good: String,
}

fn key() -> FakeParameterStore {
    let parameter = Parameter::text("one").then("two").labeled("good");
    FakeParameterStore::new().parameter("/prod/key", parameter.then("three"))
}

#[tokio::test]
async fn versions_and_labels_share_one_request() {
    let ssm = FakeAws::start(key());
    let (versions, report) = loader(&ssm).load_with_report::<Versions>().await.unwrap();
    let Versions {
        latest,
        first,
        good,
    } = versions;
    assert_eq!([latest, first, good], ["three", "one", "two"]);
    let calls = ssm.calls().all();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].ids, ["/prod/key", "/prod/key:1", "/prod/key:good"]);
    let expected = ["3", "1", "2"];
    for (field, number) in report.fields().iter().zip(expected) {
        let FieldOutcome::Found(provenance) = field.outcome() else {
            panic!("{report}");
        };
        assert_eq!(provenance.version_id(), Some(number));
        let arn = FakeParameterStore::arn("/prod/key");
        assert_eq!(provenance.arn(), Some(&*arn));
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_500);
        assert_eq!(provenance.created_at(), Some(modified));
    }
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "never loaded")]
struct Stages {
    #[secret(name = "prod/key", version_stage = "AWSPREVIOUS", env = "PREVIOUS")]
    previous: String,
    #[secret(
        name = "prod/key",
        version_id = "00000000-0000-4000-8000-000000000001",
        env = "BY_ID"
    )]
    by_id: String,
}

#[tokio::test]
async fn impossible_version_sends_no_request() {
    let ssm = FakeAws::start(key());
    let error = loader(&ssm).load::<Stages>().await.unwrap_err();
    let missing = FetchResult::Missing(MissingReason::Version);
    assert_eq!(*response(&error, "previous"), missing);
    assert_eq!(*response(&error, "by_id"), missing);
    assert_eq!(tally(&ssm), "");
}

#[tokio::test]
async fn absent_version_is_missing() {
    let ssm = FakeAws::start(FakeParameterStore::new().text("/prod/key", "one"));
    let error = loader(&ssm).load::<Versions>().await.err().unwrap();
    let paths: Vec<_> = error
        .failed_fields()
        .map(from_secrets::report::FieldReport::path)
        .collect();
    assert_eq!(paths, ["good"], "{error:#}");
    let missing = FetchResult::Missing(MissingReason::Version);
    assert_eq!(*response(&error, "good"), missing);
    assert_eq!(tally(&ssm), "1 GetParameters");
}
