//! Answers that are none, with a value in them.

use base64::prelude::{BASE64_STANDARD, Engine};
use from_secrets_tests::canary::value;
use from_secrets_tests::{Answer, Call, ScriptedAgent, Vault};
use serde_json::json;

use crate::silent;
use crate::witness::{asking, served};

/// What a server may answer, for any of the services.
fn answers() -> Vec<Answer> {
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
        Answer::raw(200, &whole[..whole.len() - 3]),
        Answer::raw(200, canary.clone()),
        Answer::raw(200, odd.to_string()),
        Answer::raw(200, undecodable.to_string()),
        Answer::raw(
            200,
            format!("{{\"Name\":\"IT\",\"SecretString\":\"{canary}\\q\"}}"),
        ),
        Answer::raw(200, whole.clone()).broken_off(),
        Answer::raw(200, whole.clone()).stalled(),
        Answer::raw(400, whole.clone()),
        Answer::raw(400, untold.to_string()),
        Answer::raw(403, canary.clone()),
        Answer::raw(500, whole.clone()),
        Answer::raw(503, canary),
        Answer::raw(302, whole),
    ]
}

#[test]
fn no_answer_of_aws_that_is_none_is_shown() {
    for (i, answer) in answers().into_iter().enumerate() {
        for source in ["aws", "ssm"] {
            let answer = answer.clone();
            let place = served(source, move |_: &Call| answer.clone());
            silent(&place, "loads", &format!("{source}, answer {i}"));
        }
    }
}

#[test]
fn no_answer_of_the_agent_that_is_none_is_shown() {
    for (i, answer) in answers().into_iter().enumerate() {
        let agent = ScriptedAgent::start(Vault::new());
        agent.when(move |_| Some(answer.clone()));
        silent(
            &asking(agent, "agent"),
            "loads",
            &format!("agent, answer {i}"),
        );
    }
}
