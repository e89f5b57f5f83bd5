//! What Secrets Manager holds now.

use super::targets::PushTarget;
use crate::source::aws::SecretsManagerSource;
use crate::source::{
    FetchContext, FetchResult, MissingReason, RawValue, SecretRequest, SecretSource, SourceError,
    VersionSelector,
};

/// What is there under a name.
pub(super) enum StoredSecretValue {
    /// No secret.
    Absent,
    /// A secret without a value.
    Empty,
    Value {
        raw: RawValue,
        arn: Option<String>,
    },
    /// Nobody knows.
    Unknown(SourceError),
}

/// Where Secrets Manager is not set up.
pub(super) struct NotConfigured(pub(super) String);

/// A secret, what it holds, and where it is.
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
            FetchResult::NotConfigured(why) => return Err(NotConfigured(why)),
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
    /// What it is written by: the ARN where it is known, because a name can be taken for one.
    pub(super) fn writing_id(&self) -> &str {
        self.stored.arn().unwrap_or(self.target.id())
    }
}

/// Asks for all of them as a load would, and joins those that are one secret under two ids.
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
            known.target.absorb(target);
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
