//! The fewest requests there can be, and which names they hold.

use from_secrets::{AttemptAnswer, Environment, FromSecrets, Missing, Source};
use from_secrets_tests::{Answer, Call, Parameters, Scripted};
use serde_json::json;

use super::structs::{FortyFive, Ten};
use super::{answer, loader, named, tally, told};

#[tokio::test]
async fn ten_parameters_take_one_request() {
    let ssm = Scripted::start(named(&Ten::names()));
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn forty_five_parameters_take_five_requests_side_by_side() {
    let ssm = Scripted::start(named(&FortyFive::names()).side_by_side(5));
    let all: FortyFive = loader(&ssm).load().await.unwrap();
    all.assert_right();
    assert_eq!(tally(&ssm), "5 GetParameters");
    let calls = ssm.calls().all();
    let mut sizes: Vec<usize> = calls.iter().map(|call| call.ids.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10, 10, 10, 10]);
}

#[tokio::test]
async fn ten_keys_of_one_parameter_take_one_request() {
    #[derive(FromSecrets)]
    #[secrets("prod/db")]
    struct Database {
        user: String,
        port: u16,
        #[secret(json_key = "/options/tls")]
        tls: bool,
    }
    let text = json!({ "user": "u", "port": "5432", "options": { "tls": true } }).to_string();
    let ssm = Scripted::start(Parameters::new().text("/prod/db", text));
    let database: Database = loader(&ssm).load().await.unwrap();
    assert_eq!(database.user, "u");
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn two_ids_of_one_parameter_ask_for_it_once() {
    #[derive(FromSecrets)]
    struct Twice {
        #[secret(name = "prod/key", env = "ONE")]
        one: String,
        #[secret(name = "/prod/key", env = "OTHER")]
        other: String,
    }
    let ssm = Scripted::start(Parameters::new().text("/prod/key", "x"));
    let twice: Twice = loader(&ssm).load().await.unwrap();
    assert_eq!((&*twice.one, &*twice.other), ("x", "x"));
    let calls = ssm.calls().all();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].ids, ["/prod/key"]);
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "never loaded")]
struct Impossible {
    #[secret(name = "user@host", env = "AT")]
    at: String,
    #[secret(
        name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
        env = "BY_ARN"
    )]
    by_arn: String,
}

#[tokio::test]
async fn what_no_parameter_can_be_called_is_missing_without_a_request() {
    let ssm = Scripted::start(Parameters::new());
    let error = loader(&ssm).load::<Impossible>().await.unwrap_err();
    for path in ["at", "by_arn"] {
        assert_eq!(*answer(&error, path), AttemptAnswer::Missing(Missing::Name));
    }
    told(&error, &["`user@host`", "that the source `ssm` can hold"]);
    assert_eq!(tally(&ssm), "");
}

#[tokio::test]
async fn the_next_source_is_asked_for_what_is_missing() {
    let ssm = Scripted::start(named(&Ten::names()[1..]));
    let environment = Environment::from_vars([("TEN_A", "TEN_A")]);
    let loader = loader(&ssm)
        .environment(environment)
        .sources([Source::parameter_store(), Source::environment()]);
    let (ten, report) = loader.load_with_report::<Ten>().await.unwrap();
    ten.assert_right();
    let attempts = report.fields()[0].attempts();
    let missing = AttemptAnswer::Missing(Missing::Parameter);
    assert_eq!(*attempts[0].answer(), missing);
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn a_parameter_that_is_missing_is_named_with_what_to_do() {
    let ssm = Scripted::start(named(&Ten::names()[1..]));
    let error = loader(&ssm).load::<Ten>().await.err().unwrap();
    told(
        &error,
        &["no such parameter", "create the parameter `TEN_A`"],
    );
}

#[tokio::test]
async fn what_an_answer_leaves_out_is_asked_for_alone() {
    let parameters = named(&Ten::names()).when(|call: &Call| {
        let one = json!({ "Parameters": [{ "Name": "TEN_B", "Value": "TEN_B", "Version": 1 }] });
        (call.operation == "GetParameters").then(|| Answer::json(&one))
    });
    let ssm = Scripted::start(parameters);
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
    assert_eq!(tally(&ssm), "9 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn what_nobody_asked_for_is_ignored() {
    let parameters = named(&Ten::names()).when(|call: &Call| {
        let names = Ten::names().into_iter().rev().chain(["TEN".to_owned()]);
        let all: Vec<_> = names
            .map(|name| json!({ "Name": name, "Value": name, "Version": 1 }))
            .collect();
        (call.operation == "GetParameters").then(|| Answer::json(&json!({ "Parameters": all })))
    });
    let ssm = Scripted::start(parameters);
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
    assert_eq!(tally(&ssm), "1 GetParameters");
}
