//! The token that a process shows to prove that it may ask: whoever can only make it fetch URLs has none.

mod file;
mod origin;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::source::{Env, SourceError};
pub(super) use origin::DEFAULT_FILE;
use origin::{TokenOrigin, unusable};

/// The header that carries it.
pub(super) const HEADER: &str = "x-aws-parameters-secrets-token";

/// In the agent's order. <https://github.com/aws/aws-secretsmanager-agent#configure-the-secrets-manager-agent>
pub(super) const VARIABLES: [&str; 3] = [
    "AWS_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// The extension knows no `AWS_TOKEN`; the agent, run as an extension, prefers it. So the next is tried where the
/// first is refused.
const ON_LAMBDA: [&str; 3] = [
    "AWS_SESSION_TOKEN",
    "AWS_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// No header is longer; a file that is, is something else.
const LONGEST: usize = 64 * 1024;

/// A token as it is sent.
#[derive(Clone)]
pub(super) struct Token {
    header: HeaderValue,
    origin: TokenOrigin,
}

/// The tokens that a load can show, the first one first.
pub(super) struct Tokens {
    given: Option<SecretString>,
    environment: Env,
    on_lambda: bool,
    default_file: &'static str,
    seen: Mutex<SeenTokens>,
}

#[derive(Default)]
struct SeenTokens {
    current: Option<Token>,
    refused: Vec<Token>,
}

impl Token {
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Whether a text shows it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let token = String::from_utf8_lossy(self.header.as_bytes());
        text.contains(token.as_ref())
    }

    /// Whether somebody set it for the agent's sake. Session tokens are there for other reasons.
    pub(super) fn is_meant_for_the_agent(&self) -> bool {
        match self.origin {
            TokenOrigin::Code | TokenOrigin::DefaultFile => true,
            TokenOrigin::EnvVar(name) => name == VARIABLES[0],
        }
    }

    pub(super) fn origin(&self) -> impl fmt::Display {
        self.origin.clone()
    }

    fn new(text: &str, origin: TokenOrigin) -> Result<Self, SourceError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(unusable(&origin, "is empty"));
        }
        if text.len() > LONGEST {
            return Err(unusable(&origin, "is longer than 64 KiB"));
        }
        let mut header = HeaderValue::from_bytes(text.as_bytes())
            .map_err(|_| unusable(&origin, "holds characters that no HTTP header can carry"))?;
        header.set_sensitive(true);
        Ok(Self { header, origin })
    }
}

impl Tokens {
    pub(super) fn new(given: Option<SecretString>, environment: Env, on_lambda: bool) -> Self {
        Self {
            given,
            environment,
            on_lambda,
            default_file: DEFAULT_FILE,
            seen: Mutex::default(),
        }
    }

    /// The token to show now. `None` where there is none at all.
    pub(super) async fn current(&self, deadline: Instant) -> Option<Result<Token, SourceError>> {
        let known = self.lock().current.clone();
        match known {
            Some(token) => Some(Ok(token)),
            None => self.next(deadline).await,
        }
    }

    /// The token to show after one was refused: variables and files are read again. `None` where there is no other.
    pub(super) async fn after(
        &self,
        refused: &Token,
        deadline: Instant,
    ) -> Option<Result<Token, SourceError>> {
        if let Some(renewed) = self.lock().renewed(refused) {
            return Some(Ok(renewed));
        }
        self.next(deadline).await
    }

    /// The first token that was not refused yet.
    async fn next(&self, deadline: Instant) -> Option<Result<Token, SourceError>> {
        for origin in self.origins() {
            match self.read(origin, deadline).await {
                None => {}
                Some(Ok(token)) if self.lock().has_refused(&token) => {}
                Some(Ok(token)) => {
                    self.lock().current = Some(token.clone());
                    return Some(Ok(token));
                }
                Some(Err(failure)) => return Some(Err(failure)),
            }
        }
        None
    }

    /// Where to look. Off Lambda only the first that is set is the agent's too, and no other is shown to anybody.
    fn origins(&self) -> Vec<TokenOrigin> {
        let (variables, most) = if self.on_lambda {
            (ON_LAMBDA, ON_LAMBDA.len())
        } else {
            (VARIABLES, 1)
        };
        let is_set = |origin: &TokenOrigin| match origin {
            TokenOrigin::EnvVar(name) => self.environment.is_set(name),
            TokenOrigin::Code => self.given.is_some(),
            TokenOrigin::DefaultFile => true,
        };
        let all = variables.into_iter().map(TokenOrigin::EnvVar);
        let mut origins: Vec<TokenOrigin> = std::iter::once(TokenOrigin::Code)
            .chain(all)
            .chain([TokenOrigin::DefaultFile])
            .filter(is_set)
            .collect();
        if origins.first() == Some(&TokenOrigin::Code) {
            origins.truncate(1);
        }
        origins.truncate(most);
        origins
    }

    /// `None` where there is nothing.
    async fn read(
        &self,
        origin: TokenOrigin,
        deadline: Instant,
    ) -> Option<Result<Token, SourceError>> {
        let text = match &origin {
            TokenOrigin::Code => Zeroizing::new(self.given.as_ref()?.expose_secret().to_owned()),
            TokenOrigin::EnvVar(name) => match self.environment.text(name) {
                Ok(text) => text?,
                Err(_) => return Some(Err(unusable(&origin, "is not Unicode"))),
            },
            TokenOrigin::DefaultFile => {
                return of_file(self.default_file, origin, deadline).await;
            }
        };
        match text.trim().strip_prefix("file://") {
            Some(path) => of_file(path, origin, deadline).await,
            None => Some(Token::new(&text, origin)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, SeenTokens> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` where there is nothing.
async fn of_file(
    path: &str,
    origin: TokenOrigin,
    deadline: Instant,
) -> Option<Result<Token, SourceError>> {
    let text = file::read(path, &origin, deadline).await.transpose()?;
    Some(text.and_then(|text| Token::new(&text, origin)))
}

impl SeenTokens {
    /// The token that another request found after this one was refused.
    fn renewed(&mut self, refused: &Token) -> Option<Token> {
        let renewed = self.current.clone();
        let renewed = renewed.filter(|current| current.header != refused.header);
        if renewed.is_none() {
            self.refused.push(refused.clone());
        }
        renewed
    }

    fn has_refused(&self, token: &Token) -> bool {
        let mut refused = self.refused.iter();
        refused.any(|known| known.header == token.header)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
