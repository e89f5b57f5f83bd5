//! Error codes and messages.

use super::*;
#[cfg(any(feature = "agent", feature = "ssm"))]
use crate::source::aws_api::service::PARAMETER_STORE;
use crate::source::aws_api::service::SECRETS_MANAGER;

fn read(code: &str, message: &str) -> FetchResult {
    let error = ServiceError {
        code,
        message: Some(message),
        request_id: None,
        status: 400,
    };
    SECRETS_MANAGER.read(&error).result
}

#[cfg(any(feature = "agent", feature = "ssm"))]
#[test]
fn kms_denial_from_ssm_is_undecryptable() {
    let message = "The ciphertext refers to a customer master key that does not exist, does not exist in this \
                   region, or you are not allowed to access.";
    let error = ServiceError {
        code: "AccessDeniedException",
        message: Some(message),
        request_id: None,
        status: 400,
    };
    let CallError { result, refused } = PARAMETER_STORE.read(&error);
    assert!(
        matches!(result, FetchResult::Failed(failure) if failure.kind() == SourceErrorKind::Undecryptable)
    );
    assert!(refused);
}

/// Returns a denial with AWS's text. The resource is so long that the reason begins after 300 characters.
fn denied(reason: &str) -> SourceError {
    let text = format!(
        "User: arn:aws:sts::123456789012:assumed-role/{}/session is not authorized to perform: \
         secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:123456789012:secret:{} {reason}",
        "role".repeat(16),
        "prod/name/".repeat(20),
    );
    match read("AccessDeniedException", &text) {
        FetchResult::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn denial_keeps_reason_and_hints() {
    for (reason, fix) in [
        (
            "because no identity-based policy allows the secretsmanager:GetSecretValue action",
            "allow `secretsmanager:GetSecretValue` on this secret for the role",
        ),
        (
            "with an explicit deny in an identity-based policy",
            "the `Deny` statement for the action in the policies of this process's role",
        ),
        (
            "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action",
            "allow the action in the policy of the VPC endpoint for Secrets Manager",
        ),
        (
            "with an explicit deny in a VPC endpoint policy",
            "the policy of the VPC endpoint",
        ),
        (
            "with an explicit deny in a service control policy",
            "request that the administrators of the AWS organization remove",
        ),
        (
            "because no service control policy allows the secretsmanager:GetSecretValue action",
            "request that the administrators of the AWS organization allow",
        ),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1",
            "request that the administrators",
        ),
        (
            "with an explicit deny in a resource control policy",
            "the resource control policy",
        ),
        (
            "because no resource-based policy allows the secretsmanager:GetSecretValue action",
            "allow the action in the resource policy of the secret",
        ),
        (
            "with an explicit deny in a resource-based policy",
            "the `Deny` statement for the action in the resource policy of the secret",
        ),
        (
            "because no permissions boundary allows the secretsmanager:GetSecretValue action",
            "allow the action in the permissions boundary of this process's role",
        ),
        (
            "because no session policy allows the secretsmanager:GetSecretValue action",
            "allow the action in the session policy",
        ),
    ] {
        let failure = denied(reason);
        assert_eq!(failure.kind(), SourceErrorKind::Denied);
        assert!(failure.message().ends_with(reason), "{failure}");
        assert!(
            failure
                .message()
                .contains("perform: secretsmanager:GetSecretValue"),
            "{failure}"
        );
        assert!(failure.message().chars().count() < 350, "{failure}");
        assert!(
            failure.hint().unwrap().contains(fix),
            "{reason}: {:?}",
            failure.hint()
        );
    }
}

#[test]
fn cross_account_default_key_is_undecryptable() {
    let text = "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.";
    for code in ["InvalidRequestException", "AccessDeniedException"] {
        let FetchResult::Failed(failure) = read(code, text) else {
            panic!("{code}")
        };
        assert_eq!(failure.kind(), SourceErrorKind::Undecryptable);
        assert!(failure.hint().unwrap().contains("customer managed KMS key"));
    }
}

#[test]
fn long_line_keeps_both_ends() {
    let text = format!(
        "the beginning {} the end\na second line",
        "middle ".repeat(100)
    );
    let line = first_line(&text);
    assert!(
        line.starts_with("the beginning ") && line.ends_with(" the end"),
        "{line}"
    );
    assert!(line.chars().count() <= 300, "{line}");
}

#[test]
fn denied_decryption_hints_at_key_policy() {
    let text = "User: u is not authorized to perform: kms:Decrypt on resource: k because no resource-based policy allows the kms:Decrypt action";
    let FetchResult::Failed(failure) = read("AccessDeniedException", text) else {
        panic!("{text}")
    };
    assert_eq!(failure.kind(), SourceErrorKind::Undecryptable);
    assert!(
        failure
            .hint()
            .unwrap()
            .contains("in the key policy of the secret's KMS key")
    );
}
