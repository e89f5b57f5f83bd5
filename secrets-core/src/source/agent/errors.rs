//! The agent's answer where it has no value: AWS's own errors, known by their code, and the agent's, by their status.

use super::connection::{ConnectionError, Reply};
use super::response;
use super::service::AgentService;
use super::token::Token;
use crate::json::Object;
use crate::source::aws_api::errors::{ServiceError, first_line};
use crate::source::{FetchResult, SecretRequest, SourceError, SourceErrorKind};

/// What an answer leads to.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is one.
    Is(FetchResult),
    /// The extension does not serve yet.
    NotReady,
    /// Nobody listens.
    NotThere,
    /// The token is not the agent's.
    BadToken,
    /// The agent does not take the request as it is written.
    Refused(SourceError),
}

/// Reads answers to what was asked with a token.
pub(super) struct ResponseReader<'a> {
    pub(super) service: AgentService,
    pub(super) endpoint: &'a str,
    pub(super) token: &'a Token,
    pub(super) request: &'a SecretRequest,
}

/// AWS's error, as both pass it on.
struct Passed {
    code: String,
    message: Option<String>,
}

impl Passed {
    fn read(body: &[u8]) -> Option<Self> {
        let mut body = Object::read(body)?;
        Some(Self {
            code: body.text("__type").ok()??,
            message: ["message", "Message"]
                .into_iter()
                .find_map(|key| body.text(key).ok()?),
        })
    }
}

/// All that the extension says of a secret or parameter that it cannot get, whatever the reason.
const EXTENSION_FAILED: &str = "unexpected error occurred while executing request";

const NOT_THE_AGENT: &str = "check what listens there, and the port (`Agent::port`, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT)";
const SEE_LOG: &str = "see the agent's own log (`logs/secrets_manager_agent.log`; on Lambda, the function's); often it has no AWS credentials or no region";
const ITS_CREDENTIALS: &str =
    "the credentials are the agent's own: renew or correct them where it runs";
const NO_WAY: &str =
    "check that the agent can reach AWS (VPC endpoint, security group, proxy, DNS)";
const CROWDED: &str =
    "raise `max_conn` in the agent's configuration, or let fewer processes ask at once";

impl ResponseReader<'_> {
    pub(super) fn read(&self, reply: &Reply) -> Verdict {
        if reply.status == 200
            && let Some(result) = response::read(self.service, &reply.body, self.request)
        {
            return Verdict::Is(result);
        }
        match Passed::read(&reply.body) {
            Some(error) => Verdict::Is(self.passed(&error, reply.status)),
            None => self.plain(reply.status, &String::from_utf8_lossy(&reply.body)),
        }
    }

    /// No answer at all.
    pub(super) fn connection_error(&self, connection_error: ConnectionError) -> Verdict {
        let whom = self.endpoint;
        let unreachable = |message: String| {
            SourceError::new(SourceErrorKind::Unreachable, message).with_hint(NOT_THE_AGENT)
        };
        Verdict::Is(FetchResult::Failed(match connection_error {
            ConnectionError::Refused => return Verdict::NotThere,
            ConnectionError::NoConnection(why) => {
                unreachable(format!("cannot connect to {whom}: {why}"))
            }
            ConnectionError::Closed => {
                unreachable(format!("{whom} closed the connection without an answer"))
            }
            ConnectionError::BrokenOff => unreachable(format!("the answer of {whom} broke off")),
            ConnectionError::TooLarge => self.foreign("it is too large"),
            ConnectionError::TooLong => SourceError::new(
                SourceErrorKind::Internal,
                "the secret's name is too long for a URL",
            )
            .with_hint("give the secret a shorter name"),
        }))
    }

    fn passed(&self, error: &Passed, status: u16) -> FetchResult {
        let code = error.code.rsplit('#').next().unwrap_or_default();
        match code {
            // The agent's own: AWS did not answer it.
            "TimeoutError" | "ConnectionError" => {
                FetchResult::Failed(self.cut_off(status).with_code(code))
            }
            "InternalFailure" => FetchResult::Failed(self.broken(status).with_code(code)),
            code => self.service_error(code, error.message.as_deref(), status),
        }
    }

    fn service_error(&self, code: &str, message: Option<&str>, status: u16) -> FetchResult {
        let message = message.filter(|text| !self.token.is_in(text));
        let (result, _) = self.service.errors().read(&ServiceError {
            code,
            message,
            request_id: None,
            status,
        });
        match result {
            FetchResult::Failed(failure) if failure.kind() == SourceErrorKind::Credentials => {
                FetchResult::Failed(failure.with_hint(ITS_CREDENTIALS))
            }
            result => result,
        }
    }

    fn plain(&self, status: u16, text: &str) -> Verdict {
        let failure = match status {
            400 if text.contains("not ready") => return Verdict::NotReady,
            400 if text.contains(EXTENSION_FAILED) => self.without_reason(),
            400 => return Verdict::Refused(self.refused(text)),
            403 => return Verdict::BadToken,
            404 if self.service == AgentService::ParameterStore => self.no_parameter_store(),
            429 => self.crowded(),
            500 | 503 => self.broken(status),
            502 | 504 => self.cut_off(status),
            200 => self.foreign("it is no secret as JSON"),
            status => self.foreign(&format!("HTTP {status}")),
        };
        Verdict::Is(FetchResult::Failed(failure))
    }

    fn without_reason(&self) -> SourceError {
        let message = format!(
            "{} gave the Lambda extension no value: missing, not permitted, or not reachable; the extension does not tell",
            self.service.name()
        );
        SourceError::new(SourceErrorKind::Internal, message).with_hint(
            "the function's log has the reason; check the name, region and account, and the rights of the function's role",
        )
    }

    /// The agent refuses in words. JSON may be a secret that somebody sends with the wrong status, whole or cut off.
    fn refused(&self, text: &str) -> SourceError {
        let line = first_line(text);
        let is_prose = line.starts_with(char::is_alphabetic);
        let quoted = if is_prose && !self.token.is_in(text) {
            format!("; it says: {line}")
        } else {
            String::new()
        };
        let message = format!("{} refused the request{quoted}", self.endpoint);
        SourceError::new(SourceErrorKind::Internal, message).with_hint(NOT_THE_AGENT)
    }

    fn no_parameter_store(&self) -> SourceError {
        let message = format!("the agent at {} has no Parameter Store", self.endpoint);
        SourceError::new(SourceErrorKind::Internal, message).with_hint(
            "only the Parameters and Secrets Lambda extension has one; elsewhere use `ParameterStore::new`",
        )
    }

    fn crowded(&self) -> SourceError {
        let message = format!("{} has too many connections (HTTP 429)", self.endpoint);
        SourceError::new(SourceErrorKind::Throttled, message).with_hint(CROWDED)
    }

    fn broken(&self, status: u16) -> SourceError {
        let message = format!("the agent at {} failed (HTTP {status})", self.endpoint);
        SourceError::new(SourceErrorKind::Internal, message).with_hint(SEE_LOG)
    }

    fn cut_off(&self, status: u16) -> SourceError {
        let service = self.service.name();
        let message = format!(
            "the agent at {} cannot reach {service} (HTTP {status})",
            self.endpoint
        );
        SourceError::new(SourceErrorKind::Unreachable, message).with_hint(NO_WAY)
    }

    fn foreign(&self, why: &str) -> SourceError {
        let message = format!("the answer of {} is not the agent's: {why}", self.endpoint);
        SourceError::new(SourceErrorKind::Internal, message).with_hint(NOT_THE_AGENT)
    }
}

#[cfg(test)]
mod tests;
