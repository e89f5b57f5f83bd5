//! Invalid responses that contain a value.

use base64::prelude::{BASE64_STANDARD, Engine};
use from_secrets_tests::canary::value;
use from_secrets_tests::{Call, FakeAgent, FakeResponse, FakeSecretsManager};
use serde_json::json;

use crate::probe::{requesting, served};
use crate::silent;

/// The possible responses of a server, for any of the services.
fn responses() -> Vec<FakeResponse> {
    let canary = value("body");
    let whole = json!({
        "Name": "IT", "SecretString": &canary, "Parameter": { "Name": "IT", "Value": &canary, "Version": &canary },
        "Parameters": [{ "Name": "IT", "Value": &canary, "Version": &canary }],
        "SecretValues": [{ "Name": "IT", "SecretString": &canary }],
    });
    let whole = whole.to_string();
    let odd = json!({ "Name": "IT", "SecretString": [&canary], "Parameter": &canary });
    let undecodable =
        json!({ "Name": "IT", "SecretBinary": BASE64_STANDARD.encode(&canary) + "!" });
    let untold = json!({ "__type": ["no", &canary], "Message": { "SecretString": &canary } });
    vec![
        FakeResponse::raw(200, &whole[..whole.len() - 3]),
        FakeResponse::raw(200, canary.clone()),
        FakeResponse::raw(200, odd.to_string()),
        FakeResponse::raw(200, undecodable.to_string()),
        FakeResponse::raw(
            200,
            format!("{{\"Name\":\"IT\",\"SecretString\":\"{canary}\\q\"}}"),
        ),
        FakeResponse::raw(200, whole.clone()).broken_off(),
        FakeResponse::raw(200, whole.clone()).stalled(),
        FakeResponse::raw(400, whole.clone()),
        FakeResponse::raw(400, untold.to_string()),
        FakeResponse::raw(403, canary.clone()),
        FakeResponse::raw(500, whole.clone()),
        FakeResponse::raw(503, canary),
        FakeResponse::raw(302, whole),
    ]
}

#[test]
fn malformed_aws_responses_are_not_shown() {
    for (i, response) in responses().into_iter().enumerate() {
        for source in ["aws", "ssm"] {
            let response = response.clone();
            let place = served(source, move |_: &Call| response.clone());
            silent(&place, "loads", &format!("{source}, response {i}"));
        }
    }
}

#[test]
fn malformed_agent_responses_are_not_shown() {
    for (i, response) in responses().into_iter().enumerate() {
        let agent = FakeAgent::start(FakeSecretsManager::new());
        agent.when(move |_| Some(response.clone()));
        silent(
            &requesting(agent, "agent"),
            "loads",
            &format!("agent, response {i}"),
        );
    }
}
