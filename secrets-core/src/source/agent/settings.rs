//! Where the agent is, and how it may be asked, as variables say.

use std::str::FromStr;
use std::time::Duration;

use super::Agent;
use crate::source::{Cause, Environment, Failure};

/// The extension's own variables.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html>
pub(super) const PORT: &str = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
const CONNECTIONS: &str = "PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS";
const DEFAULT_PORT: u16 = 2773;
const DEFAULT_CONNECTIONS: usize = 3;

/// How much longer a request waits than the extension does, for the extension's own answer.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) port: u16,
    /// Whether somebody said the port.
    pub(super) is_port_said: bool,
    /// How many requests are under way at once.
    pub(super) connections: usize,
    /// How long one request waits, and the variable that says so.
    pub(super) limit: Option<(Duration, &'static str)>,
    pub(super) on_lambda: bool,
}

impl Settings {
    /// Reads the variables; what the code says wins.
    pub(super) fn read(agent: &Agent, environment: &Environment) -> Result<Self, Failure> {
        let port = match agent.port {
            Some(port) => Some(port),
            None => number(environment, PORT, 1..=u16::MAX)?,
        };
        let connections = number(environment, CONNECTIONS, 0..=usize::MAX)?;
        let variable = agent.service.timeout_variable();
        let millis = number(environment, variable, 0..=u64::MAX)?.filter(|millis| *millis > 0);
        let limit = |millis| Duration::from_millis(millis).saturating_add(GRACE);
        Ok(Self {
            port: port.unwrap_or(DEFAULT_PORT),
            is_port_said: port.is_some(),
            connections: connections.unwrap_or(DEFAULT_CONNECTIONS).max(1),
            limit: millis.map(|millis| (limit(millis), variable)),
            on_lambda: environment.is_set("AWS_LAMBDA_FUNCTION_NAME"),
        })
    }

    /// Where the agent listens.
    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn number<N: FromStr + PartialOrd>(
    environment: &Environment,
    variable: &str,
    range: std::ops::RangeInclusive<N>,
) -> Result<Option<N>, Failure> {
    let Ok(text) = environment.text(variable) else {
        return Err(wrong(variable));
    };
    let Some(text) = text else {
        return Ok(None);
    };
    let number = text
        .trim()
        .parse()
        .ok()
        .filter(|number| range.contains(number));
    number.map(Some).ok_or_else(|| wrong(variable))
}

fn wrong(variable: &str) -> Failure {
    let message = if variable == PORT {
        format!("the variable `{variable}` holds no port")
    } else {
        format!("the variable `{variable}` holds no number")
    };
    Failure::new(Cause::Unreachable, message).with_hint(format!("correct or unset `{variable}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(agent: &Agent, variables: &[(&str, &str)]) -> Result<Settings, Failure> {
        Settings::read(agent, &Environment::from_vars(variables.iter().copied()))
    }

    #[test]
    fn nothing_said_means_the_documented_defaults() {
        let settings = read(&Agent::secrets_manager(), &[]).unwrap();
        assert_eq!(settings.endpoint(), "http://127.0.0.1:2773");
        assert_eq!((settings.connections, settings.limit), (3, None));
        assert!(!settings.is_port_said && !settings.on_lambda);
    }

    #[test]
    fn what_the_code_says_wins_over_the_variable() {
        let port = [(PORT, "4000")];
        let by_variable = read(&Agent::secrets_manager(), &port).unwrap();
        let by_code = read(&Agent::secrets_manager().port(5000), &port).unwrap();
        assert_eq!((by_variable.port, by_code.port), (4000, 5000));
        assert!(by_variable.is_port_said && by_code.is_port_said);
    }

    #[test]
    fn each_service_has_a_timeout_of_its_own_and_zero_is_none() {
        let secret = ("SECRETS_MANAGER_TIMEOUT_MILLIS", "500");
        let parameter = ("SSM_PARAMETER_STORE_TIMEOUT_MILLIS", "0");
        let limit = |agent: &Agent| read(agent, &[secret, parameter]).unwrap().limit;
        assert_eq!(
            limit(&Agent::secrets_manager()),
            Some((Duration::from_millis(1500), secret.0))
        );
        assert_eq!(limit(&Agent::parameter_store()), None);
    }

    #[test]
    fn no_connection_at_all_counts_as_one() {
        let settings = read(&Agent::secrets_manager(), &[(CONNECTIONS, "0")]).unwrap();
        assert_eq!(settings.connections, 1);
    }

    #[test]
    fn a_variable_without_a_number_is_named() {
        let timeout = "SECRETS_MANAGER_TIMEOUT_MILLIS";
        for (variable, text) in [
            (PORT, "http"),
            (PORT, "0"),
            (PORT, "65536"),
            (CONNECTIONS, "-1"),
            (timeout, "1s"),
        ] {
            let failure = read(&Agent::secrets_manager(), &[(variable, text)]).unwrap_err();
            assert!(failure.message().contains(variable), "{failure}");
        }
    }
}
