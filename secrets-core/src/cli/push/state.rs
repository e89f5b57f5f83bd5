//! What Secrets Manager holds now.

use tokio::time::Instant;

use super::targets::Target;
use crate::source::aws::Aws;
use crate::source::{Answer, Failure, Missing, Query, RawValue, Request, SecretSource, Version};

/// What is there under a name.
pub(super) enum Held {
    /// No secret.
    Absent,
    /// A secret without a value.
    Empty,
    Value {
        raw: RawValue,
        arn: Option<String>,
    },
    /// Nobody knows.
    Unknown(Failure),
}

/// Where Secrets Manager is not set up.
pub(super) struct NotConfigured(pub(super) String);

/// A secret, what it holds, and where it is.
pub(super) struct Secret<'a> {
    pub(super) target: Target<'a>,
    pub(super) held: Held,
    pub(super) region: Option<String>,
}

impl Held {
    fn of(answer: Answer) -> Result<Self, NotConfigured> {
        Ok(match answer {
            Answer::Found(found) => Self::Value {
                raw: found.value,
                arn: found.arn,
            },
            Answer::Missing(Missing::Version) => Self::Empty,
            Answer::Missing(_) => Self::Absent,
            Answer::Failed(failure) => Self::Unknown(failure),
            Answer::NotConfigured(why) => return Err(NotConfigured(why)),
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

impl Secret<'_> {
    /// What it is written by: the ARN where it is known, because a name can be taken for one.
    pub(super) fn writing_id(&self) -> &str {
        self.held.arn().unwrap_or(self.target.id())
    }
}

/// Asks for all of them as a load would, and joins those that are one secret under two ids.
pub(super) async fn read<'a>(
    aws: &Aws,
    targets: Vec<Target<'a>>,
    deadline: Instant,
) -> Result<Vec<Secret<'a>>, NotConfigured> {
    let request = |target: &Target<'_>| Request::new(target.id(), Version::Current);
    let requests: Vec<Request> = targets.iter().map(request).collect();
    let answers = if requests.is_empty() {
        Vec::new()
    } else {
        aws.fetch(Query::new(&requests, deadline)).await
    };
    let mut secrets: Vec<Secret<'a>> = Vec::new();
    for (target, answer) in targets.into_iter().zip(answers) {
        let held = Held::of(answer)?;
        let is_known =
            |known: &&mut Secret<'a>| held.arn().is_some() && known.held.arn() == held.arn();
        if let Some(known) = secrets.iter_mut().find(is_known) {
            known.target.absorb(target);
            continue;
        }
        let region = aws.region_of(target.id()).await;
        secrets.push(Secret {
            target,
            held,
            region,
        });
    }
    Ok(secrets)
}
