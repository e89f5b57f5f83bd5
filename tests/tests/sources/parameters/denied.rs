//! Access denied: one name denies the whole call, and a policy may grant one operation without the other.

use from_secrets::{Cause, FromSecrets};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{Answer, Parameters, Scripted};

use super::structs::{FortyFive, Pocket, Ten};
use super::{failure, loader, named, tally, told};

#[tokio::test]
async fn one_denied_name_costs_only_its_own_field() {
    let ssm = Scripted::start(named(&Ten::names()).denied("TEN_D"));
    let error = loader(&ssm).load::<Ten>().await.err().unwrap();
    assert_eq!(error.fields().count(), 1, "{error:#}");
    let failure = failure(&error, "d", Cause::Denied);
    assert_eq!(failure.code(), Some("AccessDeniedException"));
    assert_eq!(failure.request_id(), Some(Answer::REQUEST_ID));
    told(
        &error,
        &[
            "missing, or not permitted",
            "allow `ssm:GetParameter` and `ssm:GetParameters`",
        ],
    );
    assert_eq!(tally(&ssm), "10 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn only_the_denied_call_falls_apart() {
    let names = FortyFive::names();
    let ssm = Scripted::start(named(&names).denied(&names[44]));
    let error = loader(&ssm).load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.fields().count(), 1, "{error:#}");
    assert_eq!(tally(&ssm), "5 GetParameter, 5 GetParameters");
}

#[tokio::test]
async fn names_that_are_asked_for_alone_are_asked_for_side_by_side() {
    let alone = |call: &from_secrets_tests::Call| call.operation == "GetParameter";
    let names = Ten::names();
    let answers = named(&names).without("GetParameters", "");
    let ssm = Scripted::start(answers.when(move |call| {
        let parameter = serde_json::json!({ "Name": call.ids[0], "Value": call.ids[0] });
        let answer = Answer::json(&serde_json::json!({ "Parameter": parameter }));
        alone(call).then(|| answer.once_arrived(11))
    }));
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
}

#[tokio::test]
async fn a_policy_with_get_parameter_alone_is_enough_and_is_remembered() {
    let logs = Logs::capture();
    let ssm = Scripted::start(named(&Ten::names()).without("GetParameters", ""));
    let loader = loader(&ssm);
    loader.load::<Ten>().await.unwrap().assert_right();
    assert_eq!(tally(&ssm), "10 GetParameter, 1 GetParameters");
    ssm.calls().clear();
    loader.load::<Ten>().await.unwrap().assert_right();
    assert_eq!(tally(&ssm), "10 GetParameter");
    let warnings = logs.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("ssm:GetParameters"), "{warnings:?}");
}

#[tokio::test]
async fn a_call_that_one_name_denies_is_tried_again_by_the_next_load() {
    let logs = Logs::capture();
    let ssm = Scripted::start(named(&Ten::names()).denied("TEN_D"));
    let loader = loader(&ssm);
    for _ in 0..2 {
        assert!(loader.load::<Ten>().await.is_err());
    }
    assert_eq!(tally(&ssm), "20 GetParameter, 2 GetParameters");
    assert_eq!(logs.warnings(), [""; 0]);
}

#[tokio::test]
async fn a_single_name_may_be_allowed_to_be_asked_for_alone() {
    #[derive(FromSecrets)]
    struct One {
        token: String,
    }
    let parameters = Parameters::new().text("TOKEN", "x");
    let ssm = Scripted::start(parameters.clone().without("GetParameters", ""));
    assert_eq!(loader(&ssm).load::<One>().await.unwrap().token, "x");
    let ssm = Scripted::start(parameters.denied("TOKEN"));
    let error = loader(&ssm).load::<One>().await.err().unwrap();
    failure(&error, "token", Cause::Denied);
    assert_eq!(tally(&ssm), "1 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn a_key_that_must_not_be_used_is_told_from_a_parameter_that_must_not_be_read() {
    let kms = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or \
               you are not allowed to access.";
    for (code, message) in [("AccessDeniedException", kms), ("InvalidKeyId", "disabled")] {
        let parameters = named(&["POCKET_KEY".to_owned()]).text("POCKET_TOKEN", "x");
        let ssm = Scripted::start(parameters.when(move |call| {
            call.asks_for("POCKET_TOKEN")
                .then(|| Answer::error(code, message))
        }));
        let error = loader(&ssm).load::<Pocket>().await.err().unwrap();
        assert_eq!(error.fields().count(), 1, "{error:#}");
        failure(&error, "token", Cause::Undecryptable);
        told(&error, &["`kms:Decrypt` on the parameter's KMS key"]);
        assert_eq!(tally(&ssm), "2 GetParameter, 1 GetParameters");
    }
}
