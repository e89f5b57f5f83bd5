//! Access denials: one denied name fails the whole call, and a policy can allow only one of the operations.

use from_secrets::FromSecrets;
use from_secrets::source::SourceErrorKind;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAws, FakeParameterStore, FakeResponse};

use super::{failure, loader, named, reported, tally};
use from_secrets_tests::structs::{FortyFive, Pocket, Ten};

#[tokio::test]
async fn one_denied_name_fails_one_field() {
    let ssm = FakeAws::start(named(&Ten::names()).denied("TEN_D"));
    let error = loader(&ssm).load::<Ten>().await.err().unwrap();
    assert_eq!(error.failed_fields().count(), 1, "{error:#}");
    let failure = failure(&error, "d", SourceErrorKind::Denied);
    assert_eq!(failure.code(), Some("AccessDeniedException"));
    assert_eq!(failure.request_id(), Some(FakeResponse::REQUEST_ID));
    reported(
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
    let ssm = FakeAws::start(named(&names).denied(&names[44]));
    let error = loader(&ssm).load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.failed_fields().count(), 1, "{error:#}");
    assert_eq!(tally(&ssm), "5 GetParameter, 5 GetParameters");
}

#[tokio::test]
async fn single_gets_after_denial_are_concurrent() {
    let alone = |call: &from_secrets_tests::Call| call.operation == "GetParameter";
    let names = Ten::names();
    let responses = named(&names).without("GetParameters", "");
    let ssm = FakeAws::start(responses.when(move |call| {
        let parameter = serde_json::json!({ "Name": call.ids[0], "Value": call.ids[0] });
        let response = FakeResponse::json(&serde_json::json!({ "Parameter": parameter }));
        alone(call).then(|| response.once_arrived(11))
    }));
    let ten: Ten = loader(&ssm).load().await.unwrap();
    ten.assert_right();
}

#[tokio::test]
async fn denied_batch_is_remembered() {
    let logs = Logs::capture();
    let ssm = FakeAws::start(named(&Ten::names()).without("GetParameters", ""));
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
async fn partly_denied_batch_is_tried_again() {
    let logs = Logs::capture();
    let ssm = FakeAws::start(named(&Ten::names()).denied("TEN_D"));
    let loader = loader(&ssm);
    for _ in 0..2 {
        assert!(loader.load::<Ten>().await.is_err());
    }
    assert_eq!(tally(&ssm), "20 GetParameter, 2 GetParameters");
    assert_eq!(logs.warnings(), [""; 0]);
}

#[tokio::test]
async fn denied_single_name_uses_get_parameter() {
    #[derive(FromSecrets)]
    struct One {
        token: String,
    }
    let parameters = FakeParameterStore::new().text("TOKEN", "x");
    let ssm = FakeAws::start(parameters.clone().without("GetParameters", ""));
    assert_eq!(loader(&ssm).load::<One>().await.unwrap().token, "x");
    let ssm = FakeAws::start(parameters.denied("TOKEN"));
    let error = loader(&ssm).load::<One>().await.err().unwrap();
    failure(&error, "token", SourceErrorKind::Denied);
    assert_eq!(tally(&ssm), "1 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn denied_kms_key_is_undecryptable() {
    let kms = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or \
               you are not allowed to access.";
    for (code, message) in [("AccessDeniedException", kms), ("InvalidKeyId", "disabled")] {
        let parameters = named(&["POCKET_KEY".to_owned()]).text("POCKET_TOKEN", "x");
        let ssm = FakeAws::start(parameters.when(move |call| {
            call.is_request_for("POCKET_TOKEN")
                .then(|| FakeResponse::error(code, message))
        }));
        let error = loader(&ssm).load::<Pocket>().await.err().unwrap();
        assert_eq!(error.failed_fields().count(), 1, "{error:#}");
        failure(&error, "token", SourceErrorKind::Undecryptable);
        reported(&error, &["`kms:Decrypt` on the parameter's KMS key"]);
        assert_eq!(tally(&ssm), "2 GetParameter, 1 GetParameters");
    }
}
