//! What it means that there is nobody to ask, or nothing to show.

use super::config::{Config, PORT};
use super::token::{DEFAULT_FILE, Token, VARIABLES};
use crate::source::aws_api::runtime;
use crate::source::{Env, FetchResult, SourceError, SourceErrorKind};

/// There is no token anywhere.
pub(super) fn no_token(env: &Env) -> FetchResult {
    let [first, second, third] = VARIABLES;
    match runtime::aws_runtime_in(env) {
        None => FetchResult::NotConfigured(format!(
            "no token of the Secrets Manager Agent in `{first}`, `{second}`, `{third}` or `{DEFAULT_FILE}`"
        )),
        Some(sign) => FetchResult::Failed(
            SourceError::new(
                SourceErrorKind::Credentials,
                format!("there is no token to show to the agent, though there is {sign}"),
            )
            .with_hint(format!(
                "set `{first}` to the agent's token, or to `file://` and the path of its token file; or set FROM_SECRETS_SOURCES=env to read the environment only"
            )),
        ),
    }
}

/// No token that there is, is the agent's.
pub(super) fn bad_token(endpoint: &str, token: &Token) -> FetchResult {
    let message = format!(
        "the agent at {endpoint} does not take the token of {}",
        token.origin()
    );
    let first = VARIABLES[0];
    FetchResult::Failed(SourceError::new(SourceErrorKind::Credentials, message).with_hint(format!(
        "give this process the agent's own token: the same `{first}`, or `{first}=file://{DEFAULT_FILE}`; on Lambda it is AWS_SESSION_TOKEN"
    )))
}

/// Nobody listens. On a laptop there is often a session token, and no agent that it could be meant for.
pub(super) fn not_listening(config: &Config, env: &Env, token: &Token) -> FetchResult {
    let message = format!("{} refused the connection", config.endpoint());
    let is_expected = config.is_port_set
        || token.is_meant_for_the_agent()
        || runtime::aws_runtime_in(env).is_some();
    if !is_expected {
        return FetchResult::NotConfigured(message);
    }
    FetchResult::Failed(SourceError::new(SourceErrorKind::Unreachable, message).with_hint(format!(
        "start the Secrets Manager Agent, or correct the port (`Agent::port`, {PORT}); or set FROM_SECRETS_SOURCES=env to read the environment only"
    )))
}

/// The extension was waited for, and does not serve.
pub(super) fn never_ready(endpoint: &str, is_there: bool) -> FetchResult {
    let message = if is_there {
        format!("the Lambda extension at {endpoint} is not ready")
    } else {
        format!("{endpoint} refused the connection")
    };
    FetchResult::Failed(SourceError::new(SourceErrorKind::Unreachable, message).with_hint(
        "add the layer of the Parameters and Secrets Lambda extension to the function; if it is there, load in the handler, when the extension is ready",
    ))
}
