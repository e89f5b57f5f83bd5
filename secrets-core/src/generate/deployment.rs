//! The target of a deployment.

use from_secrets_syntax::Partition;

/// The known properties of the deployment target.
#[derive(Clone, Debug, Default)]
pub(super) struct Deployment {
    pub(super) partition: Option<String>,
    pub(super) region: Option<String>,
    pub(super) account: Option<String>,
    pub(super) kms_keys: Vec<String>,
    pub(super) parameter_store: bool,
}

impl Deployment {
    /// Returns the partition in ARNs. Defaults to the partition of the region.
    pub(super) fn partition_name(&self) -> &str {
        let of_region = || Partition::of_region(self.region.as_deref().unwrap_or_default()).name;
        self.partition.as_deref().unwrap_or_else(of_region)
    }
}
