//! The number of requests, and the names that they contain.

use from_secrets::FromSecrets;
use from_secrets::source::{Env, FetchResult, MissingReason, ParameterStore, Source};
use from_secrets_tests::{Call, FakeAws, FakeParameterStore, FakeResponse};
use serde_json::json;

use super::{loader, named, reported, response, tally};
use from_secrets_tests::structs::{FortyFive, Ten};

#[tokio::test]
async fn ten_parameters_share_one_request() {
    let ssm = FakeAws::start(named(&Ten::names()));
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn forty_five_parameters_need_five_requests() {
    let ssm = FakeAws::start(named(&FortyFive::names()).side_by_side(5));
    let all: FortyFive = loader(&ssm).load().await.unwrap();
    all.assert_right();
    assert_eq!(tally(&ssm), "5 GetParameters");
    let calls = ssm.calls().all();
    let mut sizes: Vec<usize> = calls.iter().map(|call| call.ids.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10, 10, 10, 10]);
}

#[tokio::test]
async fn json_keys_of_parameter_share_request() {
    #[derive(FromSecrets)]
    #[secrets("prod/db")]
    struct Database {
        user: String,
        port: u16,
        #[secret(json_key = "/options/tls")]
        tls: bool,
    }
    let text = json!({ "user": "u", "port": "5432", "options": { "tls": true } }).to_string();
    let ssm = FakeAws::start(FakeParameterStore::new().text("/prod/db", text));
    let database: Database = loader(&ssm).load().await.unwrap();
    assert_eq!(database.user, "u");
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn two_ids_of_parameter_share_request() {
    #[derive(FromSecrets)]
    struct Twice {
        #[secret(name = "prod/key", env = "ONE")]
        one: String,
        #[secret(name = "/prod/key", env = "OTHER")]
        other: String,
    }
    let ssm = FakeAws::start(FakeParameterStore::new().text("/prod/key", "x"));
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
async fn invalid_parameter_name_sends_no_request() {
    let ssm = FakeAws::start(FakeParameterStore::new());
    let error = loader(&ssm).load::<Impossible>().await.unwrap_err();
    for path in ["at", "by_arn"] {
        assert_eq!(
            *response(&error, path),
            FetchResult::Missing(MissingReason::Name)
        );
    }
    reported(
        &error,
        &["`user@host`", "to a name that the source `ssm` can store"],
    );
    assert_eq!(tally(&ssm), "");
}

#[tokio::test]
async fn missing_parameter_falls_back() {
    let ssm = FakeAws::start(named(&Ten::names()[1..]));
    let environment = Env::from_vars([("TEN_A", "TEN_A")]);
    let loader = loader(&ssm).env(environment).sources([
        Source::from(ParameterStore::new()),
        Source::from(Env::new()),
    ]);
    let (ten, report) = loader.load_with_report::<Ten>().await.unwrap();
    ten.assert_right();
    let attempts = report.fields()[0].attempts();
    let missing = FetchResult::Missing(MissingReason::Parameter);
    assert_eq!(*attempts[0].result(), missing);
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn missing_parameter_error_has_hint() {
    let ssm = FakeAws::start(named(&Ten::names()[1..]));
    let error = loader(&ssm).load::<Ten>().await.err().unwrap();
    reported(
        &error,
        &["no such parameter", "create the parameter `TEN_A`"],
    );
}

#[tokio::test]
async fn omitted_parameters_are_requested_individually() {
    let parameters = named(&Ten::names()).when(|call: &Call| {
        let one = json!({ "Parameters": [{ "Name": "TEN_B", "Value": "TEN_B", "Version": 1 }] });
        (call.operation == "GetParameters").then(|| FakeResponse::json(&one))
    });
    let ssm = FakeAws::start(parameters);
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
    assert_eq!(tally(&ssm), "9 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn unrequested_parameters_are_ignored() {
    let parameters = named(&Ten::names()).when(|call: &Call| {
        let names = Ten::names().into_iter().rev().chain(["TEN".to_owned()]);
        let all: Vec<_> = names
            .map(|name| json!({ "Name": name, "Value": name, "Version": 1 }))
            .collect();
        (call.operation == "GetParameters")
            .then(|| FakeResponse::json(&json!({ "Parameters": all })))
    });
    let ssm = FakeAws::start(parameters);
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
    assert_eq!(tally(&ssm), "1 GetParameters");
}
