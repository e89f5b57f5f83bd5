//! Requests to a source.

#[cfg(feature = "aws")]
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use from_secrets_syntax::{Arn, ParameterArn};
use tokio::time::Instant;

/// Deadline of a fetch, and whether results may come from a cache.
///
/// Each source decides which caches it bypasses, and when. By default, `Agent` bypasses the cache that the processes of
/// a host share only for refreshes on demand (`Agent::bypass_cache_on_refresh`).
///
/// | fetch | [`bypasses_cache`](Self::bypasses_cache) | [`is_on_demand`](Self::is_on_demand) |
/// |---|---|---|
/// | a load | no | no |
/// | a refresh of a [`Live`](crate::Live) struct in the background or on access | yes | no |
/// | a refresh on demand: [`Live::refresh`](crate::Live::refresh), [`Live::retry_on`](crate::Live::retry_on) | yes | yes |
///
/// ```
/// use std::time::Duration;
///
/// use from_secrets::source::FetchContext;
///
/// let context = FetchContext::new(Duration::from_secs(2));
/// assert!(!context.bypasses_cache());
/// assert!(context.bypass_cache().bypasses_cache());
/// assert!(context.on_demand().bypasses_cache());
/// assert_eq!(context.timeout(), Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FetchContext {
    timeout: Duration,
    /// The setting that increases the timeout.
    timeout_setting: &'static str,
    deadline: Instant,
    cause: FetchCause,
}

/// The reason for a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FetchCause {
    Load,
    /// A refresh in the background or on access.
    Refresh,
    /// A refresh that the application requested.
    Demand,
}

impl FetchContext {
    /// Creates the context of a load that starts now. Results may come from a cache.
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            timeout_setting: "`Loader::timeout`",
            deadline: after(Instant::now(), timeout),
            cause: FetchCause::Load,
        }
    }

    /// Marks a refresh of a [`Live`](crate::Live) struct, whose results should not come from a cache.
    pub fn bypass_cache(mut self) -> Self {
        if self.cause == FetchCause::Load {
            self.cause = FetchCause::Refresh;
        }
        self
    }

    /// Marks a refresh on demand, whose results must not come from a cache.
    pub fn on_demand(mut self) -> Self {
        self.cause = FetchCause::Demand;
        self
    }

    pub(crate) fn with_deadline(self, deadline: Instant) -> Self {
        Self { deadline, ..self }
    }

    /// Returns the context of a source with a timeout of its own.
    pub(crate) fn limited_to(self, timeout: Duration) -> Self {
        let deadline = after(Instant::now(), timeout);
        if deadline >= self.deadline {
            return self;
        }
        Self {
            timeout,
            timeout_setting: "the `timeout` of the source",
            deadline,
            ..self
        }
    }

    /// Returns the timeout of the whole load, or of this source if it has one that ends earlier.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns the setting that increases the timeout, for hints.
    pub(crate) fn timeout_setting(&self) -> &'static str {
        self.timeout_setting
    }

    /// Returns the instant at which the load stops waiting for this source.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns whether this is a refresh, for which caches should be bypassed. A source in front of a cache that many
    /// processes share can use the cache unless the refresh is [on demand](Self::is_on_demand).
    pub fn bypasses_cache(&self) -> bool {
        self.cause != FetchCause::Load
    }

    /// Returns whether this is a refresh on demand: the application called [`Live::refresh`](crate::Live::refresh), or
    /// an operation of [`Live::retry_on`](crate::Live::retry_on) rejected the current values.
    pub fn is_on_demand(&self) -> bool {
        self.cause == FetchCause::Demand
    }
}

/// Returns the instant after a duration. If clocks cannot represent it, the instant is a year away.
pub(crate) fn after(start: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_hours(24 * 365);
    start.checked_add(duration).unwrap_or(start + FAR)
}

/// Kind of IDs in the requests of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyedBy {
    /// Names or ARNs of secrets. A secret is requested once, even if several fields need it.
    SecretId,
    /// Names of environment variables, one for each field.
    EnvVar,
}

/// A request for one secret, parameter or environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretRequest {
    id: Arc<str>,
    version: VersionSelector,
    json_keys: Vec<String>,
    names_parameter: bool,
}

impl SecretRequest {
    /// Creates a request for a whole secret.
    pub(crate) fn new(id: impl Into<Arc<str>>, version: VersionSelector) -> Self {
        Self {
            id: id.into(),
            version,
            json_keys: Vec::new(),
            names_parameter: false,
        }
    }

    /// Replaces the version.
    pub(crate) fn with_version(self, version: VersionSelector) -> Self {
        Self { version, ..self }
    }

    /// Marks the ID as that of a parameter of Parameter Store.
    pub(crate) fn of_parameter(mut self) -> Self {
        self.names_parameter = true;
        self
    }

    /// Returns the names of secrets and parameters that an ARN can mean. Empty if the ID is not an ARN.
    pub(crate) fn arn_names(&self) -> Vec<String> {
        arn_names(&self.id)
    }

    /// Returns whether a name or an ARN can be that of the requested secret. The ARN of a response can be wrong, for
    /// example that of an emulator.
    pub(crate) fn can_have_id(&self, id: &str) -> bool {
        let requested = self.arn_names();
        let is_requested =
            |name: &str| name == &*self.id || requested.iter().any(|own| own == name);
        is_requested(id) || arn_names(id).iter().any(|name| is_requested(name))
    }

    /// Creates a request for an environment variable.
    pub(crate) fn variable(name: &str) -> Self {
        Self::new(name, VersionSelector::Current)
    }

    /// Returns whether the requests have the same result.
    pub(crate) fn is_same_secret(&self, other: &Self) -> bool {
        (&self.id, &self.version) == (&other.id, &other.version)
            && self.names_parameter == other.names_parameter
    }

    /// Returns the request for the same secret in another region. Only an ARN specifies a region.
    #[cfg(feature = "aws")]
    pub(crate) fn in_region(&self, region: &str) -> Cow<'_, Self> {
        match Arn::parse(&self.id) {
            Ok(arn) if arn.region != region => Cow::Owned(Self {
                id: Arn { region, ..arn }.to_string().into(),
                ..self.clone()
            }),
            _ => Cow::Borrowed(self),
        }
    }

    /// Adds a JSON key that a field needs.
    pub(crate) fn add_json_key(&mut self, key: &str) {
        if !self.json_keys.iter().any(|known| known == key) {
            self.json_keys.push(key.to_owned());
        }
    }

    pub(crate) fn shared_id(&self) -> Arc<str> {
        Arc::clone(&self.id)
    }

    /// Returns the name or ARN of the secret, or the name of the variable if the source is keyed by
    /// [`KeyedBy::EnvVar`].
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether the ID is that of a parameter of Parameter Store, because the declaration contains the ARN of a
    /// parameter or CloudFormation's `{{resolve:ssm:…}}`. A source that cannot store parameters returns
    /// [`MissingReason::Name`](crate::source::MissingReason::Name).
    pub fn names_parameter(&self) -> bool {
        self.names_parameter
    }

    /// Returns the version of the secret.
    pub fn version(&self) -> &VersionSelector {
        &self.version
    }

    /// Returns the JSON keys that fields need, with a leading `/` if they are JSON pointers. Empty if fields need the
    /// whole secret.
    ///
    /// A source that stores the secret as JSON returns all of it. A source that stores each key separately combines the
    /// keys into a JSON object.
    pub fn json_keys(&self) -> &[String] {
        &self.json_keys
    }
}

/// Selects a version of a secret.
///
/// ```
/// use from_secrets::source::VersionSelector;
///
/// assert_eq!(VersionSelector::Current.to_string(), "AWSCURRENT");
/// assert_eq!(VersionSelector::Stage("AWSPREVIOUS".to_owned()).to_string(), "AWSPREVIOUS");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VersionSelector {
    /// The version with the stage `AWSCURRENT`.
    Current,
    /// The version with this stage.
    Stage(String),
    /// The version with this ID.
    Id(String),
}

impl fmt::Display for VersionSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("AWSCURRENT"),
            Self::Stage(stage) => f.write_str(stage),
            Self::Id(id) => f.write_str(id),
        }
    }
}

/// Returns the names of secrets and parameters that an ARN can mean.
fn arn_names(id: &str) -> Vec<String> {
    let secrets = Arn::parse(id).map(|arn| arn.names());
    let parameters = ParameterArn::parse(id).map(|arn| arn.names());
    let secrets = secrets.into_iter().flatten().map(str::to_owned);
    secrets.chain(parameters.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unrepresentable_instant_is_far_away() {
        let now = Instant::now();
        assert_eq!(
            after(now, Duration::from_secs(1)),
            now + Duration::from_secs(1)
        );
        assert!(after(now, Duration::MAX) > now + Duration::from_hours(24 * 300));
    }
}
