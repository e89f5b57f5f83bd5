//! Secrets through the Secrets Manager Agent or the Lambda extension, over HTTP on loopback.
//!
//! `worker` sends the requests of one load over a few connections, until each has a result.

mod config;
mod connection;
mod errors;
mod response;
mod service;
mod token;
mod worker;

use secrecy::SecretString;

use super::aws_api::hints;
use super::{
    Env, FetchContext, FetchFuture, FetchResult, Role, SecretRequest, SecretSource, Source,
    SourceError,
};
use config::Config;
use service::AgentService;
use token::Tokens;
use worker::Work;

/// Secrets through the [Secrets Manager Agent][agent] or the [Parameters and Secrets Lambda extension][extension].
///
/// Both are asked over HTTP on loopback, so nothing of the AWS SDK is compiled in, and the process itself needs no AWS
/// credentials: they ask AWS, and keep what they got for a while (300 seconds by default).
///
/// ```
/// use from_secrets::source::{Agent, Env};
/// use from_secrets::{FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("prod/api/token")]
///     token: SecretString,
/// }
///
/// # async fn start() -> Result<Config, from_secrets::Error> {
/// let agent = Agent::new().token("file:///var/run/awssmatoken");
/// let loader = Loader::new().source(agent).source(Env::new());
/// loader.load().await
/// # }
/// ```
///
/// Where nothing else is said, these variables are read:
///
/// | variable | what |
/// |---|---|
/// | `AWS_TOKEN`, `AWS_SESSION_TOKEN`, `AWS_CONTAINER_AUTHORIZATION_TOKEN` | the token to show, or `file://` and the path of a file that holds it; the first that is set. On Lambda `AWS_SESSION_TOKEN` comes first, and the others only where it is refused. Where none is set, the file `/var/run/awssmatoken`, which the agent's installation writes |
/// | `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` | the port, 2773 by default |
/// | `PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS` | how many requests are under way at once, 3 by default |
/// | `SECRETS_MANAGER_TIMEOUT_MILLIS`, `SSM_PARAMETER_STORE_TIMEOUT_MILLIS` | how long the extension waits for AWS; one request then waits a second longer for the extension. 0, the default, means no bound but the load's |
///
/// A refresh of a [`Live`](crate::Live) struct bypasses the agent's cache. The Lambda extension does not support that:
/// a refresh through it can return a value as old as the extension's TTL.
///
/// The Lambda extension also hides why it has no value: where a secret is missing it answers as where it is not
/// permitted, so that this is a failure, and no next source is asked unless
/// [`fall_back_on`](crate::Loader::fall_back_on) says so.
///
/// [agent]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/secrets-manager-agent.html
/// [extension]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
#[derive(Clone, Debug)]
pub struct Agent {
    service: AgentService,
    port: Option<u16>,
    token: Option<SecretString>,
}

impl Agent {
    /// Creates a source of Secrets Manager behind the agent or the extension.
    pub fn new() -> Self {
        Self {
            service: AgentService::SecretsManager,
            port: None,
            token: None,
        }
    }

    /// Requests parameters of Parameter Store behind the Lambda extension. The agent itself does not support Parameter
    /// Store.
    ///
    /// A secret's name is a parameter's name; a name that contains `/` and does not begin with it gets one there, as
    /// Parameter Store requires. A parameter may contain JSON; parameters below a path are not combined, because the
    /// extension cannot list them. A version id is the parameter's version, a number; a version stage is a label.
    #[must_use]
    pub fn parameter_store(mut self) -> Self {
        self.service = AgentService::ParameterStore;
        self
    }

    /// Sets the port on loopback.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Sets the token, or `file://` and the path of a file that contains it. The file is read again when the agent
    /// rejects the token.
    #[must_use]
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
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

/// An agent that one load queries.
struct OpenAgent {
    agent: Agent,
    env: Env,
    config: Result<Config, SourceError>,
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
            let config = match &self.config {
                Ok(config) => config.clone(),
                Err(error) => return vec![FetchResult::Failed(error.clone()); requests.len()],
            };
            let token = self.agent.token.clone();
            let tokens = Tokens::new(token, self.env.clone(), config.on_lambda);
            let work = Work::new(config, self.env.clone(), tokens, context);
            work.run(requests).await
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_token() {
        let agent = Agent::new().port(1234).token("canary-token");
        for shown in [
            format!("{agent:?}"),
            format!("{:?}", Source::from(agent.clone())),
        ] {
            assert!(
                shown.contains("1234") && !shown.contains("canary"),
                "{shown}"
            );
        }
    }
}
