//! The agent's port, connections and timeouts.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::service::AgentService;
use crate::source::{Env, SourceError, SourceErrorKind};

/// The extension's variables.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html>
pub(super) const PORT: &str = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
const CONNECTIONS: &str = "PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS";
const DEFAULT_PORT: u16 = 2773;
const DEFAULT_CONNECTIONS: usize = 3;

/// The margin of a request's timeout over the extension's own, so that the extension can report its timeout.
const GRACE: Duration = Duration::from_secs(1);

/// The settings of one load.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) service: AgentService,
    pub(super) port: u16,
    /// Whether the port was specified.
    pub(super) is_port_set: bool,
    /// The URL of the agent.
    pub(super) endpoint: String,
    /// The number of concurrent requests.
    pub(super) connections: usize,
    /// The timeout of one request, and the variable that sets it.
    pub(super) limit: Option<(Duration, &'static str)>,
    pub(super) on_lambda: bool,
}

impl Config {
    /// Reads the variables. A port in code takes precedence.
    pub(super) fn read(
        service: AgentService,
        port: Option<u16>,
        env: &Env,
    ) -> Result<Self, SourceError> {
        let specified = match port {
            Some(port) => Some(port),
            None => number(env, PORT, 1..=u16::MAX)?,
        };
        let port = specified.unwrap_or(DEFAULT_PORT);
        let connections = number(env, CONNECTIONS, 0..=usize::MAX)?;
        let variable = service.timeout_variable();
        let millis = number(env, variable, 0..=u64::MAX)?.filter(|millis| *millis > 0);
        let limit = |millis| Duration::from_millis(millis).saturating_add(GRACE);
        Ok(Self {
            service,
            port,
            is_port_set: specified.is_some(),
            endpoint: format!("http://127.0.0.1:{port}"),
            connections: connections.unwrap_or(DEFAULT_CONNECTIONS).max(1),
            limit: millis.map(|millis| (limit(millis), variable)),
            on_lambda: env.is_set("AWS_LAMBDA_FUNCTION_NAME"),
        })
    }
}

fn number<N: FromStr + PartialOrd>(
    env: &Env,
    variable: &str,
    range: RangeInclusive<N>,
) -> Result<Option<N>, SourceError> {
    let invalid = || {
        let what = if variable == PORT { "port" } else { "number" };
        let message = format!("invalid {what} in `{variable}`");
        SourceError::new(SourceErrorKind::Configuration, message)
            .with_hint(format!("correct or unset `{variable}`"))
    };
    let Some(text) = env.text(variable).map_err(|_| invalid())? else {
        return Ok(None);
    };
    let number = text.trim().parse().ok();
    let number = number.filter(|number| range.contains(number));
    number.map(Some).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(port: Option<u16>, variables: &[(&str, &str)]) -> Result<Config, SourceError> {
        let env = Env::from_vars(variables.iter().copied());
        Config::read(AgentService::SecretsManager, port, &env)
    }

    #[test]
    fn port_in_code_overrides_variable() {
        let port = [(PORT, "4000")];
        let by_variable = read(None, &port).unwrap();
        let by_code = read(Some(5000), &port).unwrap();
        assert_eq!((by_variable.port, by_code.port), (4000, 5000));
        assert!(by_variable.is_port_set && by_code.is_port_set);
    }

    #[test]
    fn non_numeric_variable_is_named() {
        let timeout = "SECRETS_MANAGER_TIMEOUT_MILLIS";
        for (variable, text) in [
            (PORT, "http"),
            (PORT, "0"),
            (PORT, "65536"),
            (CONNECTIONS, "-1"),
            (timeout, "1s"),
        ] {
            let error = read(None, &[(variable, text)]).unwrap_err();
            assert!(error.message().contains(variable), "{error}");
        }
    }
}
