//! Secrets Manager as AWS documents it, with rules before it that break it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::response::denial;
use super::version::{Refusal, Version};
use super::{FakeResponse, Script, limits};
use crate::call::Call;

const ACCOUNT: &str = "123456789012";
const SUFFIX: &str = "AbCdEf";
/// The creation time of a version, unless a test sets another one.
pub(super) const CREATED_AT: f64 = 1_767_225_600.5;

/// Secrets, and what happens instead of reading them. Clones share the secrets, so a test can change them while the
/// server runs.
#[derive(Clone, Default)]
pub struct FakeSecretsManager {
    entries: Arc<Mutex<BTreeMap<String, Entry>>>,
    latency: Duration,
    arrivals: usize,
    rules: Vec<Rule>,
    from_behind: bool,
}

type Rule = Arc<dyn Fn(&Call) -> Option<FakeResponse> + Send + Sync>;

impl fmt::Debug for FakeSecretsManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeSecretsManager")
            .field("entries", &self.entries())
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
        if Arc::strong_count(&self.entries) > 1 {
            let own = self.entries().clone();
            self.entries = Arc::new(Mutex::new(own));
        }
        self.entries().insert(name.to_owned(), entry);
        self
    }

    pub(super) fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Delays each response by a time that depends on the request. Requests take effect when they arrive.
    pub fn latency_of(
        self,
        latency: impl Fn(&Call) -> Duration + Send + Sync + 'static,
    ) -> impl Script {
        move |call: &Call| self.response(call).after(latency(call))
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

    fn get(&self, call: &Call) -> Result<Value, Refusal> {
        let id = call.ids.first().map(String::as_str).unwrap_or_default();
        let requested = Requested {
            stage: call.version_stage.as_deref(),
            id: call.version_id.as_deref(),
        };
        self.read(id, &call.region, requested)
    }

    /// A request lists secrets or describes them with filters, which this server does not have.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html>
    fn batch(&self, call: &Call) -> Result<Value, Refusal> {
        let problem = if !call.body["SecretIdList"].is_array() || !call.body["Filters"].is_null() {
            "Either 'SecretIdList' or 'Filters' must be provided, but not both."
        } else if !call.body["MaxResults"].is_null() {
            "'Filters' must also be specified when 'MaxResults' is provided."
        } else {
            return Ok(self.read_all(call));
        };
        Err(Refusal::new("InvalidParameterException", problem))
    }

    fn read_all(&self, call: &Call) -> Value {
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
        json!({ "SecretValues": values, "Errors": errors })
    }

    fn output(&self, call: &Call) -> Result<Value, Refusal> {
        limits::check(&call.body)?;
        match call.operation.as_str() {
            "GetSecretValue" => self.get(call),
            "BatchGetSecretValue" => self.batch(call),
            "CreateSecret" => self.create(call),
            "DeleteSecret"
            | "DescribeSecret"
            | "ListSecretVersionIds"
            | "PutSecretValue"
            | "UpdateSecretVersionStage" => self.change(call),
            other => Err(Refusal::new("UnknownOperationException", other)),
        }
    }

    fn read(&self, id: &str, region: &str, requested: Requested<'_>) -> Result<Value, Refusal> {
        let entries = self.entries();
        let (name, entry) = find(&entries, id, region).ok_or_else(Refusal::no_secret)?;
        Ok(entry.read(requested)?.described(name, region))
    }
}

/// Returns the secret with this name or ARN, and its name.
pub(super) fn find<'e>(
    entries: &'e BTreeMap<String, Entry>,
    id: &str,
    region: &str,
) -> Option<(&'e str, &'e Entry)> {
    let partial = id.strip_prefix(&FakeSecretsManager::partial_arn(region, ""));
    let whole = partial.and_then(|id| id.strip_suffix(SUFFIX)?.strip_suffix('-'));
    [Some(id), partial, whole]
        .into_iter()
        .flatten()
        .filter_map(|name| entries.get_key_value(name))
        .find(|(_, entry)| entry.is_in(region))
        .map(|(name, entry)| (name.as_str(), entry))
}

impl Script for FakeSecretsManager {
    fn response(&self, call: &Call) -> FakeResponse {
        let ruled = self.rules.iter().find_map(|rule| rule(call));
        let response = ruled.unwrap_or_else(|| match self.output(call) {
            Ok(output) => FakeResponse::json(&output),
            Err(Refusal { code, message }) => FakeResponse::error(&code, &message),
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
    pub(super) versions: Vec<Version>,
    pub(super) refusal: Option<Refusal>,
    pub(super) is_replica: bool,
    /// Whether it is scheduled for deletion.
    pub(super) is_deleted: bool,
    pub(super) created_with: Value,
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

    /// Adds a stage to the last version.
    pub fn stage(mut self, stage: &str) -> Self {
        if let Some(version) = self.versions.last_mut() {
            version.stages.push(stage.to_owned());
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

    /// It is scheduled for deletion.
    pub fn deleted(self) -> Self {
        Self {
            is_deleted: true,
            ..self
        }
    }

    /// It is a replica, which cannot be written.
    pub fn replica(self) -> Self {
        Self {
            is_replica: true,
            ..self
        }
    }

    fn with(mut self, stage: &str, value: Value) -> Self {
        self.versions.push(Version {
            id: Self::version_id(stage),
            stages: vec![stage.to_owned()],
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
        self.check_not_deleted()?;
        let stage = requested.stage.unwrap_or("AWSCURRENT");
        let mut versions = self.versions.iter();
        let Some(id) = requested.id else {
            let version = versions.find(|version| version.has(stage));
            return version.ok_or_else(|| no_version("staging label", stage));
        };
        let version = versions.find(|version| version.id == id);
        let version = version.ok_or_else(|| no_version("VersionId", id))?;
        if requested.stage.is_some_and(|stage| !version.has(stage)) {
            return Err(Refusal::new(
                "InvalidRequestException",
                "You provided a VersionStage that is not associated to the provided VersionId.",
            ));
        }
        Ok(version)
    }

    pub(super) fn check_not_deleted(&self) -> Result<(), Refusal> {
        if self.is_deleted {
            return Err(Refusal::new(
                "InvalidRequestException",
                "You can't perform this operation on the secret because it was marked for deletion.",
            ));
        }
        Ok(())
    }
}

fn no_version(by: &str, which: &str) -> Refusal {
    let message =
        format!("Secrets Manager can't find the specified secret value for {by}: {which}");
    Refusal::new("ResourceNotFoundException", &message)
}
