//! Versions of secrets, and errors of the fake Secrets Manager.

use serde_json::{Value, json};

use super::FakeSecretsManager;

/// One version of a secret.
#[derive(Clone, Debug)]
pub struct Version {
    /// The version id.
    pub id: String,
    /// The staging labels.
    pub stages: Vec<String>,
    /// `SecretString` or `SecretBinary`.
    pub value: Value,
    pub(super) created_at: f64,
}

impl Version {
    /// Returns whether it has the staging label.
    pub fn has(&self, stage: &str) -> bool {
        self.stages.iter().any(|own| own == stage)
    }

    pub(super) fn described(&self, name: &str, region: &str) -> Value {
        let mut described = self.value.clone();
        described["Name"] = name.into();
        described["ARN"] = FakeSecretsManager::arn(region, name).into();
        described["VersionId"] = self.id.as_str().into();
        if !self.stages.is_empty() {
            described["VersionStages"] = json!(self.stages);
        }
        described["CreatedDate"] = json!(self.created_at);
        described
    }
}

#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn no_secret() -> Self {
        Self::new(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        )
    }

    pub(super) fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}
