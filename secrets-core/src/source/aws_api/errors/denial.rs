//! Reasons of IAM for a denial.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use crate::source::aws_api::service::AwsService;

/// The beginnings of a reason; the policy's kind follows.
const NO_POLICY_ALLOWS: &str = "because no ";
const EXPLICIT_DENY: &str = "with an explicit deny in ";

const IDENTITY: &str = "identity-based policy";
const RESOURCE: &str = "resource-based policy";
const ENDPOINT: &str = "VPC endpoint policy";

/// Kinds of policies in IAM's reasons, and the policy to change. `{noun}` and `{service}` are replaced.
const POLICIES: [(&str, &str); 8] = [
    (IDENTITY, "the policies of this process's role"),
    (RESOURCE, "the resource policy of the {noun}"),
    ("service control policy", "the service control policy"),
    ("resource control policy", "the resource control policy"),
    (
        "permissions boundary",
        "the permissions boundary of this process's role",
    ),
    (
        "session policy",
        "the session policy with which the role is assumed",
    ),
    (ENDPOINT, "the policy of the VPC endpoint for {service}"),
    ("trust policy", "the trust policy of the role"),
];

/// The policy that denies a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DenialReason {
    kind: &'static str,
    policy: &'static str,
    /// Whether a statement denies the action. Otherwise, a statement that allows it is missing.
    explicit: bool,
}

/// Returns the position of the reason in the message of a denial.
pub(super) fn start(text: &str) -> Option<usize> {
    let start = |beginning| text.rfind(beginning);
    start(EXPLICIT_DENY).or_else(|| start(NO_POLICY_ALLOWS))
}

impl DenialReason {
    /// Reads the reason at the end of a denial. Returns `None` if there is no reason.
    pub(super) fn read(text: &str) -> Option<Self> {
        let reason = &text[start(text)?..];
        // The first kind, because an action or an ARN may follow.
        let policies = POLICIES.iter();
        let found = policies.filter_map(|policy| Some((reason.find(policy.0)?, policy)));
        let (_, (kind, policy)) = found.min_by_key(|(at, _)| *at)?;
        Some(Self {
            kind,
            policy,
            explicit: reason.starts_with(EXPLICIT_DENY),
        })
    }

    /// Returns the hint for a request to a service, or `None` for the service's own hint.
    pub(super) fn hint(self, service: &AwsService) -> Option<String> {
        self.hint_for("the action", self.policy, service)
    }

    /// Returns the hint for a denied `kms:Decrypt`, or `None` for the service's own hint.
    pub(super) fn kms_hint(self, service: &AwsService) -> Option<String> {
        let policy = match self.kind {
            RESOURCE => "the key policy of the {noun}'s KMS key",
            ENDPOINT => "the policy of the VPC endpoint for KMS",
            _ => self.policy,
        };
        self.hint_for("`kms:Decrypt`", policy, service)
    }

    fn hint_for(self, action: &str, policy: &str, service: &AwsService) -> Option<String> {
        let change = match self.explicit {
            true => "remove or narrow the `Deny` statement for",
            false if self.kind == IDENTITY => return None,
            false => "allow",
        };
        // Service control policies and resource control policies.
        let owner = if self.kind.ends_with("control policy") {
            "request that the administrators of the AWS organization "
        } else {
            ""
        };
        let policy = policy.replace("{noun}", service.noun);
        let policy = policy.replace("{service}", service.name);
        Some(format!("{owner}{change} {action} in {policy}"))
    }
}
