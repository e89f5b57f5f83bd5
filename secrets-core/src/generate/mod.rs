//! What a declaration can write: policies, templates and deployment snippets.
//!
//! Everything here is pure: it is made from the constant that the derive wrote, without a network and without a value.

mod cloudformation;
mod deployment;
mod document;
mod ecs;
mod env;
mod grant;
mod grants;
mod iam;
mod markdown;
mod names;
mod parameters;
mod pattern;
mod sam;
mod secrets;
mod terraform;
mod yaml;

use crate::error::Error;
use crate::error::Flaw;
use crate::load::FromSecrets;
use crate::load::plan::{Leaf, Plan};
use deployment::Deployment;
pub use document::Document;
use document::Notes;

/// Writes a file.
type Write = fn(&Deployment, &[Leaf], &mut Notes) -> String;

/// A struct's declaration, and what is known of the place where it will be deployed.
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
/// assert!(policy.text().contains("arn:aws:secretsmanager:eu-central-1:123456789012:secret:POCKET_KEY-??????"));
/// assert!(policy.notes().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Declaration {
    spec: &'static crate::spec::Spec,
    placeholders: Vec<(String, String)>,
    deployment: Deployment,
}

impl Declaration {
    /// The declaration of a struct.
    pub fn of<T: FromSecrets>() -> Self {
        Self {
            spec: T::SPEC,
            placeholders: Vec::new(),
            deployment: Deployment::default(),
        }
    }

    /// Sets the AWS partition. Defaults to that of the region, or `aws` without one.
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.deployment.partition = Some(partition.into());
        self
    }

    /// The region of the secrets that are given by name.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.deployment.region = Some(region.into());
        self
    }

    /// The account of the secrets that are given by name: twelve digits.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.deployment.account = Some(account.into());
        self
    }

    /// A value for `{name}` in names.
    pub fn placeholder(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.placeholders.push((name.into(), value.into()));
        self
    }

    /// The ARN of a customer-managed KMS key that encrypts some of the secrets.
    pub fn kms_key(mut self, arn: impl Into<String>) -> Self {
        self.deployment.kms_keys.push(arn.into());
        self
    }

    /// The names are those of parameters in SSM Parameter Store, and not of secrets in Secrets Manager.
    ///
    /// Without this, only what the declaration names as a parameter, by its ARN or by `{{resolve:ssm:…}}`, is one.
    ///
    /// The policies then allow `ssm:GetParameter` and `ssm:GetParameters` on each parameter and, where JSON keys are
    /// taken of it, `ssm:GetParametersByPath` on what lies below it.
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
    /// assert!(policy.text().contains("arn:aws:ssm:eu-central-1:123456789012:parameter/prod/api-key"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameter_store(mut self) -> Self {
        self.deployment.parameter_store = true;
        self
    }

    /// The least-privilege IAM policy for whoever loads the struct, as JSON.
    ///
    /// # Errors
    ///
    /// When a placeholder's value does not make a name, an ARN or a reference.
    pub fn iam_policy(&self) -> Result<Document, Error> {
        self.write(iam::write)
    }

    /// The same as statements for a function's `Policies` in an AWS SAM template, as YAML.
    ///
    /// Placeholders without a value become template parameters.
    ///
    /// # Errors
    ///
    /// As for [`iam_policy`](Self::iam_policy).
    pub fn sam_policy(&self) -> Result<Document, Error> {
        self.write(sam::write)
    }

    /// The secrets as `AWS::SecretsManager::Secret` resources of a CloudFormation template, without values, as YAML.
    ///
    /// # Errors
    ///
    /// As for [`iam_policy`](Self::iam_policy), and where the names are those of parameters.
    pub fn cloudformation(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(cloudformation::write)
    }

    /// The `secrets` of an ECS container definition, as JSON: ECS puts them into the variables that the struct reads.
    ///
    /// # Errors
    ///
    /// As for [`iam_policy`](Self::iam_policy), and where the names are those of parameters.
    pub fn ecs_secrets(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(ecs::write)
    }

    /// Terraform data sources for the secrets, and a policy document that lets them be read.
    ///
    /// # Errors
    ///
    /// As for [`iam_policy`](Self::iam_policy), and where the names are those of parameters.
    pub fn terraform(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(terraform::write)
    }

    /// A `.env` file to fill in: descriptions as comments, defaults shown, secrets empty.
    ///
    /// # Errors
    ///
    /// As for [`iam_policy`](Self::iam_policy).
    pub fn env_example(&self) -> Result<Document, Error> {
        self.write(env::write)
    }

    /// A Markdown table of the fields.
    ///
    /// # Errors
    ///
    /// As for [`iam_policy`](Self::iam_policy).
    pub fn markdown(&self) -> Result<Document, Error> {
        self.write(markdown::write)
    }

    fn write_for_secrets_manager(&self, write: Write) -> Result<Document, Error> {
        if !self.deployment.parameter_store {
            return self.write(write);
        }
        let flaw = Flaw {
            path: String::new(),
            message: "this can be written for secrets of Secrets Manager only, not for parameters"
                .to_owned(),
        };
        Err(Error::declaration(self.spec.name(), vec![flaw]))
    }

    fn write(&self, write: Write) -> Result<Document, Error> {
        let set = |name: &str| self.placeholders.iter().rfind(|(known, _)| known == name);
        let placeholder = |name: &str| set(name).map(|(_, value)| value.clone());
        let plan = Plan::draft(self.spec, &placeholder)
            .map_err(|flaws| Error::declaration(self.spec.name(), flaws))?;
        let mut notes = Notes::default();
        let text = write(&self.deployment, &plan.leaves, &mut notes);
        Ok(Document {
            text,
            notes: notes.0,
        })
    }
}
