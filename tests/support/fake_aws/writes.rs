//! Writes to the fake Secrets Manager: versions and their staging labels, as AWS documents them.
//!
//! - A new version has the labels of the request, or AWSCURRENT. The first version is always the current one.
//!   <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>
//! - A label that another version has can be moved only from that version. The label AWSPREVIOUS follows AWSCURRENT.
//!   <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>

use serde_json::{Map, Value, json};

use super::FakeSecretsManager;
use super::secrets_manager::{CREATED_AT, Entry, find};
use super::version::{Refusal, Version};
use crate::call::Call;

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";
const DELETED_AT: f64 = CREATED_AT + 7.0 * 86_400.0;

impl FakeSecretsManager {
    /// Returns the versions of a secret, from the oldest to the newest.
    ///
    /// # Panics
    ///
    /// If the secret does not exist.
    pub fn versions(&self, name: &str) -> Vec<Version> {
        self.entries()[name].versions.clone()
    }

    /// Returns the text of the current version, if the secret exists and has one.
    pub fn current(&self, name: &str) -> Option<String> {
        let entries = self.entries();
        let mut versions = entries.get(name)?.versions.iter();
        let current = versions.find(|version| version.has(CURRENT))?;
        current.value["SecretString"].as_str().map(str::to_owned)
    }

    /// Returns a field of the request that created a secret.
    pub fn created_with(&self, name: &str, field: &str) -> Value {
        self.entries()[name].created_with[field].clone()
    }

    /// Writes a text as another writer does: the new version is the current one at once.
    pub fn put(&self, name: &str, text: &str) {
        let mut entries = self.entries();
        let entry = entries.entry(name.to_owned()).or_default();
        let id = format!("00000000-0000-4000-9000-{:012}", entry.versions.len());
        entry.add(&id, json!({ "SecretString": text }), &[CURRENT.to_owned()]);
    }

    /// Deletes a secret.
    pub fn delete(&self, name: &str) {
        self.entries().remove(name);
    }

    pub(super) fn create(&self, call: &Call) -> Result<Value, Refusal> {
        let name = text(&call.body["Name"]);
        let (value, token) = (value(&call.body)?, text(&call.body["ClientRequestToken"]));
        let mut entries = self.entries();
        if let Some(entry) = entries.get(&name) {
            if entry.is_deleted {
                return Err(Refusal::new(
                    "InvalidRequestException",
                    "You can't create this secret because a secret with this name is already scheduled for deletion.",
                ));
            }
            if value.is_none() || !entry.is_known(&token, value.as_ref())? {
                let message =
                    format!("The operation failed because the secret {name} already exists.");
                return Err(Refusal::new("ResourceExistsException", &message));
            }
        } else {
            let mut entry = Entry::without_value();
            if let Some(value) = value.clone() {
                entry.add(&token, value, &[]);
            }
            entry.created_with = call.body.clone();
            entries.insert(name.clone(), entry);
        }
        let mut created = json!({ "ARN": Self::arn(&call.region, &name), "Name": name });
        if value.is_some() {
            created["VersionId"] = token.into();
        }
        Ok(created)
    }

    /// Runs an operation of one secret that exists.
    pub(super) fn change(&self, call: &Call) -> Result<Value, Refusal> {
        let mut entries = self.entries();
        let id = call.ids.first().map(String::as_str).unwrap_or_default();
        let (name, _) = find(&entries, id, &call.region).ok_or_else(Refusal::no_secret)?;
        let name = name.to_owned();
        let entry = entries.get_mut(&name).ok_or_else(Refusal::no_secret)?;
        let mut output = match call.operation.as_str() {
            "ListSecretVersionIds" => entry.listed(&call.body)?,
            "DescribeSecret" => entry.described(),
            _ => entry.changed(&call.operation, &call.body)?,
        };
        output["ARN"] = Self::arn(&call.region, &name).into();
        output["Name"] = name.into();
        Ok(output)
    }
}

impl Entry {
    fn changed(&mut self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        if self.is_replica {
            return Err(Refusal::new(
                "InvalidParameterException",
                "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
            ));
        }
        if operation == "DeleteSecret" {
            self.is_deleted = true;
            return Ok(json!({ "DeletionDate": DELETED_AT }));
        }
        self.check_not_deleted()?;
        if operation == "UpdateSecretVersionStage" {
            self.move_label(body)?;
            return Ok(json!({}));
        }
        let id = text(&body["ClientRequestToken"]);
        let value = value(body)?.ok_or_else(|| {
            let message = "You must provide either SecretString or SecretBinary.";
            Refusal::new("InvalidRequestException", message)
        })?;
        if !self.is_known(&id, Some(&value))? {
            self.add(&id, value, &strings(&body["VersionStages"]));
        }
        let version = self.find_version(&id).map(|version| &version.stages);
        Ok(json!({ "VersionId": id, "VersionStages": version }))
    }

    /// Returns whether a version with this id and this value exists. The value of a version never changes.
    fn is_known(&self, id: &str, value: Option<&Value>) -> Result<bool, Refusal> {
        match self.versions.iter().find(|version| version.id == id) {
            Some(version) if Some(&version.value) != value => {
                let message = format!(
                    "You can't use ClientRequestToken {id} because that value is already in use for a version of \
                     this secret."
                );
                Err(Refusal::new("ResourceExistsException", &message))
            }
            version => Ok(version.is_some()),
        }
    }

    fn described(&self) -> Value {
        let labeled = self.versions.iter();
        let labeled = labeled.filter(|version| !version.stages.is_empty());
        let stages: Map<String, Value> = labeled
            .map(|version| (version.id.clone(), json!(version.stages)))
            .collect();
        let mut described = json!({ "CreatedDate": CREATED_AT, "LastChangedDate": CREATED_AT });
        if !stages.is_empty() {
            described["VersionIdsToStages"] = stages.into();
        }
        if self.is_deleted {
            described["DeletedDate"] = json!(DELETED_AT);
        }
        described
    }

    fn find_version(&mut self, id: &str) -> Option<&mut Version> {
        self.versions.iter_mut().find(|version| version.id == id)
    }

    /// Adds a version with these labels, or as the current one.
    fn add(&mut self, id: &str, value: Value, labels: &[String]) {
        let is_current = labels.is_empty() || self.versions.is_empty();
        let age = u32::try_from(self.versions.len()).unwrap_or(u32::MAX);
        self.versions.push(Version {
            id: id.to_owned(),
            stages: Vec::new(),
            value,
            created_at: CREATED_AT + f64::from(age),
        });
        let current = is_current.then(|| CURRENT.to_owned());
        for label in labels.iter().chain(&current) {
            if self
                .versions
                .iter()
                .all(|version| version.id != id || !version.has(label))
            {
                self.attach(label, id);
            }
        }
    }

    /// Moves a label to a version. AWSPREVIOUS moves to the version that was the current one.
    fn attach(&mut self, label: &str, id: &str) {
        let before = self.detach(label);
        if let Some(version) = self.find_version(id) {
            version.stages.push(label.to_owned());
        }
        if let Some(before) = before.filter(|before| label == CURRENT && before != id) {
            self.detach(PREVIOUS);
            if let Some(version) = self.find_version(&before) {
                version.stages.push(PREVIOUS.to_owned());
            }
        }
    }

    /// Removes a label, and returns the version that had it.
    fn detach(&mut self, label: &str) -> Option<String> {
        let version = self
            .versions
            .iter_mut()
            .find(|version| version.has(label))?;
        version.stages.retain(|own| own != label);
        Some(version.id.clone())
    }

    fn move_label(&mut self, body: &Value) -> Result<(), Refusal> {
        let label = text(&body["VersionStage"]);
        let (to, from) = (
            body["MoveToVersionId"].as_str(),
            body["RemoveFromVersionId"].as_str(),
        );
        for id in [to, from].into_iter().flatten() {
            if self.find_version(id).is_none() {
                return Err(Refusal::new(
                    "ResourceNotFoundException",
                    "Secrets Manager can't find the specified secret version.",
                ));
            }
        }
        let owner = self.versions.iter().find(|version| version.has(&label));
        let owner = owner.map(|version| version.id.clone());
        let rejected = |message: String| Err(Refusal::new("InvalidParameterException", &message));
        match (&owner, to, from) {
            (Some(_), None, _) if label == CURRENT => {
                return rejected(format!(
                    "You can only move staging label {label} to a different secret version. It can't be completely \
                     removed."
                ));
            }
            (Some(owner), to, None) if Some(owner.as_str()) != to => {
                return rejected(format!(
                    "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to \
                     version {owner}, so you must explicitly reference that version in RemoveFromVersionId."
                ));
            }
            (owner, _, Some(from)) if owner.as_deref() != Some(from) => {
                return rejected(format!(
                    "When you move staging label {label}, if you specify RemoveFromVersionId, it must be set to the \
                     version that currently has the staging label {label}."
                ));
            }
            _ => {}
        }
        match to {
            Some(to) => self.attach(&label, to),
            None => drop(self.detach(&label)),
        }
        Ok(())
    }

    /// Returns a page: two versions, unless the request has another limit.
    fn listed(&self, body: &Value) -> Result<Value, Refusal> {
        let includes_deprecated = body["IncludeDeprecated"] == true;
        let versions = self.versions.iter();
        let versions = versions.filter(|version| includes_deprecated || !version.stages.is_empty());
        let all: Vec<Value> = versions
            .map(|version| {
                let mut listed =
                    json!({ "VersionId": version.id, "CreatedDate": version.created_at });
                if !version.stages.is_empty() {
                    listed["VersionStages"] = json!(version.stages);
                }
                listed
            })
            .collect();
        let start = body["NextToken"].as_str().map_or(Ok(0), str::parse);
        let Some(start) = start.ok().filter(|start| *start <= all.len()) else {
            let message = "The NextToken is invalid.";
            return Err(Refusal::new("InvalidNextTokenException", message));
        };
        let limit = body["MaxResults"].as_u64().map_or(Ok(2), usize::try_from);
        let end = all.len().min(start + limit.unwrap_or(usize::MAX));
        let mut page = json!({ "Versions": all[start..end] });
        if end < all.len() {
            page["NextToken"] = end.to_string().into();
        }
        Ok(page)
    }
}

/// Returns the value in a request, as a version stores it.
fn value(body: &Value) -> Result<Option<Value>, Refusal> {
    let keys = ["SecretString", "SecretBinary"];
    let mut given = keys.into_iter().filter(|key| body[*key].is_string());
    let key = given.next();
    if given.next().is_some() {
        return Err(Refusal::new(
            "InvalidParameterException",
            "You can't specify both a binary secret value and a string secret value in the same secret.",
        ));
    }
    Ok(key.map(|key| json!({ key: body[key] })))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(text).collect()
}
