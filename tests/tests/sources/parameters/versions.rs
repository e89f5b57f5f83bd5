//! Pinned versions: a number, or a label in place of a stage.

use std::time::{Duration, SystemTime};

use from_secrets::{AttemptAnswer, FromSecrets, Missing, Outcome};
use from_secrets_tests::scripted::Parameter;
use from_secrets_tests::{Parameters, Scripted};

use super::{answer, loader, tally};

#[derive(FromSecrets)]
struct Versions {
    #[secret("prod/key")]
    latest: String,
    #[secret(name = "prod/key", version_id = "1", env = "FIRST")]
    first: String,
    #[secret(name = "prod/key", version_stage = "good", env = "GOOD")]
    good: String,
}

fn key() -> Parameters {
    let parameter = Parameter::text("one").then("two").labelled("good");
    Parameters::new().parameter("/prod/key", parameter.then("three"))
}

#[tokio::test]
async fn versions_and_labels_are_asked_for_behind_the_name_in_one_request() {
    let ssm = Scripted::start(key());
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
        let Outcome::Answered {
            version_id,
            arn,
            created_at,
            ..
        } = field.outcome()
        else {
            panic!("{report}");
        };
        assert_eq!(version_id.as_deref(), Some(number));
        assert_eq!(arn.as_deref(), Some(&*Parameters::arn("/prod/key")));
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_500);
        assert_eq!(*created_at, Some(modified));
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
async fn a_version_that_a_parameter_cannot_have_is_missing_without_a_request() {
    let ssm = Scripted::start(key());
    let error = loader(&ssm).load::<Stages>().await.unwrap_err();
    let missing = AttemptAnswer::Missing(Missing::Version);
    assert_eq!(*answer(&error, "previous"), missing);
    assert_eq!(*answer(&error, "by_id"), missing);
    assert_eq!(tally(&ssm), "");
}

#[tokio::test]
async fn a_version_that_is_not_there_is_missing() {
    let ssm = Scripted::start(Parameters::new().text("/prod/key", "one"));
    let error = loader(&ssm).load::<Versions>().await.err().unwrap();
    let paths: Vec<_> = error
        .fields()
        .map(from_secrets::FieldReport::path)
        .collect();
    assert_eq!(paths, ["good"], "{error:#}");
    let missing = AttemptAnswer::Missing(Missing::Version);
    assert_eq!(*answer(&error, "good"), missing);
    assert_eq!(tally(&ssm), "1 GetParameters");
}
