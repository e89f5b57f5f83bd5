//! Every answer that is no value: what it is called, what it costs, and that nothing hides it.

use from_secrets::{AttemptAnswer, Cause, Missing, Outcome};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, ScriptedAgent, canary};
use serde_json::json;

use super::{Pocket, failure, field, pocket, refused, told};

/// An agent that answers every request so.
fn answering(answer: Answer) -> ScriptedAgent {
    let agent = ScriptedAgent::start(pocket());
    agent.when(move |_| Some(answer.clone()));
    agent
}

#[tokio::test]
async fn every_failure_has_its_cause_its_words_and_a_request_for_each_secret() {
    let no_agent = "not the agent's";
    let json = |value: serde_json::Value| value.to_string();
    for (answer, cause, words) in [
        (
            Answer::denied("POCKET_KEY"),
            Cause::Denied,
            "missing, or not permitted",
        ),
        (Answer::throttled(), Cause::Throttled, "ThrottlingException"),
        (Answer::internal(), Cause::Internal, "InternalServiceError"),
        (
            Answer::error("com.amazonaws#DecryptionFailure", "it cannot be decrypted"),
            Cause::Undecryptable,
            "kms:Decrypt",
        ),
        (
            Answer::error("InvalidRequestException", "it was marked for deletion"),
            Cause::ScheduledForDeletion,
            "restore",
        ),
        (
            Answer::error("ExpiredTokenException", ""),
            Cause::Credentials,
            "the agent's own",
        ),
        (
            Answer::raw(429, "Connection limit exceeded"),
            Cause::Throttled,
            "max_conn",
        ),
        (
            Answer::raw(502, "Bad Gateway"),
            Cause::Unreachable,
            "cannot reach Secrets Manager",
        ),
        (
            Answer::error_with_status(504, "TimeoutError", "Timeout"),
            Cause::Unreachable,
            "cannot reach Secrets Manager",
        ),
        (
            Answer::error_with_status(502, "ConnectionError", "Read Error"),
            Cause::Unreachable,
            "VPC endpoint",
        ),
        (
            Answer::raw(500, json(json!({ "__type": "InternalFailure" }))),
            Cause::Internal,
            "the agent's own log",
        ),
        (Answer::raw(404, "Not found"), Cause::Internal, no_agent),
        (Answer::raw(405, "Not allowed"), Cause::Internal, no_agent),
        (Answer::raw(302, ""), Cause::Internal, no_agent),
        (
            Answer::raw(400, "Forwarded"),
            Cause::Internal,
            "it says: Forwarded",
        ),
        (
            Answer::raw(200, "<html>sign in</html>"),
            Cause::Internal,
            no_agent,
        ),
        (Answer::raw(200, "healthy"), Cause::Internal, no_agent),
        (Answer::json(&json!({})), Cause::Internal, no_agent),
        (Answer::json(&json!([1])), Cause::Internal, no_agent),
        (
            Answer::raw(200, "x".repeat(2 * 1024 * 1024)),
            Cause::Internal,
            "too large",
        ),
        (
            Answer::json(&json!({ "Name": "n" })).broken_off(),
            Cause::Unreachable,
            "",
        ),
        (Answer::close(), Cause::Unreachable, "closed the connection"),
    ] {
        let agent = answering(answer);
        let error = refused(&agent).await;
        for path in ["key", "token"] {
            failure(&error, path, cause);
        }
        told(&error, &[words, &agent.endpoint()]);
        assert_eq!(agent.asked().len(), 2, "{words}");
    }
}

#[tokio::test]
async fn the_code_tells_a_missing_secret_and_not_the_status() {
    for status in [400, 404, 500] {
        let message = "Secrets Manager can't find the specified secret.";
        let agent = answering(Answer::error_with_status(
            status,
            "ResourceNotFoundException",
            message,
        ));
        let error = agent.loader().load::<Pocket>().await.unwrap_err();
        let field = field(&error, "key");
        assert_eq!(*field.outcome(), Outcome::Missing);
        let expected = AttemptAnswer::Missing(Missing::Secret);
        assert_eq!(*field.attempts()[0].answer(), expected);
    }
}

#[tokio::test]
async fn a_secret_without_a_value_lacks_the_version() {
    for vault in [
        pocket().entry("POCKET_TOKEN", Entry::without_value()),
        pocket().when(|call| {
            let empty = json!({ "Name": "POCKET_TOKEN", "VersionId": "v" });
            call.asks_for("POCKET_TOKEN").then(|| Answer::json(&empty))
        }),
    ] {
        let agent = ScriptedAgent::start(vault);
        let error = agent.loader().load::<Pocket>().await.unwrap_err();
        let expected = AttemptAnswer::Missing(Missing::Version);
        assert_eq!(*field(&error, "token").attempts()[0].answer(), expected);
    }
}

#[tokio::test]
async fn one_secret_s_failure_costs_the_others_nothing() {
    let agent = ScriptedAgent::start(pocket().denied("POCKET_TOKEN"));
    let error = refused(&agent).await;
    failure(&error, "token", Cause::Denied);
    assert_eq!(error.fields().count(), 1);
}

#[tokio::test]
async fn what_the_extension_does_not_tell_is_a_failure_that_says_so() {
    let silent = Answer::raw(
        400,
        "an unexpected error occurred while executing request\n",
    );
    let error = refused(&answering(silent)).await;
    failure(&error, "key", Cause::Internal);
    told(
        &error,
        &[
            "missing, not permitted, or not reachable",
            "the function's log",
        ],
    );
}

#[tokio::test]
async fn a_broken_answer_with_a_value_in_it_shows_no_value() {
    let value = canary::value("x");
    let whole = json!({ "Name": "n", "VersionId": "v", "SecretString": value }).to_string();
    let wrong_type = json!({ "Name": "n", "SecretString": [value] }).to_string();
    let wrong_binary = json!({ "Name": "n", "SecretBinary": value }).to_string();
    for body in [
        whole[..whole.len() - 1].to_owned(),
        wrong_type,
        wrong_binary,
        value,
    ] {
        let logs = Logs::capture();
        // It looks for canaries in all that the error says.
        let error = refused(&answering(Answer::raw(200, body))).await;
        failure(&error, "key", Cause::Internal);
        canary::assert_absent(&logs.text());
    }
}
