//! The secrets in memory, with their versions.

use std::collections::BTreeMap;

use crate::source::error::{SourceError, SourceErrorKind};
use crate::source::request::{SecretRequest, VersionSelector};
use crate::source::response::{FetchResult, MissingReason, RawValue, SecretValue};

#[derive(Default)]
pub(super) struct MemoryState {
    pub(super) secrets: BTreeMap<String, StoredSecret>,
    pub(super) outage: Option<SourceErrorKind>,
    pub(super) is_unconfigured: bool,
    pub(super) requests: Vec<SecretRequest>,
}

#[derive(Default)]
pub(super) struct StoredSecret {
    versions: Vec<StoredVersion>,
    pub(super) error: Option<SourceErrorKind>,
}

struct StoredVersion {
    id: String,
    stages: Vec<String>,
    value: RawValue,
}

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

impl MemoryState {
    pub(super) fn secret(&mut self, name: &str) -> &mut StoredSecret {
        self.secrets.entry(name.to_owned()).or_default()
    }

    pub(super) fn fetch(&mut self, request: &SecretRequest) -> FetchResult {
        self.requests.push(request.clone());
        if let Err(result) = self.ready() {
            return result;
        }
        match self.secrets.get(request.id()) {
            Some(secret) => secret.fetch(request.version()),
            None => self.by_arn(request),
        }
    }

    /// Returns the result of every request if the source is not configured or fails.
    pub(super) fn ready(&self) -> Result<(), FetchResult> {
        if self.is_unconfigured {
            let reason = "`Memory::unconfigured` was called".to_owned();
            return Err(FetchResult::NotConfigured(reason));
        }
        self.outage.map_or(Ok(()), |kind| Err(injected(kind)))
    }

    /// Returns the secret that an ARN means. If two secrets match, both must have the same value.
    fn by_arn(&self, request: &SecretRequest) -> FetchResult {
        let mut result = FetchResult::Missing(MissingReason::Secret);
        let mut first = String::new();
        for name in request.arn_names() {
            let Some(secret) = self.secrets.get(&name) else {
                continue;
            };
            match (&result, secret.fetch(request.version())) {
                (_, failed @ FetchResult::Failed(_)) => return failed,
                (FetchResult::Missing(_), found) => (result, first) = (found, name),
                (FetchResult::Found(one), FetchResult::Found(other))
                    if one.value != other.value =>
                {
                    let message =
                        format!("conflicting secrets for one ARN: `{first}` and `{name}`");
                    let error = SourceError::new(SourceErrorKind::Malformed, message);
                    let hint = "remove one, or store the secret under the complete ARN";
                    return FetchResult::Failed(error.with_hint(hint));
                }
                _ => {}
            }
        }
        result
    }
}

impl StoredSecret {
    fn fetch(&self, version: &VersionSelector) -> FetchResult {
        if let Some(kind) = self.error {
            return injected(kind);
        }
        let stored = self.versions.iter().find(|stored| match version {
            VersionSelector::Current => stored.stages.iter().any(|stage| stage == CURRENT),
            VersionSelector::Stage(stage) => stored.stages.contains(stage),
            VersionSelector::Id(id) => stored.id == *id,
        });
        match stored {
            Some(stored) => FetchResult::Found(SecretValue {
                version_id: Some(stored.id.clone()),
                ..SecretValue::from(stored.value.clone())
            }),
            None => FetchResult::Missing(MissingReason::Version),
        }
    }

    pub(super) fn rotate(&mut self, value: RawValue) {
        for stored in &mut self.versions {
            stored.stages.retain(|stage| stage != PREVIOUS);
            for stage in &mut stored.stages {
                if stage == CURRENT {
                    PREVIOUS.clone_into(stage);
                }
            }
        }
        self.add(CURRENT, value);
    }

    pub(super) fn add(&mut self, stage: &str, value: RawValue) {
        self.versions
            .iter_mut()
            .for_each(|stored| stored.stages.retain(|s| s != stage));
        let id = format!("v{}", self.versions.len() + 1);
        self.versions.push(StoredVersion {
            id,
            stages: vec![stage.to_owned()],
            value,
        });
    }
}

fn injected(kind: SourceErrorKind) -> FetchResult {
    let error = SourceError::new(kind, "injected by the in-memory source");
    FetchResult::Failed(error.with_hint("call `Memory::recover`"))
}
