//! The current secrets in Secrets Manager.

use super::targets::PushTarget;
use crate::source::aws::SecretsManagerSource;
use crate::source::{
    FetchContext, FetchResult, MissingReason, RawValue, SecretRequest, SecretSource, SourceError,
    VersionSelector,
};

/// The stored value of a secret.
pub(super) enum StoredSecretValue {
    /// The secret does not exist.
    Absent,
    /// The secret has no value.
    Empty,
    Value {
        raw: RawValue,
        arn: Option<String>,
    },
    /// The secret cannot be read.
    Unknown(SourceError),
}

/// The reason why Secrets Manager is not configured.
pub(super) struct NotConfigured(pub(super) String);

/// A secret with its stored value and its region.
pub(super) struct PushSecret<'a> {
    pub(super) target: PushTarget<'a>,
    pub(super) stored: StoredSecretValue,
    pub(super) region: Option<String>,
}

impl StoredSecretValue {
    fn of(result: FetchResult) -> Result<Self, NotConfigured> {
        Ok(match result {
            FetchResult::Found(found) => Self::Value {
                raw: found.value,
                arn: found.arn,
            },
            FetchResult::Missing(MissingReason::Version) => Self::Empty,
            FetchResult::Missing(_) => Self::Absent,
            FetchResult::Failed(failure) => Self::Unknown(failure),
            FetchResult::NotConfigured(reason) => return Err(NotConfigured(reason)),
        })
    }

    pub(super) fn raw(&self) -> Option<&RawValue> {
        match self {
            Self::Value { raw, .. } => Some(raw),
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

impl PushSecret<'_> {
    /// Returns the ID for writes: the ARN if it is known, because a name can be mistaken for a partial ARN.
    pub(super) fn writing_id(&self) -> &str {
        self.stored.arn().unwrap_or(self.target.id())
    }
}

/// Reads all secrets in the same way as a load, and merges targets with the same ARN.
pub(super) async fn read<'a>(
    aws: &SecretsManagerSource,
    targets: Vec<PushTarget<'a>>,
    context: FetchContext,
) -> Result<Vec<PushSecret<'a>>, NotConfigured> {
    let request =
        |target: &PushTarget<'_>| SecretRequest::new(target.id(), VersionSelector::Current);
    let requests: Vec<SecretRequest> = targets.iter().map(request).collect();
    let results = if requests.is_empty() {
        Vec::new()
    } else {
        aws.fetch(&requests, context).await
    };
    let mut secrets: Vec<PushSecret<'a>> = Vec::new();
    for (target, result) in targets.into_iter().zip(results) {
        let stored = StoredSecretValue::of(result)?;
        let is_known = |known: &&mut PushSecret<'a>| {
            stored.arn().is_some() && known.stored.arn() == stored.arn()
        };
        if let Some(known) = secrets.iter_mut().find(is_known) {
            known.target.merge(target);
            continue;
        }
        let region = aws.region_of(context, target.id()).await;
        secrets.push(PushSecret {
            target,
            stored,
            region,
        });
    }
    Ok(secrets)
}
