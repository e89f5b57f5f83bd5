//! Responses without a value: AWS's errors, identified by their code, and the agent's, by their status.

use super::config::{Config, PORT};
use super::connection::{ConnectionError, Reply};
use super::response;
use super::service::AgentService;
use super::token::{DEFAULT_FILE, Token, Tokens, VARIABLES};
use crate::format::printable;
use crate::json::Object;
use crate::source::aws_api::errors::{ServiceError, first_line};
use crate::source::aws_api::runtime;
use crate::source::{Env, FetchResult, SecretRequest, SecretValue, SourceError, SourceErrorKind};

/// How a request continues after a response.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The response is a result.
    Is(FetchResult),
    /// The extension is not ready yet.
    NotReady,
    /// The connection was refused.
    NotListening,
    /// The agent rejected the token.
    BadToken,
    /// The agent rejected the request as it is written.
    Rejected(SourceError),
}

/// Reads the responses to a request.
pub(super) struct ResponseReader<'a> {
    pub(super) config: &'a Config,
    pub(super) tokens: &'a Tokens,
    pub(super) request: &'a SecretRequest,
}

/// An error of AWS, as the agent and the extension forward it.
struct ForwardedError {
    code: String,
    /// The message without characters that could hide a token.
    message: Option<String>,
}

impl ForwardedError {
    fn read(body: &[u8]) -> Option<Self> {
        let mut body = Object::read(body)?;
        Some(Self {
            code: body.text("__type").ok()??,
            message: ["message", "Message"]
                .into_iter()
                .find_map(|key| body.text(key).ok()?)
                .map(printable),
        })
    }
}

/// The extension's response for a secret or parameter that it cannot fetch, regardless of the reason.
const EXTENSION_FAILED: &str = "unexpected error occurred while executing request";

const NOT_THE_AGENT: &str = "check which process uses this port, and correct the port (`Agent::port`, `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`)";
const SEE_LOG: &str = "check the agent's log (`logs/secrets_manager_agent.log`; on Lambda, the function's log); often the agent lacks AWS credentials or a region";
const ITS_CREDENTIALS: &str = "renew or correct the agent's own AWS credentials on its host";

/// Returns the result if no token is set.
pub(super) fn no_token(env: &Env) -> FetchResult {
    let [first, second, third] = VARIABLES;
    let Some(sign) = runtime::aws_runtime(|name| env.is_set(name)) else {
        return FetchResult::NotConfigured(format!(
            "no Secrets Manager Agent token in `{first}`, `{second}`, `{third}` or `{DEFAULT_FILE}`"
        ));
    };
    let sign = runtime::described(sign);
    let message = format!("no token for the agent found, but {sign}");
    let error = SourceError::new(SourceErrorKind::Credentials, message);
    FetchResult::Failed(error.with_hint(format!(
        "set `{first}` to the agent's token, or to `file://` and the path of its token file; or set FROM_SECRETS_SOURCES=env to use only environment variables"
    )))
}

/// Returns the result if the agent rejected all tokens.
pub(super) fn bad_token(endpoint: &str, token: &Token) -> FetchResult {
    let origin = token.origin;
    let message = format!("token from {origin} rejected by the agent at {endpoint}");
    let first = VARIABLES[0];
    let error = SourceError::new(SourceErrorKind::Credentials, message);
    FetchResult::Failed(error.with_hint(format!(
        "use the agent's own token: the same `{first}`, or `{first}=file://{DEFAULT_FILE}`; on Lambda, AWS_SESSION_TOKEN"
    )))
}

/// Returns the result if no agent is running. A laptop often has a session token that is not meant for an agent.
pub(super) fn not_listening(config: &Config, env: &Env, token: &Token) -> FetchResult {
    let message = format!("connection refused by {}", config.endpoint);
    let is_expected = config.is_port_set
        || token.is_meant_for_the_agent()
        || runtime::aws_runtime(|name| env.is_set(name)).is_some();
    if !is_expected {
        return FetchResult::NotConfigured(message);
    }
    let error = SourceError::new(SourceErrorKind::Unreachable, message);
    FetchResult::Failed(error.with_hint(format!(
        "start the Secrets Manager Agent, or correct the port (`Agent::port`, `{PORT}`); or set FROM_SECRETS_SOURCES=env to use only environment variables"
    )))
}

/// Returns the result if the extension did not become ready.
pub(super) fn never_ready(endpoint: &str, is_listening: bool) -> FetchResult {
    let message = if is_listening {
        format!("Lambda extension at {endpoint} not ready")
    } else {
        format!("connection refused by {endpoint}")
    };
    FetchResult::Failed(SourceError::new(SourceErrorKind::Unreachable, message).with_hint(
        "add the layer of the Parameters and Secrets Lambda extension to the function; if the function has the layer, load in the handler, when the extension is ready",
    ))
}

impl ResponseReader<'_> {
    pub(super) fn read(&self, reply: Result<Reply, ConnectionError>) -> Verdict {
        let reply = match reply {
            Ok(reply) => reply,
            Err(ConnectionError::Refused) => return Verdict::NotListening,
            Err(error) => return Verdict::Is(FetchResult::Failed(self.connection_error(error))),
        };
        let Reply { status, body } = reply;
        if status == 200
            && let Some(result) = response::read(self.config.service, &body, self.request)
        {
            return Verdict::Is(self.without_token(result));
        }
        let forwarded = ForwardedError::read(&body);
        match forwarded.filter(|error| !self.tokens.are_in(&error.code)) {
            Some(error) => Verdict::Is(self.forwarded(&error, status)),
            None => self.plain(status, &printable(String::from_utf8_lossy(&body))),
        }
    }

    /// Removes an ARN and a version ID that contain the token, because reports show them.
    fn without_token(&self, result: FetchResult) -> FetchResult {
        let FetchResult::Found(found) = result else {
            return result;
        };
        let has_no_token = |text: &String| !self.tokens.are_in(text);
        FetchResult::Found(SecretValue {
            arn: found.arn.filter(has_no_token),
            version_id: found.version_id.filter(has_no_token),
            ..found
        })
    }

    fn connection_error(&self, error: ConnectionError) -> SourceError {
        let endpoint = &self.config.endpoint;
        let (message, hint) = match error {
            ConnectionError::TooLarge => return self.foreign("larger than 1 MiB"),
            ConnectionError::TooLong => {
                let message = "secret name too long for a URL";
                let error = SourceError::new(SourceErrorKind::Internal, message);
                return error.with_hint("rename the secret to a shorter name");
            }
            ConnectionError::TimedOut => {
                let (limit, variable) = self.config.limit.unwrap_or_default();
                let message = format!("request to {endpoint} timed out after {limit:?}");
                let error = SourceError::new(SourceErrorKind::Unreachable, message);
                return error.with_hint(format!("check the agent's log, or increase `{variable}`"));
            }
            ConnectionError::Refused => {
                (format!("connection refused by {endpoint}"), NOT_THE_AGENT)
            }
            ConnectionError::NoConnection(why) => (
                format!("failed to connect to {endpoint}: {why}"),
                NOT_THE_AGENT,
            ),
            ConnectionError::Closed => (
                format!("connection closed by {endpoint} before a response"),
                NOT_THE_AGENT,
            ),
            ConnectionError::BrokenOff => (
                format!("incomplete response from {endpoint}"),
                NOT_THE_AGENT,
            ),
        };
        SourceError::new(SourceErrorKind::Unreachable, message).with_hint(hint)
    }

    fn forwarded(&self, error: &ForwardedError, status: u16) -> FetchResult {
        let code = error.code.rsplit('#').next().unwrap_or_default();
        match code {
            // The agent's own codes, if AWS did not respond.
            "TimeoutError" | "ConnectionError" => {
                return FetchResult::Failed(self.disconnected(status).with_code(code));
            }
            "InternalFailure" => {
                return FetchResult::Failed(self.broken(status).with_code(code));
            }
            _ => {}
        }
        let message = error.message.as_deref();
        let response = self.config.service.aws().read(&ServiceError {
            code,
            message: message.filter(|text| !self.tokens.are_in(text)),
            request_id: None,
            status,
        });
        match response.result {
            FetchResult::Failed(error) if error.kind() == SourceErrorKind::Credentials => {
                FetchResult::Failed(error.with_hint(ITS_CREDENTIALS))
            }
            result => result,
        }
    }

    fn plain(&self, status: u16, text: &str) -> Verdict {
        let Config {
            endpoint, service, ..
        } = self.config;
        let (kind, message, hint) = match status {
            400 if text.contains("not ready") => return Verdict::NotReady,
            400 if text.contains(EXTENSION_FAILED) => (
                SourceErrorKind::Internal,
                format!(
                    "no value from {} through the Lambda extension: missing, not permitted or unreachable; the extension does not report which",
                    service.aws().name
                ),
                "check the function's log for the reason; check the name, region and account, and the permissions of the function's role",
            ),
            400 => return Verdict::Rejected(self.rejected(text)),
            403 => return Verdict::BadToken,
            404 if *service == AgentService::ParameterStore => (
                SourceErrorKind::Internal,
                format!("Parameter Store is not supported by the agent at {endpoint}"),
                "use the Parameters and Secrets Lambda extension, or `ParameterStore::new`",
            ),
            429 => (
                SourceErrorKind::Throttled,
                format!("too many connections to {endpoint} (HTTP 429)"),
                "increase `max_conn` in the agent's configuration, or run fewer processes at once",
            ),
            500 | 503 => return Verdict::Is(FetchResult::Failed(self.broken(status))),
            502 | 504 => return Verdict::Is(FetchResult::Failed(self.disconnected(status))),
            _ => {
                let error = match status {
                    200 => self.foreign("not a secret in JSON"),
                    status => self.foreign(&format!("HTTP {status}")),
                };
                return Verdict::Is(FetchResult::Failed(error));
            }
        };
        Verdict::Is(FetchResult::Failed(
            SourceError::new(kind, message).with_hint(hint),
        ))
    }

    /// Returns the error of a rejected request. It quotes only plain text, because JSON may be a secret with a wrong
    /// status.
    fn rejected(&self, text: &str) -> SourceError {
        let line = first_line(text);
        let is_prose = line.starts_with(char::is_alphabetic);
        let quoted = if is_prose && !self.tokens.are_in(text) {
            format!(": {line}")
        } else {
            String::new()
        };
        let message = format!("request rejected by {}{quoted}", self.config.endpoint);
        SourceError::new(SourceErrorKind::Internal, message).with_hint(NOT_THE_AGENT)
    }

    fn broken(&self, status: u16) -> SourceError {
        let message = format!(
            "internal failure of the agent at {} (HTTP {status})",
            self.config.endpoint
        );
        SourceError::new(SourceErrorKind::Internal, message).with_hint(SEE_LOG)
    }

    fn disconnected(&self, status: u16) -> SourceError {
        let (endpoint, service) = (&self.config.endpoint, self.config.service.aws().name);
        let message =
            format!("{service} is unreachable from the agent at {endpoint} (HTTP {status})");
        SourceError::new(SourceErrorKind::Unreachable, message).with_hint(
            "check that the agent can reach AWS (VPC endpoint, security group, proxy, DNS)",
        )
    }

    fn foreign(&self, why: &str) -> SourceError {
        let endpoint = &self.config.endpoint;
        let message = format!("unexpected response from {endpoint}: {why}");
        SourceError::new(SourceErrorKind::Internal, message).with_hint(NOT_THE_AGENT)
    }
}
