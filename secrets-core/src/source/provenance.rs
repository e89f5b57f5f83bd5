//! Source and version of a value.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::response::SecretValue;
use crate::format::printable_line;

/// Source and version of a value. Clones are cheap.
///
/// ```
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Loader};
/// # #[derive(FromSecrets)]
/// # struct Config { api_token: String }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), from_secrets::Error> {
/// use from_secrets::report::FieldOutcome;
///
/// let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
/// let loader = Loader::new().source(secrets);
/// let (_config, report) = loader.load_with_report::<Config>().await?;
/// let FieldOutcome::Found(provenance) = report.fields()[0].outcome() else {
///     panic!("the field was not found");
/// };
/// assert_eq!(provenance.source(), "memory");
/// assert_eq!(provenance.version_id(), Some("v1"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Provenance(Arc<ProvenanceParts>);

#[derive(PartialEq, Eq)]
struct ProvenanceParts {
    source: Arc<str>,
    version_id: Option<String>,
    arn: Option<String>,
    created_at: Option<SystemTime>,
    replica_region: Option<String>,
}

/// Omits metadata that cannot be an ID or an ARN, because reports show it.
fn metadata(text: String) -> Option<String> {
    /// The longest ARN, in bytes.
    const LONGEST: usize = 2048;
    printable_line(text, LONGEST)
}

impl Provenance {
    /// Moves the metadata of a value out.
    pub(crate) fn take(source: &Arc<str>, value: &mut SecretValue) -> Self {
        Self(Arc::new(ProvenanceParts {
            source: Arc::clone(source),
            version_id: value.version_id.take().and_then(metadata),
            arn: value.arn.take().and_then(metadata),
            created_at: value.created_at,
            replica_region: value.replica_region.take(),
        }))
    }

    /// Returns the name of the source.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Returns the ID of the secret's version, if the source has one.
    pub fn version_id(&self) -> Option<&str> {
        self.0.version_id.as_deref()
    }

    /// Returns the ARN of the secret, if the source has one.
    pub fn arn(&self) -> Option<&str> {
        self.0.arn.as_deref()
    }

    /// Returns the creation time of the version, if the source has it.
    pub fn created_at(&self) -> Option<SystemTime> {
        self.0.created_at
    }

    /// Returns the region of the replica that provided the value instead of the secret's own region.
    pub fn replica_region(&self) -> Option<&str> {
        self.0.replica_region.as_deref()
    }
}

impl fmt::Debug for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provenance")
            .field("source", &self.0.source)
            .field("version_id", &self.0.version_id)
            .field("arn", &self.0.arn)
            .field("created_at", &self.0.created_at)
            .field("replica_region", &self.0.replica_region)
            .finish()
    }
}
