//! A path as an object: each key a parameter of its own.

use from_secrets::{AttemptAnswer, Cause, Environment, FromSecrets, Missing, Outcome, Source};
use from_secrets_tests::{Answer, Call, Parameters, Scripted};
use serde_json::json;

use super::{answer, failure, loader, tally, told};

#[derive(FromSecrets)]
#[secrets(name = "prod/db", debug)]
struct Database {
    user: String,
    port: u16,
    #[secret(json_key = "/options/tls")]
    tls: bool,
    hosts: Option<String>,
}

fn database() -> Parameters {
    Parameters::new()
        .text("/prod/db/user", "u \"x\"\n")
        .text("/prod/db/port", "5432")
        .text("/prod/db/options/tls", "true")
        .text("/prod/db/hosts", "a,b")
        .text("/prod/db2/user", "another")
}

async fn refused(parameters: Parameters) -> (from_secrets::Error, String) {
    let ssm = Scripted::start(parameters);
    let error = loader(&ssm).load::<Database>().await.unwrap_err();
    (error, tally(&ssm))
}

#[tokio::test]
async fn the_parameters_below_a_name_are_the_keys_of_its_object() {
    let ssm = Scripted::start(database());
    let (database, report) = loader(&ssm).load_with_report::<Database>().await.unwrap();
    assert_eq!(database.user, "u \"x\"\n");
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(database.hosts.as_deref(), Some("a,b"));
    assert_eq!(tally(&ssm), "1 GetParameters, 1 GetParametersByPath");
    let Outcome::Answered {
        version_id,
        created_at,
        ..
    } = report.fields()[0].outcome()
    else {
        panic!("{report}");
    };
    assert!(version_id.is_none() && created_at.is_some(), "{report}");
}

#[tokio::test]
async fn a_key_that_is_not_below_the_path_is_missing_like_any_other() {
    let (error, _) = refused(Parameters::new().text("/prod/db/usr", "u")).await;
    let missing = |similar: Option<&str>| {
        AttemptAnswer::Missing(Missing::JsonKey {
            similar: similar.map(str::to_owned),
        })
    };
    assert_eq!(*answer(&error, "user"), missing(Some("usr")));
    assert_eq!(*answer(&error, "port"), missing(None));
}

#[tokio::test]
async fn a_parameter_of_that_name_is_taken_and_nothing_is_asked_by_path() {
    let text = json!({ "user": "own", "port": 1, "options": { "tls": false } }).to_string();
    let ssm = Scripted::start(database().text("/prod/db", text));
    let database: Database = loader(&ssm).load().await.unwrap();
    assert_eq!(database.user, "own");
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn pages_are_read_to_their_end() {
    let many = |parameters, i| Parameters::text(parameters, &format!("/prod/db/a{i}"), "x");
    let ssm = Scripted::start((0..25).fold(database(), many));
    let database: Database = loader(&ssm).load().await.unwrap();
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(tally(&ssm), "1 GetParameters, 3 GetParametersByPath");
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let ssm = Scripted::start(database().when(|call: &Call| {
        let empty = Answer::json(&json!({ "Parameters": [], "NextToken": "0" }));
        (call.operation == "GetParametersByPath" && call.next_token.is_none()).then_some(empty)
    }));
    assert_eq!(loader(&ssm).load::<Database>().await.unwrap().port, 5432);
    assert_eq!(tally(&ssm), "1 GetParameters, 2 GetParametersByPath");
}

#[tokio::test]
async fn half_an_object_is_none() {
    let many = |parameters, i| Parameters::text(parameters, &format!("/prod/db/z{i}"), "x");
    let parameters = (0..25).fold(database(), many);
    let (error, _) = refused(parameters.when(|call: &Call| {
        call.next_token
            .is_some()
            .then(|| Answer::error("InvalidNextToken", ""))
    }))
    .await;
    failure(&error, "user", Cause::Internal);
}

#[tokio::test]
async fn pages_that_never_end_are_given_up() {
    let ssm = Scripted::start(Parameters::new().when(|call: &Call| {
        let more = Answer::json(&json!({ "Parameters": [], "NextToken": "0" }));
        (call.operation == "GetParametersByPath").then_some(more)
    }));
    let error = loader(&ssm).load::<Database>().await.unwrap_err();
    failure(&error, "user", Cause::Internal);
    told(&error, &["more than 100 pages", "`/prod/db`"]);
    assert_eq!(tally(&ssm), "1 GetParameters, 100 GetParametersByPath");
}

#[tokio::test]
async fn a_denial_by_path_says_so_and_names_the_right() {
    let (error, tally) = refused(database().without("GetParametersByPath", "/prod/db")).await;
    let failure = failure(&error, "user", Cause::Denied);
    assert_eq!(failure.code(), Some("AccessDeniedException"));
    assert_eq!(failure.request_id(), Some(Answer::REQUEST_ID));
    told(
        &error,
        &[
            "cannot be read by path",
            "allow `ssm:GetParametersByPath` on `parameter/prod/db`",
        ],
    );
    assert_eq!(tally, "1 GetParameters, 1 GetParametersByPath");
}

#[tokio::test]
async fn a_name_that_is_denied_is_not_looked_for_by_path() {
    let (error, tally) = refused(database().denied("/prod/db")).await;
    failure(&error, "user", Cause::Denied);
    assert_eq!(tally, "1 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn a_parameter_with_others_below_it_is_no_value() {
    let (error, _) = refused(database().text("/prod/db/options", "x")).await;
    failure(&error, "user", Cause::Malformed);
    told(
        &error,
        &["`/prod/db/options` is a parameter and has others below it"],
    );
}

#[tokio::test]
async fn where_nothing_lies_below_the_next_source_is_asked() {
    let ssm = Scripted::start(Parameters::new());
    let variables = [
        ("PROD_DB_USER", "env"),
        ("PROD_DB_PORT", "1"),
        ("PROD_DB_OPTIONS_TLS", "true"),
    ];
    let loader = loader(&ssm)
        .environment(Environment::from_vars(variables))
        .sources([Source::parameter_store(), Source::environment()]);
    let (database, report) = loader.load_with_report::<Database>().await.unwrap();
    assert_eq!(database.user, "env");
    let missing = AttemptAnswer::Missing(Missing::Parameter);
    assert_eq!(*report.fields()[0].attempts()[0].answer(), missing);
}

#[tokio::test]
async fn two_paths_are_asked_side_by_side() {
    #[derive(FromSecrets)]
    struct Two {
        #[secret(name = "one", json_key = "x")]
        one: String,
        #[secret(name = "/two", json_key = "x")]
        two: String,
    }
    let parameters = Parameters::new().text("/one/x", "1").text("/two/x", "2");
    let page = |name: &str, value: &str| {
        Answer::json(&json!({ "Parameters": [{ "Name": name, "Value": value, "Version": 1 }] }))
    };
    let ssm = Scripted::start(parameters.when(move |call: &Call| {
        let answer = match (&*call.operation, &*call.ids[0]) {
            ("GetParametersByPath", "/one") => page("/one/x", "1"),
            ("GetParametersByPath", "/two") => page("/two/x", "2"),
            _ => return None,
        };
        Some(answer.once_arrived(3))
    }));
    let two: Two = loader(&ssm).load().await.unwrap();
    assert_eq!((&*two.one, &*two.two), ("1", "2"));
    assert_eq!(tally(&ssm), "1 GetParameters, 2 GetParametersByPath");
}

#[tokio::test]
async fn what_is_taken_whole_pinned_or_reserved_is_never_looked_for_by_path() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[expect(dead_code, reason = "never loaded")]
    struct Others {
        #[secret("prod/db")]
        whole: String,
        #[secret(name = "prod/db", json_key = "user", version_id = "1", env = "PINNED")]
        pinned: String,
        #[secret(name = "aws/reference/secretsmanager/db", json_key = "user")]
        reference: String,
    }
    let ssm = Scripted::start(database());
    let error = loader(&ssm).load::<Others>().await.unwrap_err();
    let missing = |path: &str| answer(&error, path).clone();
    assert_eq!(missing("whole"), AttemptAnswer::Missing(Missing::Parameter));
    assert_eq!(missing("pinned"), AttemptAnswer::Missing(Missing::Version));
    assert_eq!(
        missing("reference"),
        AttemptAnswer::Missing(Missing::Parameter)
    );
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn what_is_taken_whole_does_not_get_the_object_of_its_neighbour() {
    #[derive(FromSecrets)]
    struct Both {
        #[secret("/prod/db")]
        whole: Option<String>,
        #[secret(name = "prod/db", json_key = "user", env = "USER_NAME")]
        user: String,
    }
    let ssm = Scripted::start(database());
    let both: Both = loader(&ssm).load().await.unwrap();
    assert_eq!((both.whole, &*both.user), (None, "u \"x\"\n"));
    assert_eq!(tally(&ssm), "1 GetParameters, 1 GetParametersByPath");
}
