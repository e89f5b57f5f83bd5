//! A declaration, with settings of the deployment.

use from_secrets_syntax::screaming_snake;

use super::deployment::Deployment;
use crate::load::FromSecrets;
use crate::spec::Spec;

/// The maximum length of a name in Kubernetes is 253 characters.
const MAX_NAME: usize = 200;

/// Declaration of a struct, with settings of the deployment.
///
/// ```
/// use from_secrets::{FromSecrets, SecretString};
/// use from_secrets::generate::Declaration;
///
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_")]
/// struct PocketConfig {
///     key: SecretString,
///     token: SecretString,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let policy = Declaration::of::<PocketConfig>()
///     .region("eu-central-1")
///     .account("123456789012")
///     .iam_policy()?;
/// let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:POCKET_KEY-??????";
/// assert!(policy.text().contains(arn));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Declaration {
    pub(super) spec: &'static Spec,
    pub(super) placeholders: Vec<(String, String)>,
    pub(super) deployment: Deployment,
}

impl Declaration {
    /// Returns the declaration of a struct.
    pub fn of<T: FromSecrets>() -> Self {
        Self {
            spec: T::SPEC,
            placeholders: Vec::new(),
            deployment: Deployment {
                application: kebab_case(T::SPEC.name()),
                ..Deployment::default()
            },
        }
    }

    /// Sets the AWS partition. Defaults to the partition of the region, or `aws` without a region.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// # #[derive(FromSecrets)]
    /// # #[secrets("prod/db")]
    /// # struct Database {
    /// #     /// Password of the application.
    /// #     password: SecretString,
    /// # }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let declaration = Declaration::of::<Database>().partition("aws-us-gov");
    /// assert!(declaration.iam_policy()?.text().contains("arn:aws-us-gov:secretsmanager:"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.deployment.partition = Some(partition.into());
        self
    }

    /// Sets the region of secrets that are declared by name.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.deployment.region = Some(region.into());
        self
    }

    /// Adds a region with replicas of the secrets.
    ///
    /// Policies grant the same access to the replicas, in the regions in which a load requests them: a secret in the
    /// region of the deployment, or in a region with replicas, is granted in all of these regions. An ARN of any other
    /// region is granted only there. CloudFormation resources get `ReplicaRegions`. Other documents stay the same.
    ///
    /// The region of the deployment is ignored in this list.
    ///
    /// Replicas are encrypted with a key of their own region. Add each customer managed key with
    /// [`kms_key`](Self::kms_key).
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// # #[derive(FromSecrets)]
    /// # #[secrets("prod/db")]
    /// # struct Database {
    /// #     /// Password of the application.
    /// #     password: SecretString,
    /// # }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let declaration = Declaration::of::<Database>()
    ///     .region("us-east-1")
    ///     .replica_region("us-west-2");
    /// let policy = declaration.iam_policy()?;
    /// assert!(policy.text().contains("arn:aws:secretsmanager:us-east-1:*:secret:prod/db-??????"));
    /// assert!(policy.text().contains("arn:aws:secretsmanager:us-west-2:*:secret:prod/db-??????"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn replica_region(mut self, region: impl Into<String>) -> Self {
        self.deployment.replica_regions.push(region.into());
        self
    }

    /// Sets the account of secrets that are declared by name: twelve digits.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.deployment.account = Some(account.into());
        self
    }

    /// Sets the value of the placeholder `{name}`.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// # #[derive(FromSecrets)]
    /// # #[secrets("{stage}/db")]
    /// # struct Database {
    /// #     /// Password of the application.
    /// #     password: SecretString,
    /// # }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let declaration = Declaration::of::<Database>().placeholder("stage", "prod");
    /// assert!(declaration.iam_policy()?.text().contains(":secret:prod/db-??????"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn placeholder(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.placeholders.push((name.into(), value.into()));
        self
    }

    /// Adds the ARN of a customer managed KMS key that encrypts secrets. IAM policies identify KMS keys by key ARN, not
    /// by alias.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// # #[derive(FromSecrets)]
    /// # #[secrets("prod/db")]
    /// # struct Database {
    /// #     /// Password of the application.
    /// #     password: SecretString,
    /// # }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd";
    /// let policy = Declaration::of::<Database>().kms_key(key).iam_policy()?;
    /// assert!(policy.text().contains("kms:Decrypt"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn kms_key(mut self, arn: impl Into<String>) -> Self {
        self.deployment.kms_keys.push(arn.into());
        self
    }

    /// Treats all names as parameters in SSM Parameter Store instead of secrets in Secrets Manager.
    ///
    /// By default, only ARNs of parameters and `{{resolve:ssm:…}}` references are parameters.
    ///
    /// The policies allow `ssm:GetParameter` and `ssm:GetParameters` on each parameter. For parameters with JSON keys,
    /// they also allow `ssm:GetParametersByPath`.
    ///
    /// ```
    /// use from_secrets::FromSecrets;
    /// use from_secrets::generate::Declaration;
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret("prod/api-key")]
    ///     api_key: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let policy = Declaration::of::<Config>()
    ///     .parameter_store()
    ///     .region("eu-central-1")
    ///     .account("123456789012")
    ///     .iam_policy()?;
    /// let arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/prod/api-key";
    /// assert!(policy.text().contains(arn));
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameter_store(mut self) -> Self {
        self.deployment.parameter_store = true;
        self
    }

    /// Includes fields that are optional or have a default in documents that fail if a secret is absent: Terraform data
    /// sources, CloudFormation resources, and the secrets of ECS and Kubernetes. They are left out by default, with a
    /// note.
    ///
    /// Policies contain these fields in any case.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     token: SecretString,
    ///     proxy_password: Option<SecretString>,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let declaration = Declaration::of::<Config>();
    /// assert!(!declaration.ecs_secrets()?.text().contains("PROXY_PASSWORD"));
    /// assert!(declaration.include_optional().ecs_secrets()?.text().contains("PROXY_PASSWORD"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn include_optional(mut self) -> Self {
        self.deployment.include_optional = true;
        self
    }

    /// Permits `*` in the policy for placeholders without a value. By default, [`iam_policy`](Self::iam_policy) returns
    /// an error, because the policy would grant access to other secrets.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// # #[derive(FromSecrets)]
    /// # #[secrets("{stage}/db")]
    /// # struct Database {
    /// #     /// Password of the application.
    /// #     password: SecretString,
    /// # }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let declaration = Declaration::of::<Database>();
    /// assert!(declaration.iam_policy().is_err());
    /// assert!(declaration.allow_wildcards().iam_policy()?.text().contains(":secret:*/db-??????"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn allow_wildcards(mut self) -> Self {
        self.deployment.allow_wildcards = true;
        self
    }
}

/// Returns the name of a struct as a name in Kubernetes: lowercase ASCII letters, digits and hyphens.
fn kebab_case(name: &str) -> String {
    let words = screaming_snake(name).to_ascii_lowercase();
    let words = words.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        "secrets".to_owned()
    } else {
        let name: String = words.join("-").chars().take(MAX_NAME).collect();
        name.trim_end_matches('-').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_NAME, kebab_case};

    #[test]
    fn shortened_name_ends_in_letter() {
        assert_eq!(kebab_case("PocketConfig_"), "pocket-config");
        assert_eq!(kebab_case("_"), "secrets");
        let name = kebab_case(&"Abc".repeat(51));
        assert_eq!(name.len(), MAX_NAME - 1);
        assert!(name.ends_with("-abc"), "{name}");
    }
}
