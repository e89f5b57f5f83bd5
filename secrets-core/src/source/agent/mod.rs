//! Secrets through the Secrets Manager Agent or the Lambda extension, over HTTP on loopback.
//!
//! `asking` is the source of one load; `load` shares its requests out among a few workers, each with a `connection` of
//! its own; `exchange` brings one request to its answer, over `readiness`, renewed tokens and agents of another age.

mod answer;
mod asking;
mod body;
mod connection;
mod errors;
mod exchange;
mod load;
mod readiness;
mod service;
mod settings;
mod silence;
mod token;

use secrecy::SecretString;

use super::Source;
use asking::Asking;
use service::Service;

/// Secrets through the [Secrets Manager Agent][agent] or the [Parameters and Secrets Lambda extension][extension].
///
/// Both are asked over HTTP on loopback, so nothing of the AWS SDK is compiled in, and the process itself needs no AWS
/// credentials: they ask AWS, and keep what they got for a while (300 seconds by default).
///
/// ```
/// use from_secrets::{Agent, FromSecrets, Loader, SecretString, Source};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("prod/api/token")]
///     token: SecretString,
/// }
///
/// # async fn start() -> Result<Config, from_secrets::Error> {
/// let agent = Agent::secrets_manager().token("file:///var/run/awssmatoken");
/// let loader = Loader::new().sources([Source::from(agent), Source::environment()]);
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
#[must_use = "an agent is a source of a loader"]
pub struct Agent {
    service: Service,
    port: Option<u16>,
    token: Option<SecretString>,
}

impl Source {
    /// Secrets Manager through the Secrets Manager Agent or the Lambda extension.
    pub fn agent() -> Self {
        Agent::secrets_manager().into()
    }
}

impl From<Agent> for Source {
    fn from(agent: Agent) -> Self {
        Self::new(format!("{agent:?}"), move |site| {
            Asking::new(agent.clone(), site.environment, site.timeout)
        })
    }
}

impl Agent {
    /// Secrets Manager behind the agent or the extension.
    pub fn secrets_manager() -> Self {
        Self::of(Service::SecretsManager)
    }

    /// Parameter Store behind the Lambda extension. The agent itself has no Parameter Store.
    ///
    /// A secret's name is a parameter's; one with `/` inside and none at its start gets one there, as Parameter Store
    /// wants it. A parameter may hold JSON; those below a path are not put together, because the extension lists none.
    /// A version id is the parameter's version, a number; a version stage is one of its labels.
    pub fn parameter_store() -> Self {
        Self::of(Service::ParameterStore)
    }

    /// The port on loopback.
    pub fn port(self, port: u16) -> Self {
        Self {
            port: Some(port),
            ..self
        }
    }

    /// The token to show, or `file://` and the path of a file that holds it, which is read again when the agent
    /// refuses the token.
    pub fn token(self, token: impl Into<SecretString>) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    fn of(service: Service) -> Self {
        Self {
            service,
            port: None,
            token: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Environment;

    #[test]
    fn debug_never_shows_the_token() {
        let agent = Agent::secrets_manager().port(1234).token("canary-token");
        let asking = Asking::new(agent.clone(), &Environment::process(), Duration::ZERO);
        for shown in [format!("{agent:?}"), format!("{asking:?}")] {
            assert!(
                shown.contains("1234") && !shown.contains("canary"),
                "{shown}"
            );
        }
    }
}
