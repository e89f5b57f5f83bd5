//! boto3 and the AWS CLI run the same scenarios at the fake servers and at two emulators. The responses of the fake
//! servers match the model of the API, and each difference between servers or clients is listed with its reason.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use from_secrets_tests::emulator::put_names;
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::tool::run_python;
use from_secrets_tests::{
    Call, Emulator, FakeAws, FakeParameterStore, FakeResponse, FakeSecretsManager, Kind,
};
use serde::Deserialize;
use serde_json::json;

use super::differences::{Difference, assert_listed};

/// The clients, whose secrets have names that begin with the client's.
const CLIENTS: [&str; 2] = ["boto3", "cli"];
/// The scenarios that every server can run.
const SHARED: [&str; 11] = [
    "get",
    "binary",
    "no-value",
    "deleted",
    "denied",
    "batch",
    "create",
    "put",
    "stages",
    "versions",
    "parameters",
];
/// The scenarios that no emulator has.
const FAKE_ONLY: [&str; 2] = ["throttled", "replica"];

/// The outcome of each step by client.
type Steps = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
struct Ran {
    steps: Steps,
    violations: Vec<String>,
}

fn run(secrets: &str, parameters: &str, keys: [&str; 2], scenarios: &[&str]) -> Ran {
    let endpoints = json!({ "secretsmanager": secrets, "ssm": parameters });
    let given = json!({ "endpoints": endpoints, "keys": keys, "scenarios": scenarios });
    let verdict = run_python("clients", "clients.py", &given.to_string());
    assert!(verdict.success, "{}", verdict.output);
    serde_json::from_str(&verdict.output).unwrap_or_else(|_| panic!("{}", verdict.output))
}

fn at_fake_servers() -> Ran {
    let mut secrets = FakeSecretsManager::new().when(throttle());
    for client in CLIENTS {
        secrets = secrets
            .denied(&format!("{client}/denied"))
            .text(&format!("{client}/throttled-once"), "x")
            .entry(&format!("{client}/replica"), Entry::text("x").replica());
    }
    let parameters = FakeParameterStore::new()
        .text("/clients/one", "1")
        .text("/clients/two", "2");
    let (secrets, parameters) = (FakeAws::start(secrets), FakeAws::start(parameters));
    let scenarios = [&SHARED[..], &FAKE_ONLY].concat();
    run(
        &secrets.endpoint(),
        &parameters.endpoint(),
        ["test", "test"],
        &scenarios,
    )
}

/// Throttles a secret always, and another one in the first request of each client.
fn throttle() -> impl Fn(&Call) -> Option<FakeResponse> {
    let once = Mutex::new(HashSet::new());
    move |call| {
        let id = call.ids.first()?;
        let is_first = || once.lock().unwrap().insert(id.clone());
        let is_throttled =
            id.ends_with("/throttled") || id.ends_with("/throttled-once") && is_first();
        is_throttled.then(FakeResponse::throttled)
    }
}

async fn at_emulator(kind: Kind) -> Ran {
    let emulator = Emulator::start(kind);
    let names: Vec<String> = CLIENTS
        .iter()
        .map(|client| format!("{client}/denied"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    put_names(&emulator, &names).await;
    for (name, value) in [("/clients/one", "1"), ("/clients/two", "2")] {
        let put = emulator.parameters().put_parameter().name(name);
        let secure = aws_sdk_ssm::types::ParameterType::SecureString;
        put.value(value).r#type(secure).send().await.unwrap();
    }
    let keys = (kind == Kind::MinistackWithIam).then(|| {
        let policy = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*:secret:*/denied-??????" },
        ] });
        emulator.user("clients", &policy)
    });
    let keys = keys.as_ref().map_or(["test", "test"], |keys| {
        [keys.access_key_id(), keys.secret_access_key()]
    });
    run(emulator.endpoint(), emulator.endpoint(), keys, &SHARED)
}

#[tokio::test]
async fn clients_and_servers_agree() {
    let fake = at_fake_servers();
    assert!(
        fake.violations.is_empty(),
        "the model differs:\n{}",
        fake.violations.join("\n")
    );
    let moto = at_emulator(Kind::Moto).await;
    let ministack = at_emulator(Kind::MinistackWithIam).await;
    let mut found = Vec::new();
    for (server, ran) in [
        ("the fake server", &fake),
        ("moto", &moto),
        ("MiniStack", &ministack),
    ] {
        for (step, outcomes) in &ran.steps {
            let (boto3, cli) = (&outcomes["boto3"], &outcomes["cli"]);
            let here = &fake.steps[step]["boto3"];
            if boto3 != here {
                found.push(Difference::new(server, step, here, boto3));
            }
            // What the CLI itself rejects is listed once.
            if cli != boto3 && (cli != "rejected by the client" || server == "the fake server") {
                found.push(Difference::new(
                    &format!("the AWS CLI with {server}"),
                    step,
                    boto3,
                    cli,
                ));
            }
        }
    }
    assert_listed(found);
}
