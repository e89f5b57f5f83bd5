//! A declaration, and the documents that are generated from it.

use super::deployment::Deployment;
use super::document::{Document, Notes};
use super::{cloudformation, ecs, env, iam, markdown, sam, terraform};
use crate::error::{Error, Flaw};
use crate::load::FromSecrets;
use crate::load::plan::{Leaf, Plan};

/// A function that writes the text of a document.
type Write = fn(&Deployment, &[Leaf], &mut Notes) -> String;

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
/// assert!(policy.text().contains("arn:aws:secretsmanager:eu-central-1:123456789012:secret:POCKET_KEY-??????"));
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
    /// Returns the declaration of a struct.
    pub fn of<T: FromSecrets>() -> Self {
        Self {
            spec: T::SPEC,
            placeholders: Vec::new(),
            deployment: Deployment::default(),
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
    /// Policies grant the same access to the replicas, also for secrets that are declared by ARN. The ARN of a replica
    /// differs only in the region. CloudFormation resources get `ReplicaRegions`. Other documents stay the same.
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

    /// Adds the ARN of a customer managed KMS key that encrypts secrets. IAM does not accept aliases.
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
    /// assert!(policy.text().contains("arn:aws:ssm:eu-central-1:123456789012:parameter/prod/api-key"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameter_store(mut self) -> Self {
        self.deployment.parameter_store = true;
        self
    }

    /// Generates the least-privilege IAM policy for loading the struct, as JSON.
    ///
    /// If a field is optional, has a default, or is also read from the environment, its secret is also listed without
    /// the six characters that Secrets Manager appends. IAM evaluates this ARN for a secret that does not exist. The
    /// secret is then missing instead of denied.
    ///
    /// If the policy exceeds IAM's limit of 6,144 characters, the text contains several JSON documents, and a note
    /// contains their number.
    ///
    /// # Errors
    ///
    /// Returns an error if the region, the account, the partition or a KMS key is not valid, or if the value of a
    /// placeholder results in an invalid name, ARN or reference.
    pub fn iam_policy(&self) -> Result<Document, Error> {
        self.write(iam::write)
    }

    /// Generates the least-privilege IAM policy for creating and updating the secrets with the subcommand `push`, as
    /// JSON.
    ///
    /// It allows to read the secrets, to create those that are declared by name, also with tags, and to add versions.
    /// Secrets that cannot be written are omitted, with a note. Grant it to developers or to a deployment role, not to
    /// the application.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), with
    /// [`parameter_store`](Self::parameter_store), and with [`replica_region`](Self::replica_region), because replicas
    /// are read-only.
    ///
    /// # Examples
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
    /// let policy = Declaration::of::<Database>().iam_write_policy()?;
    /// assert!(policy.text().contains("secretsmanager:CreateSecret"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn iam_write_policy(&self) -> Result<Document, Error> {
        if !self.deployment.replica_regions.is_empty() {
            let message = "replicas are read-only; omit the replica regions";
            return Err(self.error(vec![message.to_owned()]));
        }
        self.write_for_secrets_manager(iam::write_for_writes)
    }

    /// Generates the policy as statements for the `Policies` of a function in an AWS SAM template, as YAML.
    ///
    /// Placeholders without a value become template parameters.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy).
    ///
    /// # Examples
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
    /// let policy = Declaration::of::<Database>().sam_policy()?;
    /// assert!(policy.text().contains(":secret:${Stage}/db-??????"));
    /// assert_eq!(policy.notes()[0], "the template requires the parameter `Stage`");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sam_policy(&self) -> Result<Document, Error> {
        self.write(sam::write)
    }

    /// Generates `AWS::SecretsManager::Secret` resources without values for a CloudFormation template, as YAML.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), and with
    /// [`parameter_store`](Self::parameter_store).
    ///
    /// # Examples
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
    /// let template = Declaration::of::<Database>().cloudformation()?;
    /// assert!(template.text().contains("Type: AWS::SecretsManager::Secret"));
    /// assert!(template.text().contains("Description: \"password: Password of the application.\""));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cloudformation(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(cloudformation::write)
    }

    /// Generates the `secrets` of an ECS container definition, as JSON.
    ///
    /// ECS sets the environment variables that the struct reads.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`cloudformation`](Self::cloudformation).
    ///
    /// # Examples
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
    /// let declaration = Declaration::of::<Database>().region("eu-central-1").account("123456789012");
    /// let secrets = declaration.ecs_secrets()?;
    /// assert!(secrets.text().contains(":secret:prod/db:password::"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn ecs_secrets(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(ecs::write)
    }

    /// Generates Terraform data sources for the secrets, and a policy document that allows reading them.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`cloudformation`](Self::cloudformation).
    ///
    /// # Examples
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
    /// let module = Declaration::of::<Database>().terraform()?;
    /// assert!(module.text().contains("data \"aws_secretsmanager_secret\" \"prod_db\""));
    /// # Ok(())
    /// # }
    /// ```
    pub fn terraform(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(terraform::write)
    }

    /// Generates a `.env` template with descriptions as comments, default values, and empty values for secrets.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy).
    ///
    /// # Examples
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
    /// let template = Declaration::of::<Database>().env_example()?;
    /// assert_eq!(template.text(), "# Password of the application.\nPROD_DB_PASSWORD=\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn env_example(&self) -> Result<Document, Error> {
        self.write(env::write)
    }

    /// Generates a Markdown table of the fields.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy).
    ///
    /// # Examples
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
    /// let table = Declaration::of::<Database>().markdown()?;
    /// assert!(table.text().contains("| `password` | `prod/db` | `password` |"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn markdown(&self) -> Result<Document, Error> {
        self.write(markdown::write)
    }

    fn write_for_secrets_manager(&self, write: Write) -> Result<Document, Error> {
        if !self.deployment.parameter_store {
            return self.write(write);
        }
        let message = "this document supports only Secrets Manager, not Parameter Store";
        Err(self.error(vec![message.to_owned()]))
    }

    fn error(&self, messages: Vec<String>) -> Error {
        let flaw = |message| Flaw {
            path: String::new(),
            message,
        };
        let flaws = messages.into_iter().map(flaw).collect();
        Error::declaration(self.spec.name(), flaws)
    }

    fn write(&self, write: Write) -> Result<Document, Error> {
        let problems = self.deployment.problems();
        if !problems.is_empty() {
            return Err(self.error(problems));
        }
        let placeholder = |name: &str| {
            let mut placeholders = self.placeholders.iter();
            let found = placeholders.rfind(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
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
