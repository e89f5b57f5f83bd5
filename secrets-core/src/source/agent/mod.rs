//! The Secrets Manager Agent and the Lambda extension, over HTTP on loopback.
//!
//! `worker` sends the requests of one load over a few connections, until each has a result.

mod config;
mod connection;
mod errors;
#[cfg(all(test, shuttle))]
mod interleavings;
mod response;
mod service;
mod token;
mod worker;

use secrecy::SecretString;

use super::aws_api::hints;
use super::{
    Env, FetchContext, FetchFuture, FetchResult, ReadyFuture, Role, SecretRequest, SecretSource,
    Source, SourceError,
};
use config::Config;
use service::AgentService;
use token::Tokens;
use worker::Work;

/// Secrets from the [Secrets Manager Agent][agent] or the [Parameters and Secrets Lambda extension][extension].
///
/// Both serve HTTP on loopback, so this source does not need the AWS SDK, and the process does not need AWS
/// credentials. The agent and the extension query AWS with their own credentials, and cache the results, by default for
/// 300 seconds.
///
/// If no agent is running, no setting refers to one, and the process does not run on AWS, the source is not configured,
/// and the next source is queried:
///
/// ```no_run
/// use from_secrets::source::{Agent, Env};
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("prod/api/token")]
///     token: String,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let loader = Loader::new()
///     .source(Agent::new())
///     .source(Env::new())
///     .env(Env::from_vars([("PROD_API_TOKEN", "for development")]));
/// let config: Config = loader.load_blocking()?;
/// assert_eq!(config.token, "for development");
/// # Ok(())
/// # }
/// ```
///
/// # Environment variables
///
/// Settings in code take precedence over these variables:
///
/// | variable | setting |
/// |---|---|
/// | `AWS_TOKEN`, `AWS_SESSION_TOKEN`, `AWS_CONTAINER_AUTHORIZATION_TOKEN` | The token, or `file://` and the path of a file with the token. The first variable that is set is used. On Lambda, `AWS_SESSION_TOKEN` is used first, and the others if it is rejected. Without a variable, the token is in `/var/run/awssmatoken`, the file that the installation of the agent creates. |
/// | `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` | The port. Defaults to 2773. |
/// | `PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS` | The number of concurrent requests. Defaults to 3. |
/// | `SECRETS_MANAGER_TIMEOUT_MILLIS`, `SSM_PARAMETER_STORE_TIMEOUT_MILLIS` | The timeout of the extension for requests to AWS. A request to the extension times out one second later. With 0, the default, only the load's own timeout applies. |
///
/// # Refreshes
///
/// A refresh on demand of a [`Live`](crate::Live) struct ([`Live::refresh`](crate::Live::refresh) and
/// [`Live::retry_on`](crate::Live::retry_on)) bypasses the cache of the agent with `refreshNow=true`, and thereby also
/// renews it. Refreshes in the background and on access use the cache, because all processes of a host share it: a
/// fleet then sends one request for each host and TTL of the agent, instead of one for each process and TTL of `Live`.
///
/// So the TTLs add up. A refresh can return a value as old as the TTL of the agent, 300 seconds by default, and `Live`
/// cannot detect its age. The TTL and `max_stale` of `Live` count from the start of its load, so a value is at most as
/// old as `max_stale` and the TTL of the agent together. If `max_stale` must be the limit by itself, use
/// [`bypass_cache_on_refresh`](Self::bypass_cache_on_refresh), or lower the TTL of the agent (`ttl_seconds` in its
/// configuration file).
///
/// # Limits of the Lambda extension
///
/// The cache of the extension cannot be bypassed. Every refresh, also one on demand, can return a value as old as its
/// TTL (`SECRETS_MANAGER_TTL`).
///
/// The extension also does not distinguish missing secrets from denied requests. Both are errors, so the next source is
/// queried only if [`Loader::fall_back_on`](crate::Loader::fall_back_on) contains
/// [`SourceErrorKind::Internal`](crate::source::SourceErrorKind::Internal).
///
/// [agent]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/secrets-manager-agent.html
/// [extension]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
#[derive(Clone, Debug)]
pub struct Agent {
    service: AgentService,
    port: Option<u16>,
    token: Option<SecretString>,
    bypasses_cache_on_refresh: bool,
}

impl Agent {
    /// Creates a source that fetches secrets of Secrets Manager.
    pub fn new() -> Self {
        Self {
            service: AgentService::SecretsManager,
            port: None,
            token: None,
            bypasses_cache_on_refresh: false,
        }
    }

    /// Fetches parameters of Parameter Store instead of secrets. Only the Lambda extension supports this, not the
    /// agent.
    ///
    /// The name of a secret is the name of a parameter. A name that contains `/` gets a leading `/`, as Parameter Store
    /// requires. A version ID is the number of the parameter's version, and a version stage is a label. A parameter can
    /// contain JSON, but parameters below a path are not combined, because the extension cannot list them.
    ///
    /// ```
    /// use from_secrets::Loader;
    /// use from_secrets::source::Agent;
    ///
    /// // Secrets from Secrets Manager, and parameters for names that it does not contain.
    /// let loader = Loader::new().source(Agent::new()).source(Agent::new().parameter_store());
    /// ```
    #[must_use]
    pub fn parameter_store(mut self) -> Self {
        self.service = AgentService::ParameterStore;
        self
    }

    /// Sets the port on loopback. Defaults to `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`, or 2773.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Sets the token, or `file://` and the path of a file with the token. The file is read again if the agent rejects
    /// the token.
    ///
    /// ```
    /// use from_secrets::source::Agent;
    ///
    /// let agent = Agent::new().port(2774).token("file:///var/run/awssmatoken");
    /// ```
    #[must_use]
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets whether every refresh of a [`Live`](crate::Live) struct bypasses the cache of the agent. Defaults to
    /// `false`: only a refresh on demand does.
    ///
    /// With `true`, a value is never older than the `max_stale` of `Live`. Each refresh of each process is then a
    /// request to AWS, as without an agent. The caches of the Lambda extension and of agents that do not support
    /// `refreshNow` cannot be bypassed.
    ///
    /// ```
    /// use from_secrets::source::Agent;
    ///
    /// let agent = Agent::new().bypass_cache_on_refresh(true);
    /// ```
    #[must_use]
    pub fn bypass_cache_on_refresh(mut self, bypasses_cache: bool) -> Self {
        self.bypasses_cache_on_refresh = bypasses_cache;
        self
    }
}

impl Default for Agent {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Agent> for Source {
    fn from(agent: Agent) -> Self {
        let label = format!("{agent:?}");
        Self::new(label, Role::Secrets, move |context| OpenAgent {
            config: Config::read(agent.service, agent.port, context.env),
            agent: agent.clone(),
            env: context.env.clone(),
        })
    }
}

/// The agent of one load.
struct OpenAgent {
    agent: Agent,
    env: Env,
    config: Result<Config, SourceError>,
}

impl OpenAgent {
    /// Returns the state of one load, or the result of every request if a setting is not valid.
    fn work(&self, context: FetchContext) -> Result<Work, FetchResult> {
        let config = self.config.clone().map_err(FetchResult::Failed)?;
        let token = self.agent.token.clone();
        let tokens = Tokens::new(token, self.env.clone(), config.on_lambda);
        let bypasses_cache = context.is_on_demand()
            || self.agent.bypasses_cache_on_refresh && context.bypasses_cache();
        let env = self.env.clone();
        Ok(Work::new(config, env, tokens, context, bypasses_cache))
    }
}

impl SecretSource for OpenAgent {
    fn name(&self) -> &'static str {
        self.agent.service.source_name()
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async move {
            match self.work(context) {
                Ok(work) => work.run(requests).await,
                Err(result) => vec![result; requests.len()],
            }
        })
    }

    fn ready(&self, context: FetchContext) -> ReadyFuture<'_> {
        Box::pin(async move { self.work(context)?.ready().await })
    }

    fn endpoint(&self) -> Option<String> {
        let config = self.config.as_ref().ok()?;
        Some(config.endpoint.clone())
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        match result {
            FetchResult::NotConfigured(_) => Some("start the Secrets Manager Agent".to_owned()),
            result => hints::missing(self.name(), request, result),
        }
    }
}
