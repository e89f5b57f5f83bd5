//! Writes that are bound to the version that was read.

use super::change::{Action, Change};
use super::conflict;
use super::describe::description;
use super::state::{StoredSecretValue, TargetSecret, read_again};
use crate::cli::console::note;
use crate::load::Loader;
use crate::source::aws::{
    AddedVersion, BoundWrite, Creation, SecretsManagerSource, StagedVersion, is_rotating,
};
use crate::source::{FetchContext, FetchResult, RawValue, SourceError, SourceErrorKind};

/// The number of attempts. Each one fails only if another write succeeded.
const ATTEMPTS: usize = 10;

/// The end of a rotation makes its version the current one, so another write in the meantime would be lost.
pub(in crate::cli) const ROTATING: &str =
    "it is being rotated; wait for the end of the rotation, or remove the stage `AWSPENDING`";

/// The result of writing one secret.
pub(super) enum WriteResult {
    Created,
    Updated,
    /// Another writer stored the same value.
    Unchanged,
    Failed(SourceError),
    /// Another writer changed the same value, or an error that is not about the connection or the service.
    Refused(String),
    /// An earlier error applies to all secrets.
    Skipped,
}

/// Access to Secrets Manager.
pub(super) struct BoundWriter<'a> {
    pub(super) aws: &'a SecretsManagerSource,
    pub(super) loader: &'a Loader,
    pub(super) creation: &'a Creation,
}

/// The result of one attempt.
enum AttemptResult {
    Done(WriteResult),
    Unconfirmed(UnconfirmedWrite),
}

impl AttemptResult {
    fn of(write: BoundWrite, version: StagedVersion, success: WriteResult) -> Self {
        match write {
            BoundWrite::Done => Self::Done(success),
            BoundWrite::Unconfirmed(error) => Self::Unconfirmed(UnconfirmedWrite {
                error,
                version,
                success,
            }),
        }
    }
}

/// A write whose result only the current version shows.
struct UnconfirmedWrite {
    error: SourceError,
    /// The version that may be the current one.
    version: StagedVersion,
    /// The result if it is the current one.
    success: WriteResult,
}

impl BoundWriter<'_> {
    /// Writes a secret. If another writer has changed it since it was read, it is read and merged again.
    pub(super) async fn write(&self, secret: &mut TargetSecret<'_>) -> WriteResult {
        for _ in 0..ATTEMPTS {
            let change = match Change::of(secret) {
                Ok(change) => change,
                Err(message) => return WriteResult::Refused(message),
            };
            let write = match self.attempt(secret, &change).await {
                Ok(AttemptResult::Done(result)) => {
                    self.note_new_rotation(secret, &result).await;
                    return result;
                }
                Ok(AttemptResult::Unconfirmed(write)) => write,
                Err(error) => return WriteResult::Failed(error),
            };
            let now = read_again(self.aws, secret.target.id(), self.context()).await;
            // If the response to a successful attempt gets lost, its repetition is rejected or gets lost, too.
            if now.version_id() == Some(write.version.id()) {
                self.note_new_rotation(secret, &write.success).await;
                return write.success;
            }
            let is_unknown = matches!(now, StoredSecretValue::Unknown(_));
            if is_unknown || now.version_id() == secret.stored.version_id() {
                return WriteResult::Failed(write.error);
            }
            if let Err(message) = merge(secret, now) {
                return WriteResult::Refused(message);
            }
        }
        let message =
            "other writers changed the secret during each attempt; run this command again";
        WriteResult::Refused(message.to_owned())
    }

    async fn attempt(
        &self,
        secret: &TargetSecret<'_>,
        change: &Change,
    ) -> Result<AttemptResult, SourceError> {
        let Some(value) = &change.value else {
            return Ok(AttemptResult::Done(WriteResult::Unchanged));
        };
        let is_update = matches!(change.action, Action::Update | Action::Overwrite);
        if is_update && self.is_rotating(secret).await? {
            let result = WriteResult::Refused(ROTATING.to_owned());
            return Ok(AttemptResult::Done(result));
        }
        match change.action {
            Action::Create => self.create(secret, value).await,
            Action::Update => self.update(secret, value).await,
            Action::Overwrite => self.overwrite(secret, value).await,
            Action::Unchanged | Action::Skip | Action::Fail(_) => {
                Ok(AttemptResult::Done(WriteResult::Unchanged))
            }
        }
    }

    /// Returns whether a rotation is in progress, if the versions may be listed.
    async fn is_rotating(&self, secret: &TargetSecret<'_>) -> Result<bool, SourceError> {
        let id = secret.writing_id();
        match self.aws.versions(self.context(), id).await {
            Ok(versions) => Ok(is_rotating(&versions)),
            Err(FetchResult::Failed(error)) if error.kind() == SourceErrorKind::Denied => {
                note(&format!(
                    "cannot check whether `{id}` is being rotated: {error}"
                ));
                Ok(false)
            }
            Err(FetchResult::Failed(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Prints a note if a rotation began after the check. It may have copied the secret before the write.
    async fn note_new_rotation(&self, secret: &TargetSecret<'_>, result: &WriteResult) {
        if !matches!(result, WriteResult::Updated) {
            return;
        }
        let id = secret.writing_id();
        let versions = self.aws.versions(self.context(), id).await;
        if versions.is_ok_and(|versions| is_rotating(&versions)) {
            note(&format!(
                "a rotation of `{id}` began during the write, and may replace the new value; check it after the rotation"
            ));
        }
    }

    async fn create(
        &self,
        secret: &TargetSecret<'_>,
        value: &RawValue,
    ) -> Result<AttemptResult, SourceError> {
        let creation = Creation {
            description: description(&secret.target),
            ..self.creation.clone()
        };
        let (aws, id) = (self.aws, secret.target.id());
        let version = StagedVersion::random();
        let created = aws
            .create(self.context(), id, value, &version, &creation)
            .await?;
        Ok(AttemptResult::of(created, version, WriteResult::Created))
    }

    async fn update(
        &self,
        secret: &TargetSecret<'_>,
        value: &RawValue,
    ) -> Result<AttemptResult, SourceError> {
        let (aws, id) = (self.aws, secret.writing_id());
        let version = StagedVersion::random();
        let moved = match aws.add_version(self.context(), id, value, &version).await? {
            AddedVersion::Current => Ok(BoundWrite::Done),
            AddedVersion::Staged => {
                let from = secret.stored.version_id();
                aws.move_current(self.context(), id, version.id(), from)
                    .await
            }
            AddedVersion::Unconfirmed(error) => Ok(BoundWrite::Unconfirmed(error)),
        };
        // Versions without a stage are deleted in time.
        if let Err(error) = aws.remove_stage(self.context(), id, &version).await {
            note(&format!(
                "the unused stage `{}` of `{id}` cannot be removed: {error}",
                version.stage()
            ));
        }
        Ok(AttemptResult::of(moved?, version, WriteResult::Updated))
    }

    async fn overwrite(
        &self,
        secret: &TargetSecret<'_>,
        value: &RawValue,
    ) -> Result<AttemptResult, SourceError> {
        let id = secret.target.id();
        // A policy can deny to read a secret because it does not exist.
        if self.aws.overwrite(self.context(), id, value).await? {
            return Ok(AttemptResult::Done(WriteResult::Updated));
        }
        self.create(secret, value).await
    }

    fn context(&self) -> FetchContext {
        self.loader.context()
    }
}

/// Accepts the changes of another writer, unless they are about the same values.
fn merge(secret: &mut TargetSecret<'_>, now: StoredSecretValue) -> Result<(), String> {
    if matches!(now, StoredSecretValue::Absent) {
        return Err("the secret was deleted since it was read".to_owned());
    }
    conflict::check(secret, &now)?;
    secret.stored = now;
    note(&format!(
        "`{}` was changed since it was read; its other values are kept",
        secret.target.id()
    ));
    Ok(())
}
