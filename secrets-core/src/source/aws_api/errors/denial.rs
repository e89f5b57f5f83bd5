//! Reasons that IAM gives for a denial.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use crate::source::aws_api::service::AwsService;

/// What a reason begins with; the policy's kind follows.
const NO_POLICY_ALLOWS: &str = "because no ";
const EXPLICIT_DENY: &str = "with an explicit deny in ";

/// Kinds of policies, in the words of IAM's reasons.
const KINDS: [(&str, PolicyKind); 8] = [
    ("identity-based policy", PolicyKind::Identity),
    ("resource-based policy", PolicyKind::Resource),
    ("service control policy", PolicyKind::ServiceControl),
    ("resource control policy", PolicyKind::ResourceControl),
    ("permissions boundary", PolicyKind::Boundary),
    ("session policy", PolicyKind::Session),
    ("VPC endpoint policy", PolicyKind::Endpoint),
    ("trust policy", PolicyKind::Trust),
];

/// The policy that denies a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DenialReason {
    kind: PolicyKind,
    /// Whether a statement denies the action, and not the lack of one that allows it.
    explicit: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PolicyKind {
    Identity,
    Resource,
    ServiceControl,
    ResourceControl,
    Boundary,
    Session,
    Endpoint,
    Trust,
}

/// Returns where the reason begins in the text of a denial.
pub(super) fn start(text: &str) -> Option<usize> {
    text.rfind(EXPLICIT_DENY)
        .or_else(|| text.rfind(NO_POLICY_ALLOWS))
}

impl DenialReason {
    /// Reads the reason at the end of a denial, or `None` if it gives none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let reason = &text[start(text)?..];
        let explicit = reason.starts_with(EXPLICIT_DENY);
        // The kind that comes first: an action or an ARN may follow.
        let kinds = KINDS
            .iter()
            .filter_map(|(words, kind)| Some((reason.find(words)?, *kind)));
        let (_, kind) = kinds.min_by_key(|(at, _)| *at)?;
        Some(Self { kind, explicit })
    }

    /// Returns the fix for a request to a service, or `None` for the service's own hint.
    pub(super) fn hint(self, service: &AwsService) -> Option<String> {
        let (policy, owner) = match self.kind {
            PolicyKind::Identity if !self.explicit => return None,
            PolicyKind::Identity => ("the policies of this process's role".to_owned(), ""),
            PolicyKind::Resource => (format!("the resource policy of the {}", service.noun), ""),
            PolicyKind::ServiceControl => ("the service control policy".to_owned(), ORGANIZATION),
            PolicyKind::ResourceControl => ("the resource control policy".to_owned(), ORGANIZATION),
            PolicyKind::Boundary => (
                "the permissions boundary of this process's role".to_owned(),
                "",
            ),
            PolicyKind::Session => (
                "the session policy with which the role is assumed".to_owned(),
                "",
            ),
            PolicyKind::Endpoint => (
                format!("the policy of the VPC endpoint for {}", service.name),
                "",
            ),
            PolicyKind::Trust => ("the trust policy of the role".to_owned(), ""),
        };
        let change = if self.explicit {
            "remove or narrow the `Deny` statement for"
        } else {
            "allow"
        };
        Some(format!("{owner}{change} the action in {policy}"))
    }

    /// Returns the fix for a denied `kms:Decrypt`, or `None` for the service's own hint.
    pub(super) fn kms_hint(self, service: &AwsService) -> Option<String> {
        match (self.kind, self.explicit) {
            (PolicyKind::Resource, false) => Some(format!(
                "allow `kms:Decrypt` for the role of this process in the key policy of the {}'s KMS key",
                service.noun
            )),
            (PolicyKind::Resource, true) => Some(format!(
                "remove or narrow the `Deny` statement for `kms:Decrypt` in the key policy of the {}'s KMS key",
                service.noun
            )),
            (PolicyKind::Endpoint, _) => {
                Some("allow `kms:Decrypt` in the policy of the VPC endpoint for KMS".to_owned())
            }
            _ => self.hint(service),
        }
    }
}

/// Only they can change the policies of an organization.
const ORGANIZATION: &str = "ask the administrators of the AWS organization to ";
