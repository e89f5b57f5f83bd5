//! The services that store secrets.

/// The names and hints of a service.
pub(crate) struct AwsService {
    pub(in crate::source) name: &'static str,
    /// The name of its API in the AWS SDKs, without spaces.
    pub(in crate::source) api: &'static str,
    /// The name of the SDK's source in chains and reports.
    #[cfg(feature = "aws")]
    pub(in crate::source) source: &'static str,
    /// The word for an entry of the service.
    pub(in crate::source) noun: &'static str,
    /// The variable that sets the endpoint.
    #[cfg(feature = "aws")]
    pub(in crate::source) endpoint_variable: &'static str,
    pub(in crate::source) denied: &'static str,
    pub(in crate::source) undecryptable: &'static str,
    pub(in crate::source) refused: &'static str,
}

pub(crate) const SECRETS_MANAGER: AwsService = AwsService {
    name: "Secrets Manager",
    api: "SecretsManager",
    #[cfg(feature = "aws")]
    source: "aws",
    noun: "secret",
    #[cfg(feature = "aws")]
    endpoint_variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    denied: "allow `secretsmanager:GetSecretValue` on this secret for the role of this process; under a narrow policy a missing secret looks the same, so check its name, region and account too",
    undecryptable: "allow `kms:Decrypt` on the secret's KMS key for the role of this process, and check that the key is enabled",
    refused: "check the secret's name and version",
};

#[cfg(any(feature = "agent", feature = "ssm"))]
pub(crate) const PARAMETER_STORE: AwsService = AwsService {
    name: "Parameter Store",
    api: "SSM",
    #[cfg(feature = "aws")]
    source: "ssm",
    noun: "parameter",
    #[cfg(feature = "aws")]
    endpoint_variable: "AWS_ENDPOINT_URL_SSM",
    denied: "allow `ssm:GetParameter` and `ssm:GetParameters` on this parameter for the role of this process; under a narrow policy a missing parameter looks the same, so check its name, region and account too",
    undecryptable: "allow `kms:Decrypt` on the parameter's KMS key for the role of this process, and check that the key is enabled",
    refused: "check the parameter's name and version",
};
