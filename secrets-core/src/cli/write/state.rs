//! The current secrets in Secrets Manager.

use super::targets::{FieldSlot, WriteTarget};
use crate::decode::{SecretDocument, Selected};
use crate::source::aws::SecretsManagerSource;
use crate::source::{
    FetchContext, FetchResult, MissingReason, RawValue, SecretRequest, SecretSource, SourceError,
    SourceErrorKind, VersionSelector,
};

/// The stored value of a secret.
pub(in crate::cli) enum StoredSecretValue {
    /// The secret does not exist.
    Absent,
    /// The secret has no value.
    Empty,
    Value {
        raw: RawValue,
        arn: Option<String>,
        version_id: Option<String>,
    },
    /// The secret cannot be read.
    Unknown(SourceError),
    /// The secret cannot be read, and is written regardless.
    Overwritten,
}

/// The reason why Secrets Manager is not configured.
pub(in crate::cli) struct NotConfigured(pub(in crate::cli) String);

/// A secret with its stored value and its region.
pub(in crate::cli) struct TargetSecret<'a> {
    pub(in crate::cli) target: WriteTarget<'a>,
    pub(in crate::cli) stored: StoredSecretValue,
    pub(in crate::cli) region: Option<String>,
}

impl StoredSecretValue {
    fn of(result: FetchResult) -> Result<Self, NotConfigured> {
        Ok(match result {
            FetchResult::Found(found) => Self::Value {
                raw: found.value,
                arn: found.arn,
                version_id: found.version_id,
            },
            FetchResult::Missing(MissingReason::Version) => Self::Empty,
            FetchResult::Missing(_) => Self::Absent,
            FetchResult::Failed(failure) => Self::Unknown(failure),
            FetchResult::NotConfigured(reason) => return Err(NotConfigured(reason)),
        })
    }

    pub(in crate::cli) fn raw(&self) -> Option<&RawValue> {
        match self {
            Self::Value { raw, .. } => Some(raw),
            _ => None,
        }
    }

    /// Returns the version, if the secret has a value.
    pub(super) fn version_id(&self) -> Option<&str> {
        match self {
            Self::Value { version_id, .. } => version_id.as_deref(),
            _ => None,
        }
    }

    fn arn(&self) -> Option<&str> {
        match self {
            Self::Value { arn, .. } => arn.as_deref(),
            _ => None,
        }
    }
}

impl TargetSecret<'_> {
    /// Returns the ID for writes: the ARN if it is known, because a name can be mistaken for a partial ARN.
    pub(in crate::cli) fn writing_id(&self) -> &str {
        self.stored.arn().unwrap_or(self.target.id())
    }

    /// Returns whether Secrets Manager already has a value for a slot.
    pub(in crate::cli) fn has(&self, slot: &FieldSlot<'_>) -> bool {
        let Some(raw) = self.stored.raw() else {
            return false;
        };
        let selected = SecretDocument::new(raw.clone()).select(slot.json_key);
        matches!(selected, Selected::Value(_))
    }

    /// Returns the error if the secret cannot be read.
    pub(in crate::cli) fn unreadable(&self) -> Option<&SourceError> {
        match &self.stored {
            StoredSecretValue::Unknown(failure) => Some(failure),
            _ => None,
        }
    }
}

/// Reads a secret again, after another write of it.
pub(super) async fn read_again(
    aws: &SecretsManagerSource,
    id: &str,
    context: FetchContext,
) -> StoredSecretValue {
    let request = [SecretRequest::new(id, VersionSelector::Current)];
    let result = aws.fetch(&request, context.bypass_cache()).await.pop();
    let stored = match result {
        Some(result) => StoredSecretValue::of(result),
        None => return StoredSecretValue::Absent,
    };
    stored.unwrap_or_else(|NotConfigured(reason)| {
        StoredSecretValue::Unknown(SourceError::new(SourceErrorKind::Credentials, reason))
    })
}

/// Reads all secrets in the same way as a load, and merges targets with the same ARN.
pub(in crate::cli) async fn read<'a>(
    aws: &SecretsManagerSource,
    targets: Vec<WriteTarget<'a>>,
    context: FetchContext,
) -> Result<Vec<TargetSecret<'a>>, NotConfigured> {
    let request =
        |target: &WriteTarget<'_>| SecretRequest::new(target.id(), VersionSelector::Current);
    let requests: Vec<SecretRequest> = targets.iter().map(request).collect();
    let results = if requests.is_empty() {
        Vec::new()
    } else {
        aws.fetch(&requests, context).await
    };
    let mut secrets: Vec<TargetSecret<'a>> = Vec::new();
    for (target, result) in targets.into_iter().zip(results) {
        let stored = StoredSecretValue::of(result)?;
        let is_known = |known: &&mut TargetSecret<'a>| {
            stored.arn().is_some() && known.stored.arn() == stored.arn()
        };
        if let Some(known) = secrets.iter_mut().find(is_known) {
            known.target.merge(target);
            continue;
        }
        let region = aws.region_of(context, target.id()).await;
        secrets.push(TargetSecret {
            target,
            stored,
            region,
        });
    }
    Ok(secrets)
}
