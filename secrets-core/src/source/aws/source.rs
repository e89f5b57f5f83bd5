//! A source for each service, with its settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;

use super::batch::Service;
use super::client_settings::ClientSettings;
use super::open_source::{CustomClient, OpenAwsSource};
#[cfg(feature = "cli")]
use super::options::AwsOptions;
use super::replicas::Replicas;
use super::settings::Settings;
use crate::source::{Defaults, Env, Role, Source};

/// An AWS service as a source: [`SecretsManager`](crate::source::SecretsManager) or `ParameterStore`.
///
/// Without settings of its own, the source uses those of the [`Loader`](crate::Loader). Without these, it reads the
/// environment variables and profiles that every AWS tool reads. Clones share their clients.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, SecretsManager};
///
/// let loader = Loader::new()
///     .source(SecretsManager::new().region("eu-west-1"))
///     .source(SecretsManager::new().region("us-east-1"))
///     .source(Env::new());
/// ```
#[derive(Clone)]
pub struct AwsSource<C> {
    settings: Option<Arc<Settings>>,
    client: Option<CustomClient<C>>,
    /// The region from the word in `FROM_SECRETS_SOURCES`, for settings of the loader.
    region: Option<String>,
    /// The regions to which secrets are replicated.
    replicas: Vec<String>,
    timeout: Option<Duration>,
}

impl<C> AwsSource<C> {
    /// Creates a source without settings of its own.
    pub fn new() -> Self {
        Self {
            settings: None,
            client: None,
            region: None,
            replicas: Vec::new(),
            timeout: None,
        }
    }

    /// Sets the region, regardless of the environment and the profile. An ARN specifies its own region.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        self.set(|client| client.region = Some(region.into()))
    }

    /// Sets the region for the case that nothing else specifies one: neither the environment, nor the profile, nor a
    /// [`client`](Self::client) or [`sdk_config`](Self::sdk_config).
    ///
    /// ```
    /// use from_secrets::source::SecretsManager;
    ///
    /// // `AWS_REGION` and the profile take precedence.
    /// let source = SecretsManager::new().default_region("us-west-2");
    /// ```
    #[must_use]
    pub fn default_region(self, region: impl Into<String>) -> Self {
        self.set(|client| client.default_region = Some(region.into()))
    }

    /// Sets the client, with its credentials, TLS, retries, timeouts and region.
    ///
    /// It takes precedence over [`sdk_config`](Self::sdk_config), regardless of the order of the calls.
    /// [`region`](Self::region) takes precedence over the region of the client. So does
    /// [`Loader::region`](crate::Loader::region), unless this source has other settings of its own.
    ///
    /// ```
    /// use aws_sdk_secretsmanager::{Client, Config};
    /// use from_secrets::source::SecretsManager;
    ///
    /// fn source(config: Config) -> SecretsManager {
    ///     SecretsManager::new().client(Client::from_conf(config))
    /// }
    /// ```
    #[must_use]
    pub fn client(self, client: C) -> Self {
        Self {
            client: Some(CustomClient::new(client)),
            ..self
        }
    }

    /// Sets the configuration of the client: region, credentials, TLS, retries and timeouts.
    ///
    /// ```
    /// use aws_config::BehaviorVersion;
    /// use from_secrets::source::SecretsManager;
    ///
    /// async fn source() -> SecretsManager {
    ///     let config = aws_config::defaults(BehaviorVersion::latest()).profile_name("payments");
    ///     SecretsManager::new().sdk_config(&config.load().await)
    /// }
    /// ```
    #[must_use]
    pub fn sdk_config(self, config: &SdkConfig) -> Self {
        self.change(|settings| settings.sdk_config(config))
    }

    /// Selects a profile of the shared AWS files, regardless of `AWS_PROFILE` and of credentials in environment
    /// variables. `AWS_REGION` takes precedence over the region of the profile.
    ///
    /// ```
    /// use from_secrets::Loader;
    /// use from_secrets::source::SecretsManager;
    ///
    /// // Secrets of two accounts.
    /// let loader = Loader::new()
    ///     .source(SecretsManager::new().profile("payments"))
    ///     .source(SecretsManager::new().profile("platform"));
    /// ```
    #[must_use]
    pub fn profile(self, name: impl Into<String>) -> Self {
        self.set(|client| client.profile = Some(name.into()))
    }

    /// Assumes a role, and sends requests with its credentials.
    ///
    /// The credentials that the source finds, or those of [`sdk_config`](Self::sdk_config), call `sts:AssumeRole`. The
    /// credentials of the role are shared by all loads, and renewed before they expire.
    ///
    /// ```
    /// use from_secrets::source::SecretsManager;
    ///
    /// let source = SecretsManager::new()
    ///     .assume_role("arn:aws:iam::123456789012:role/secrets-reader")
    ///     .external_id("tenant-7");
    /// ```
    #[must_use]
    pub fn assume_role(self, role_arn: impl Into<String>) -> Self {
        self.set(|client| client.role.arn = Some(role_arn.into()))
    }

    /// Sets the external ID that the trust policy of the role requires.
    #[must_use]
    pub fn external_id(self, id: impl Into<String>) -> Self {
        self.set(|client| client.role.external_id = Some(id.into()))
    }

    /// Sets the name of the role's session, which `CloudTrail` shows. Defaults to `from-secrets-` and the process ID.
    #[must_use]
    pub fn session_name(self, name: impl Into<String>) -> Self {
        self.set(|client| client.role.session_name = Some(name.into()))
    }

    /// Sets how long credentials of the role are valid, from 15 minutes to 12 hours. Defaults to one hour.
    ///
    /// The role has a maximum of its own, which is one hour by default. If the credentials that assume the role belong
    /// to a role themselves, such as that of a Lambda function or a container, [the maximum is one hour][chaining].
    ///
    /// [chaining]: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    #[must_use]
    pub fn session_duration(self, duration: Duration) -> Self {
        self.set(|client| client.role.session_duration = Some(duration))
    }

    /// Sets the URL of the service, regardless of `AWS_ENDPOINT_URL` and the profile. A VPC endpoint without private
    /// DNS, or an emulator, has a URL of its own.
    ///
    /// Requests for other regions are sent to the same URL, and signed for their region.
    ///
    /// ```
    /// use from_secrets::source::SecretsManager;
    ///
    /// let url = "https://vpce-0a1b-c2d3.secretsmanager.eu-west-1.vpce.amazonaws.com";
    /// let source = SecretsManager::new().endpoint_url(url);
    /// ```
    #[must_use]
    pub fn endpoint_url(self, url: impl Into<String>) -> Self {
        self.set(|client| client.endpoint_url = Some(url.into()))
    }

    /// Sets the timeout of this source, within the timeout of the load. Defaults to the time that the load has left.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    /// Sets the region of a source that otherwise has the settings of its loader.
    pub(crate) fn in_region(region: &str) -> Self {
        Self {
            region: Some(region.to_owned()),
            ..Self::new()
        }
    }

    /// Returns the regions to which the secrets are replicated, as set in code.
    #[cfg(feature = "cli")]
    pub(crate) fn replicas(&self) -> &[String] {
        &self.replicas
    }

    fn set(self, set: impl FnOnce(&mut ClientSettings)) -> Self {
        self.change(|settings| settings.with_client(set))
    }

    fn change(self, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = self.settings.as_deref().cloned().unwrap_or_default();
        Self {
            settings: Some(Arc::new(change(settings))),
            ..self
        }
    }
}

impl<C> Default for AwsSource<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Service> fmt::Debug for AwsSource<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsSource")
            .field("service", &C::AWS.name)
            .field("settings", &self.settings)
            .field("has_client", &self.client.is_some())
            .field("region", &self.region)
            .field("replicas", &self.replicas)
            .field("timeout", &self.timeout)
            .finish()
    }
}

impl<C: Service> From<AwsSource<C>> for Source {
    fn from(source: AwsSource<C>) -> Self {
        let label = format!("{source:?}");
        let timeout = source.timeout;
        #[cfg(feature = "cli")]
        let settings = source.clone();
        let opened = Self::new(label, Role::Secrets, move |context| {
            open(&source, context.defaults, Some(context.env))
        });
        #[cfg(feature = "cli")]
        let opened = opened.with_settings(settings);
        match timeout {
            Some(timeout) => opened.timeout(timeout),
            None => opened,
        }
    }
}

/// Prepares a source for one load of a loader with these defaults. Without variables, there are no replicas.
pub(crate) fn open<C: Service>(
    source: &AwsSource<C>,
    defaults: &Defaults,
    env: Option<&Env>,
) -> OpenAwsSource<C> {
    let has_settings = source.settings.is_some() || source.client.is_some();
    let default_client = || {
        let client = defaults.get::<CustomClient<C>>();
        client.filter(|_| !has_settings).as_deref().cloned()
    };
    let settings = source.settings.clone().or_else(|| defaults.get());
    let mut settings = settings.unwrap_or_default();
    if let Some(region) = &source.region {
        settings = Arc::new((*settings).clone().region(region));
    }
    let replicas = match env {
        Some(env) if C::HAS_REPLICAS => Replicas::read(&source.replicas, env),
        _ => Ok(Replicas::default()),
    };
    let client = source.client.clone().or_else(default_client);
    #[cfg(feature = "cli")]
    let (settings, client) = match defaults.get::<AwsOptions>() {
        Some(options) => (
            Arc::new(options.apply((*settings).clone())),
            client.filter(|_| !options.replaces_client()),
        ),
        None => (settings, client),
    };
    OpenAwsSource::new(settings, client, replicas)
}

/// Secrets that are [replicated] to other regions.
///
/// [replicated]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
impl AwsSource<Client> {
    /// Adds a region to which the secrets are replicated. Without this setting, the regions in
    /// `FROM_SECRETS_REPLICA_REGIONS` are used, separated by commas.
    ///
    /// A secret is requested in the next region, in order, if its region cannot be reached, throttles, fails internally
    /// or rejects the credentials, or if it has not responded after a third of the remaining time (less with several
    /// replicas). A missing secret and a denied request do not lead to the next region. While the first region fails,
    /// later loads begin with the replica, and return to the first region with backoff.
    ///
    /// An ARN is changed to that of the replica. An ARN in a region that is neither the region of the source nor a
    /// replica is requested only there. If no region is configured, that of the ARN counts as the region of the source.
    /// The region of the source itself is ignored in this list, so that all regions of a service can have the same
    /// settings.
    ///
    /// ```
    /// use from_secrets::Loader;
    /// use from_secrets::source::{Env, SecretsManager};
    ///
    /// let secrets = SecretsManager::new().region("us-east-1").replica("us-west-2");
    /// let loader = Loader::new().source(secrets).source(Env::new());
    /// ```
    #[must_use]
    pub fn replica(mut self, region: impl Into<String>) -> Self {
        self.replicas.push(region.into());
        self
    }
}
