//! The documents that are generated from a declaration.

use super::declaration::Declaration;
use super::deployment::Deployment;
use super::document::{Document, Notes};
use super::{
    cdk, cloudformation, ecs, env, external_secret, iam, markdown, sam, secret_provider_class,
    terraform, writes,
};
use crate::error::{Error, Flaw};
use crate::load::plan::{Leaf, Plan};

/// A function that writes the text of a document.
type Write = fn(&Deployment, &[Leaf], &mut Notes) -> String;

impl Declaration {
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
    /// placeholder results in an invalid name, ARN or reference. Also returns an error if a placeholder in the ID of a
    /// secret has no value, unless [`allow_wildcards`](Self::allow_wildcards) is set.
    pub fn iam_policy(&self) -> Result<Document, Error> {
        let plan = self.plan()?;
        if !self.deployment.allow_wildcards {
            self.check_filled(iam::unfilled(&plan.leaves))?;
        }
        Ok(self.document(&plan, iam::write))
    }

    /// Generates the least-privilege IAM policy for the subcommands `push`, `set`, `history` and `rollback`, as JSON.
    ///
    /// It allows reading the secrets, creating those that are declared by name, also with tags, and adding versions,
    /// listing them and making one of them the current version. For secrets that cannot be written, it allows only
    /// listing the versions, and parameters are omitted, both with a note. Grant it to developers or to a deployment
    /// role, not to the application.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), with
    /// [`parameter_store`](Self::parameter_store), and with [`replica_region`](Self::replica_region), because replicas
    /// are read-only. Also returns an error if a placeholder in the ID of a secret has no value, because `*` in its
    /// place would permit access to other secrets.
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
        if self.deployment.replicas().next().is_some() {
            let message = "replicas are read-only; omit the replica regions";
            return Err(self.error(vec![message.to_owned()]));
        }
        self.check_service()?;
        let plan = self.plan()?;
        self.check_filled(writes::unfilled(&plan.leaves))?;
        Ok(self.document(&plan, iam::write_for_writes))
    }

    /// Generates the policy as statements for the `Policies` of a function in an AWS SAM template, as YAML.
    ///
    /// Placeholders without a value become template parameters.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), except for placeholders without a value.
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
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), except for placeholders without a value,
    /// and with [`parameter_store`](Self::parameter_store).
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
    /// let secrets = Declaration::of::<Database>()
    ///     .region("eu-central-1")
    ///     .account("123456789012")
    ///     .ecs_secrets()?;
    /// assert!(secrets.text().contains(":secret:prod/db:password::"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn ecs_secrets(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(ecs::write)
    }

    /// Generates Terraform data sources for the secrets, and a policy document that allows reading them.
    ///
    /// Placeholders without a value become variables of the module.
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

    /// Generates a function that returns the policy for an AWS CDK application, as TypeScript.
    ///
    /// Placeholders without a value become parameters of the function.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), except for placeholders without a value.
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
    /// let module = Declaration::of::<Database>().cdk()?;
    /// assert!(module.text().contains("export function readSecrets(scope: Construct)"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cdk(&self) -> Result<Document, Error> {
        self.write(cdk::write)
    }

    /// Generates a `SecretProviderClass` for the AWS provider of the Secrets Store CSI driver, as YAML.
    ///
    /// The driver mounts each secret as a file, which the source `Files` reads.
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
    /// let class = Declaration::of::<Database>().secret_provider_class()?;
    /// assert!(class.text().contains("- objectName: \"prod/db\""));
    /// # Ok(())
    /// # }
    /// ```
    pub fn secret_provider_class(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(secret_provider_class::write)
    }

    /// Generates an `ExternalSecret` for the External Secrets Operator, as YAML.
    ///
    /// The operator writes a Kubernetes `Secret` whose keys are the environment variables that the struct reads.
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
    /// let secret = Declaration::of::<Database>().external_secret()?;
    /// assert!(secret.text().contains(r#"- secretKey: "PROD_DB_PASSWORD""#));
    /// # Ok(())
    /// # }
    /// ```
    pub fn external_secret(&self) -> Result<Document, Error> {
        self.write_for_secrets_manager(external_secret::write)
    }

    /// Generates a `.env` template with descriptions as comments, empty values, and default values in comments.
    ///
    /// It contains the variables of all fields, and the placeholders without a value, which a load can read from the
    /// file. All readers of `.env` files read it alike, including shells and `docker run --env-file`.
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), except for placeholders without a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// #[derive(FromSecrets)]
    /// #[secrets("{stage}/db")]
    /// struct Database {
    ///     /// Password of the application.
    ///     password: SecretString,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let template = Declaration::of::<Database>().env_example()?;
    /// assert_eq!(template.text(), "\
    /// ## Password of the application.
    /// DB_PASSWORD=
    ///
    /// ## Placeholder in the names of the secrets of `password`.
    /// ## Needed only if a source of secrets is queried.
    /// stage=
    /// ");
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
    /// Returns an error in the same cases as [`iam_policy`](Self::iam_policy), except for placeholders without a value.
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
        self.check_service()?;
        self.write(write)
    }

    fn check_service(&self) -> Result<(), Error> {
        if !self.deployment.parameter_store {
            return Ok(());
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

    fn check_filled(&self, flaws: Vec<Flaw>) -> Result<(), Error> {
        if flaws.is_empty() {
            return Ok(());
        }
        Err(Error::declaration(self.spec.name(), flaws))
    }

    fn write(&self, write: Write) -> Result<Document, Error> {
        let plan = self.plan()?;
        Ok(self.document(&plan, write))
    }

    /// Checks the settings, and returns the fields.
    fn plan(&self) -> Result<Plan, Error> {
        let problems = self.deployment.problems();
        if !problems.is_empty() {
            return Err(self.error(problems));
        }
        let placeholder = |name: &str| {
            let mut placeholders = self.placeholders.iter();
            let found = placeholders.rfind(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        Plan::new(self.spec, &placeholder)
            .map_err(|flaws| Error::declaration(self.spec.name(), flaws))
    }

    fn document(&self, plan: &Plan, write: Write) -> Document {
        let mut notes = Notes::default();
        let text = write(&self.deployment, &plan.leaves, &mut notes);
        Document {
            text,
            notes: notes.0,
        }
    }
}
