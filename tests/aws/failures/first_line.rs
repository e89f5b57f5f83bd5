//! The first line of an error, which has the kind, the secret, and AWS's message.

use from_secrets::FromSecrets;
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};

use from_secrets_tests::expect;

#[derive(Debug, FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct One {
    #[secret("prod/token")]
    token: String,
}

/// Code and message of AWS, the name of the kind, and the beginning of the hint.
const RESPONSES: [[&str; 4]; 8] = [
    [
        "AccessDeniedException",
        "User: x is not authorized",
        "denied",
        "allow `secretsmanager:GetSecretValue`",
    ],
    [
        "AccessDeniedException",
        "Access to KMS is not allowed",
        "undecryptable",
        "allow `kms:Decrypt`",
    ],
    [
        "DecryptionFailure",
        "can't decrypt",
        "undecryptable",
        "allow `kms:Decrypt`",
    ],
    [
        "ExpiredTokenException",
        "The security token is expired",
        "credentials",
        "renew or correct the AWS credentials",
    ],
    [
        "ThrottlingException",
        "Rate exceeded",
        "throttled",
        "spread",
    ],
    [
        "InternalServiceError",
        "An error occurred on the server side",
        "internal",
        "retry",
    ],
    [
        "InvalidRequestException",
        "it was marked for deletion",
        "scheduled for deletion",
        "restore the secret",
    ],
    [
        "InvalidParameterException",
        "Invalid name",
        "internal",
        "check the secret's name",
    ],
];

#[tokio::test]
async fn single_failure_line_has_all_facts() {
    for [code, message, cause, fix] in RESPONSES {
        let status = if code == "InternalServiceError" {
            500
        } else {
            400
        };
        let response = FakeResponse::error_with_status(status, code, message);
        let aws = FakeAws::start(FakeSecretsManager::new().when(move |_| Some(response.clone())));
        let error = aws.loader().load::<One>().await.unwrap_err();
        let line = error.to_string();
        for part in [
            "`One`",
            "field `token`",
            "secret `prod/token`",
            cause,
            message,
            code,
            FakeResponse::REQUEST_ID,
        ] {
            assert!(line.contains(part), "`{part}` is not in: {line}");
        }
        expect::details(&error, &["help: ", fix]);
    }
}

#[tokio::test]
async fn first_line_groups_several_failures() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Two {
        one: String,
        #[secret(flatten)]
        inner: One,
    }
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .denied("ONE")
            .entry("prod/token", Entry::without_value()),
    );
    let error = aws.loader().load::<Two>().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot load `Two`: 2 fields failed: `one` (denied); `inner.token` (missing)"
    );
}
