//! A path as an object, with a parameter for each key.

use from_secrets::FromSecrets;
use from_secrets::report::FieldOutcome;
use from_secrets::source::{Env, FetchResult, MissingReason, ParameterStore, SourceErrorKind};
use from_secrets_tests::{Call, FakeAws, FakeParameterStore, FakeResponse};
use serde_json::json;

use super::{failure, loader, reported, response, tally};

#[derive(FromSecrets)]
#[secrets(name = "prod/db", debug)]
struct Database {
    user: String,
    port: u16,
    #[secret(json_key = "/options/tls")]
    tls: bool,
    hosts: Option<String>,
}

fn database() -> FakeParameterStore {
    FakeParameterStore::new()
        .text("/prod/db/user", "u \"x\"\n")
        .text("/prod/db/port", "5432")
        .text("/prod/db/options/tls", "true")
        .text("/prod/db/hosts", "a,b")
        .text("/prod/db2/user", "another")
}

async fn refused(parameters: FakeParameterStore) -> (from_secrets::Error, String) {
    let ssm = FakeAws::start(parameters);
    let error = loader(&ssm).load::<Database>().await.unwrap_err();
    (error, tally(&ssm))
}

#[tokio::test]
async fn parameters_below_path_become_keys() {
    let ssm = FakeAws::start(database());
    let (database, report) = loader(&ssm).load_with_report::<Database>().await.unwrap();
    assert_eq!(database.user, "u \"x\"\n");
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(database.hosts.as_deref(), Some("a,b"));
    assert_eq!(tally(&ssm), "1 GetParameters, 1 GetParametersByPath");
    let FieldOutcome::Found(provenance) = report.fields()[0].outcome() else {
        panic!("{report}");
    };
    assert_eq!(provenance.version_id(), None);
    assert!(provenance.created_at().is_some());
}

#[tokio::test]
async fn missing_path_key_suggests_similar_key() {
    let (error, _) = refused(FakeParameterStore::new().text("/prod/db/usr", "u")).await;
    let missing = |similar: Option<&str>| {
        FetchResult::Missing(MissingReason::JsonKey {
            similar: similar.map(str::to_owned),
        })
    };
    assert_eq!(*response(&error, "user"), missing(Some("usr")));
    assert_eq!(*response(&error, "port"), missing(None));
}

#[tokio::test]
async fn parameter_of_path_name_has_precedence() {
    let text = json!({ "user": "own", "port": 1, "options": { "tls": false } }).to_string();
    let ssm = FakeAws::start(database().text("/prod/db", text));
    let database: Database = loader(&ssm).load().await.unwrap();
    assert_eq!(database.user, "own");
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn pages_are_read_to_their_end() {
    let many = |parameters, i| FakeParameterStore::text(parameters, &format!("/prod/db/a{i}"), "x");
    let ssm = FakeAws::start((0..25).fold(database(), many));
    let database: Database = loader(&ssm).load().await.unwrap();
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(tally(&ssm), "1 GetParameters, 3 GetParametersByPath");
}

#[tokio::test]
async fn empty_page_is_not_last() {
    let ssm = FakeAws::start(database().when(|call: &Call| {
        let empty = FakeResponse::json(&json!({ "Parameters": [], "NextToken": "0" }));
        (call.operation == "GetParametersByPath" && call.next_token.is_none()).then_some(empty)
    }));
    assert_eq!(loader(&ssm).load::<Database>().await.unwrap().port, 5432);
    assert_eq!(tally(&ssm), "1 GetParameters, 2 GetParametersByPath");
}

#[tokio::test]
async fn incomplete_path_read_fails() {
    let many = |parameters, i| FakeParameterStore::text(parameters, &format!("/prod/db/z{i}"), "x");
    let parameters = (0..25).fold(database(), many);
    let (error, _) = refused(parameters.when(|call: &Call| {
        call.next_token
            .is_some()
            .then(|| FakeResponse::error("InvalidNextToken", ""))
    }))
    .await;
    failure(&error, "user", SourceErrorKind::Internal);
}

#[tokio::test]
async fn endless_pages_fail_after_hundred() {
    let ssm = FakeAws::start(FakeParameterStore::new().when(|call: &Call| {
        let more = FakeResponse::json(&json!({ "Parameters": [], "NextToken": "0" }));
        (call.operation == "GetParametersByPath").then_some(more)
    }));
    let error = loader(&ssm).load::<Database>().await.unwrap_err();
    failure(&error, "user", SourceErrorKind::Internal);
    reported(&error, &["more than 100 pages", "`/prod/db`"]);
    assert_eq!(tally(&ssm), "1 GetParameters, 100 GetParametersByPath");
}

#[tokio::test]
async fn denied_path_names_missing_permission() {
    let (error, tally) = refused(database().without("GetParametersByPath", "/prod/db")).await;
    let failure = failure(&error, "user", SourceErrorKind::Denied);
    assert_eq!(failure.code(), Some("AccessDeniedException"));
    assert_eq!(failure.request_id(), Some(FakeResponse::REQUEST_ID));
    reported(
        &error,
        &[
            "cannot be listed",
            "allow `ssm:GetParametersByPath` on `parameter/prod/db`",
        ],
    );
    assert_eq!(tally, "1 GetParameters, 1 GetParametersByPath");
}

#[tokio::test]
async fn denied_name_sends_no_path_request() {
    let (error, tally) = refused(database().denied("/prod/db")).await;
    failure(&error, "user", SourceErrorKind::Denied);
    assert_eq!(tally, "1 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn parameter_with_children_is_malformed() {
    let (error, _) = refused(database().text("/prod/db/options", "x")).await;
    failure(&error, "user", SourceErrorKind::Malformed);
    reported(&error, &["`/prod/db/options` cannot be a JSON value"]);
}

#[tokio::test]
async fn empty_path_falls_back() {
    let ssm = FakeAws::start(FakeParameterStore::new());
    let variables = [
        ("PROD_DB_USER", "env"),
        ("PROD_DB_PORT", "1"),
        ("PROD_DB_OPTIONS_TLS", "true"),
    ];
    let loader = loader(&ssm)
        .env(Env::from_vars(variables))
        .source(ParameterStore::new())
        .source(Env::new());
    let (database, report) = loader.load_with_report::<Database>().await.unwrap();
    assert_eq!(database.user, "env");
    let missing = FetchResult::Missing(MissingReason::Parameter);
    assert_eq!(*report.fields()[0].attempts()[0].result(), missing);
}

#[tokio::test]
async fn paths_are_requested_concurrently() {
    #[derive(FromSecrets)]
    struct Two {
        #[secret(name = "one", json_key = "x")]
        one: String,
        #[secret(name = "/two", json_key = "x")]
        two: String,
    }
    let parameters = FakeParameterStore::new()
        .text("/one/x", "1")
        .text("/two/x", "2");
    let page = |name: &str, value: &str| {
        FakeResponse::json(
            &json!({ "Parameters": [{ "Name": name, "Value": value, "Version": 1 }] }),
        )
    };
    let ssm = FakeAws::start(parameters.when(move |call: &Call| {
        let response = match (&*call.operation, &*call.ids[0]) {
            ("GetParametersByPath", "/one") => page("/one/x", "1"),
            ("GetParametersByPath", "/two") => page("/two/x", "2"),
            _ => return None,
        };
        Some(response.once_arrived(3))
    }));
    let two: Two = loader(&ssm).load().await.unwrap();
    assert_eq!((&*two.one, &*two.two), ("1", "2"));
    assert_eq!(tally(&ssm), "1 GetParameters, 2 GetParametersByPath");
}

#[tokio::test]
async fn whole_pinned_reserved_ids_skip_paths() {
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
    let ssm = FakeAws::start(database());
    let error = loader(&ssm).load::<Others>().await.unwrap_err();
    let missing = |path: &str| response(&error, path).clone();
    assert_eq!(
        missing("whole"),
        FetchResult::Missing(MissingReason::Parameter)
    );
    assert_eq!(
        missing("pinned"),
        FetchResult::Missing(MissingReason::Version)
    );
    assert_eq!(
        missing("reference"),
        FetchResult::Missing(MissingReason::Parameter)
    );
    assert_eq!(tally(&ssm), "1 GetParameters");
}

#[tokio::test]
async fn whole_field_never_receives_path_object() {
    #[derive(FromSecrets)]
    struct Both {
        #[secret("/prod/db")]
        whole: Option<String>,
        #[secret(name = "prod/db", json_key = "user", env = "USER_NAME")]
        user: String,
    }
    let ssm = FakeAws::start(database());
    let both: Both = loader(&ssm).load().await.unwrap();
    assert_eq!((both.whole, &*both.user), (None, "u \"x\"\n"));
    assert_eq!(tally(&ssm), "1 GetParameters, 1 GetParametersByPath");
}
