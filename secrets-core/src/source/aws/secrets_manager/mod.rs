//! Secrets Manager.

mod batch;
#[cfg(feature = "cli")]
mod describe;
mod value;
#[cfg(feature = "cli")]
mod versions;
#[cfg(feature = "cli")]
mod write;

use std::borrow::Cow;
use std::mem::take;

use aws_sdk_secretsmanager::Client;
use from_secrets_syntax::Arn;

use super::batch::Service;
use super::call::{Calls, RegionalCalls};
use super::client::{ClientSlot, Configured};
use super::failover::Failover;
use super::source::AwsSource;
use crate::source::aws_api::errors::CallError;
use crate::source::aws_api::service::{AwsService, SECRETS_MANAGER};
use crate::source::{FetchResult, MissingReason, SecretRequest, VersionSelector};
#[cfg(feature = "cli")]
pub(crate) use versions::{SecretVersion, is_rotating};
#[cfg(feature = "cli")]
pub(crate) use write::{AddedVersion, BoundWrite, Creation, StagedVersion};

/// AWS Secrets Manager, through the AWS SDK.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, SecretsManager};
///
/// let ireland = SecretsManager::new().region("eu-west-1");
/// let loader = Loader::new().source(ireland).source(Env::new());
/// ```
pub type SecretsManager = AwsSource<Client>;

/// Secrets Manager for one load.
#[cfg(feature = "cli")]
pub(crate) type SecretsManagerSource = super::open_source::OpenAwsSource<Client>;

impl Service for Client {
    type Id = SecretRequest;

    const AWS: &'static AwsService = &SECRETS_MANAGER;
    const BATCH_CALL: &'static str = "BatchGetSecretValue";
    const BATCH_HINT: &'static str = "to load all secrets in one request, allow `secretsmanager:BatchGetSecretValue` on `*`; this permission alone does not allow reading a secret";
    const BATCH_SIZE: usize = 20;
    const BATCHES_ONE: bool = false;
    const HAS_SINGLE_QUOTA: bool = true;
    const DENIES_AT_ONCE: bool = true;
    const HAS_REPLICAS: bool = true;

    fn slot(configured: &Configured) -> &ClientSlot<Self> {
        &configured.secrets_manager
    }

    fn id(request: &SecretRequest) -> Result<Cow<'_, SecretRequest>, MissingReason> {
        if request.names_parameter() {
            return Err(MissingReason::Name);
        }
        Ok(Cow::Borrowed(request))
    }

    fn region_of(request: &SecretRequest) -> Option<&str> {
        arn_region(request.id())
    }

    fn is_batchable(request: &SecretRequest) -> bool {
        *request.version() == VersionSelector::Current
    }

    async fn fetch(calls: &Calls<'_, Self>, requests: &[&SecretRequest]) -> Vec<FetchResult> {
        match calls.replicas {
            Some(replicas) => Failover::new(calls, requests, replicas).run().await,
            None => calls.fetch_all(requests).await,
        }
    }

    async fn fetch_batch(
        calls: &RegionalCalls<'_, Self>,
        requests: &[&SecretRequest],
    ) -> Result<Vec<Option<FetchResult>>, CallError> {
        let ids: Vec<&str> = requests.iter().map(|request| request.id()).collect();
        let mut entries = batch::fetch_entries(calls, &ids).await?;
        let places = batch::matched(&ids, &entries);
        let result = |(i, place): (usize, &Option<usize>)| {
            let entry = &mut entries[(*place)?];
            // Two ARNs can mean one secret.
            if places[i + 1..].contains(place) {
                entry.clone().into_result()
            } else {
                take(entry).into_result()
            }
        };
        Ok(places.iter().enumerate().map(result).collect())
    }

    async fn fetch_one(calls: &RegionalCalls<'_, Self>, request: &SecretRequest) -> FetchResult {
        let call = calls.client.get_secret_value().secret_id(request.id());
        let call = match request.version() {
            VersionSelector::Id(id) => call.version_id(id),
            // `AWSCURRENT` is sent explicitly, for policies that are conditioned on the stage.
            stage => call.version_stage(stage.to_string()),
        };
        match calls.send("GetSecretValue", 1, call.send()).await {
            Ok(output) => value::found(output, request),
            Err(error) => error.result,
        }
    }
}

/// Returns the region that an ARN specifies.
fn arn_region(id: &str) -> Option<&str> {
    // An error would be formatted.
    let arn = Arn::is_meant_by(id).then(|| Arn::parse(id));
    arn?.ok().map(|arn| arn.region)
}
