//! Secrets Manager as AWS documents it, with rules before it that break it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::response::denial;
use super::{FakeResponse, Script};
use crate::call::Call;

const ACCOUNT: &str = "123456789012";
const SUFFIX: &str = "AbCdEf";
/// The creation time of a version, unless a test sets another one.
const CREATED_AT: f64 = 1_767_225_600.5;

/// Secrets, and what happens instead of reading them.
#[derive(Clone, Default)]
pub struct FakeSecretsManager {
    entries: BTreeMap<String, Entry>,
    latency: Duration,
    arrivals: usize,
    rules: Vec<Rule>,
    from_behind: bool,
}

type Rule = Arc<dyn Fn(&Call) -> Option<FakeResponse> + Send + Sync>;

impl fmt::Debug for FakeSecretsManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeSecretsManager")
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

impl FakeSecretsManager {
    /// Without a secret.
    pub fn new() -> Self {
        Self::default()
    }

    /// A secret that holds text.
    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.entry(name, Entry::text(text))
    }

    /// A secret that holds bytes.
    pub fn binary(self, name: &str, bytes: &[u8]) -> Self {
        self.entry(name, Entry::binary(bytes))
    }

    /// A secret that must not be read.
    pub fn denied(self, name: &str) -> Self {
        self.entry(
            name,
            Entry::refused("AccessDeniedException", &denial("GetSecretValue", name)),
        )
    }

    /// A secret, whatever it is.
    pub fn entry(mut self, name: &str, entry: Entry) -> Self {
        self.entries.insert(name.to_owned(), entry);
        self
    }

    /// Delays every response.
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// Adds a rule that can replace responses. The first rule that matches is used.
    pub fn when(
        mut self,
        rule: impl Fn(&Call) -> Option<FakeResponse> + Send + Sync + 'static,
    ) -> Self {
        self.rules.push(Arc::new(rule));
        self
    }

    /// Delays responses until this number of requests has arrived, which proves that they are concurrent.
    pub fn side_by_side(self, arrivals: usize) -> Self {
        Self { arrivals, ..self }
    }

    /// The entries of a batch come in another order than that of their ids.
    pub fn entries_from_behind(self) -> Self {
        Self {
            from_behind: true,
            ..self
        }
    }

    /// The right to batch is not granted.
    pub fn without_batch(self) -> Self {
        self.when(|call| call.is_batch().then(FakeResponse::batch_denied))
    }

    /// Replaces the responses to this number of first requests.
    pub fn at_first(self, count: usize, response: FakeResponse) -> Self {
        self.when(move |call| (call.nth < count).then(|| response.clone()))
    }

    /// The whole ARN of a secret in a region.
    pub fn arn(region: &str, name: &str) -> String {
        format!("{}-{SUFFIX}", Self::partial_arn(region, name))
    }

    /// The ARN of a secret without its suffix.
    pub fn partial_arn(region: &str, name: &str) -> String {
        format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}")
    }

    fn get(&self, call: &Call) -> FakeResponse {
        let Some(id) = call.ids.first() else {
            return FakeResponse::error("ValidationException", "SecretId is required");
        };
        let requested = Requested {
            stage: call.version_stage.as_deref(),
            id: call.version_id.as_deref(),
        };
        match self.read(id, &call.region, requested) {
            Ok(value) => FakeResponse::json(&value),
            Err(refusal) => FakeResponse::error(&refusal.code, &refusal.message),
        }
    }

    fn batch(&self, call: &Call) -> FakeResponse {
        if !(1..=20).contains(&call.ids.len()) {
            return FakeResponse::error(
                "ValidationException",
                "SecretIdList must have between 1 and 20 members",
            );
        }
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for id in &call.ids {
            match self.read(id, &call.region, Requested::default()) {
                Ok(value) => values.push(value),
                Err(Refusal { code, message }) => {
                    errors.push(json!({ "SecretId": id, "ErrorCode": code, "Message": message }));
                }
            }
        }
        if self.from_behind {
            values.reverse();
        }
        FakeResponse::json(&json!({ "SecretValues": values, "Errors": errors }))
    }

    fn read(&self, id: &str, region: &str, requested: Requested<'_>) -> Result<Value, Refusal> {
        let (name, entry) = self.find(id, region).ok_or_else(|| {
            Refusal::new(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            )
        })?;
        Ok(entry.read(requested)?.described(name, region))
    }

    fn find(&self, id: &str, region: &str) -> Option<(&str, &Entry)> {
        let partial = id.strip_prefix(&Self::partial_arn(region, ""));
        let whole = partial.and_then(|id| id.strip_suffix(SUFFIX)?.strip_suffix('-'));
        [Some(id), partial, whole]
            .into_iter()
            .flatten()
            .filter_map(|name| self.entries.get_key_value(name))
            .find(|(_, entry)| entry.is_in(region))
            .map(|(name, entry)| (name.as_str(), entry))
    }
}

impl Script for FakeSecretsManager {
    fn response(&self, call: &Call) -> FakeResponse {
        let ruled = self.rules.iter().find_map(|rule| rule(call));
        let response = ruled.unwrap_or_else(|| match call.operation.as_str() {
            "GetSecretValue" => self.get(call),
            "BatchGetSecretValue" => self.batch(call),
            other => FakeResponse::error("UnknownOperationException", other),
        });
        let response = if self.latency.is_zero() {
            response
        } else {
            response.after(self.latency)
        };
        if self.arrivals == 0 {
            response
        } else {
            response.once_arrived(self.arrivals)
        }
    }
}

/// Returns the requested version.
#[derive(Clone, Copy, Debug, Default)]
struct Requested<'a> {
    stage: Option<&'a str>,
    id: Option<&'a str>,
}

/// One secret.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    versions: Vec<Version>,
    refusal: Option<Refusal>,
    region: Option<String>,
    only_by_stage: bool,
}

impl Entry {
    /// It holds text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().version("AWSCURRENT", text)
    }

    /// It holds bytes.
    pub fn binary(bytes: &[u8]) -> Self {
        Self::default().version_of_bytes("AWSCURRENT", bytes)
    }

    /// It has no version, as Terraform leaves a secret.
    pub fn without_value() -> Self {
        Self::default()
    }

    /// Returns this error for it, alone and within a batch.
    pub fn refused(code: &str, message: &str) -> Self {
        Self {
            refusal: Some(Refusal::new(code, message)),
            ..Self::default()
        }
    }

    /// One more version, with text.
    pub fn version(self, stage: &str, text: impl Into<String>) -> Self {
        self.with(stage, json!({ "SecretString": text.into() }))
    }

    /// One more version, with bytes.
    pub fn version_of_bytes(self, stage: &str, bytes: &[u8]) -> Self {
        self.with(
            stage,
            json!({ "SecretBinary": BASE64_STANDARD.encode(bytes) }),
        )
    }

    /// Sets the id of the last version.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        if let Some(version) = self.versions.last_mut() {
            version.id = id.into();
        }
        self
    }

    /// Sets the creation time of the last version, in seconds since the epoch.
    pub fn created_at(mut self, seconds: u32) -> Self {
        if let Some(version) = self.versions.last_mut() {
            version.created_at = seconds.into();
        }
        self
    }

    /// It exists in one region only.
    pub fn in_region(self, region: &str) -> Self {
        Self {
            region: Some(region.to_owned()),
            ..self
        }
    }

    /// Its policy has a condition on the version stage, so that only a request that names the stage may read it.
    pub fn only_by_stage(self) -> Self {
        Self {
            only_by_stage: true,
            ..self
        }
    }

    /// The id of the version with that stage, unless a test sets another one.
    pub fn version_id(stage: &str) -> String {
        format!("00000000-0000-4000-8000-{stage:0>12}")
    }

    fn with(mut self, stage: &str, value: Value) -> Self {
        self.versions.push(Version {
            id: Self::version_id(stage),
            stage: stage.to_owned(),
            value,
            created_at: CREATED_AT,
        });
        self
    }

    fn is_in(&self, region: &str) -> bool {
        self.region.as_deref().is_none_or(|own| own == region)
    }

    fn read(&self, requested: Requested<'_>) -> Result<&Version, Refusal> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        if self.only_by_stage && requested.stage.is_none() {
            return Err(Refusal::new(
                "AccessDeniedException",
                &denial("GetSecretValue", "this secret"),
            ));
        }
        let stage = requested.stage.unwrap_or("AWSCURRENT");
        match requested.id {
            Some(id) => self
                .versions
                .iter()
                .find(|version| version.id == id)
                .ok_or_else(|| no_version("VersionId", id)),
            None => self
                .versions
                .iter()
                .find(|version| version.stage == stage)
                .ok_or_else(|| no_version("staging label", stage)),
        }
    }
}

fn no_version(by: &str, which: &str) -> Refusal {
    let message =
        format!("Secrets Manager can't find the specified secret value for {by}: {which}");
    Refusal::new("ResourceNotFoundException", &message)
}

#[derive(Clone, Debug)]
struct Version {
    id: String,
    stage: String,
    value: Value,
    created_at: f64,
}

impl Version {
    fn described(&self, name: &str, region: &str) -> Value {
        let mut described = self.value.clone();
        described["Name"] = name.into();
        described["ARN"] = FakeSecretsManager::arn(region, name).into();
        described["VersionId"] = self.id.as_str().into();
        described["VersionStages"] = json!([self.stage]);
        described["CreatedDate"] = json!(self.created_at);
        described
    }
}

#[derive(Clone, Debug)]
struct Refusal {
    code: String,
    message: String,
}

impl Refusal {
    fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}
