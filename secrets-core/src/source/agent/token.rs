//! The token that authorizes a process to query the agent. An attacker that can only make the process fetch URLs does
//! not have it.

use std::fmt;
use std::path::{Path, PathBuf};

use hyper::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::source::file_io::{self, Unread};
use crate::source::{Env, SourceError, SourceErrorKind};
use crate::sync::{Mutex, MutexGuard, lock};

/// The request header that contains the token.
pub(super) const HEADER: &str = "x-aws-parameters-secrets-token";

/// The file that the agent's installation writes.
pub(super) const DEFAULT_FILE: &str = "/var/run/awssmatoken";

/// In the agent's order. <https://github.com/aws/aws-secretsmanager-agent#configure-the-secrets-manager-agent>
pub(super) const VARIABLES: [&str; 3] = [
    "AWS_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// The extension does not read `AWS_TOKEN`; the agent, run as an extension, prefers it. So if the first token is
/// rejected, the next one is sent.
const ON_LAMBDA: [&str; 3] = [
    "AWS_SESSION_TOKEN",
    "AWS_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// Headers are shorter, so a longer file contains something else.
const LONGEST: usize = 64 * 1024;

/// A token, as a header that hides its value in `Debug`.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    pub(super) origin: TokenOrigin,
}

/// The origin of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenOrigin {
    /// `Agent::token`.
    Code,
    EnvVar(&'static str),
    DefaultFile,
}

/// The tokens that a load can send, in order.
pub(super) struct Tokens {
    in_code: Option<SecretString>,
    env: Env,
    on_lambda: bool,
    default_file: &'static str,
    seen: Mutex<SeenTokens>,
}

#[derive(Default)]
struct SeenTokens {
    current: Option<Token>,
    rejected: Vec<Token>,
}

impl Token {
    fn new(text: &str, origin: TokenOrigin) -> Result<Self, SourceError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(origin.unusable("is empty"));
        }
        if text.len() > LONGEST {
            return Err(origin.unusable("is longer than 64 KiB"));
        }
        let mut header = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| {
            origin.unusable("contains characters that are not valid in HTTP headers")
        })?;
        header.set_sensitive(true);
        Ok(Self { header, origin })
    }

    /// Returns whether a text contains the token.
    fn is_in(&self, text: &str) -> bool {
        let token = String::from_utf8_lossy(self.header.as_bytes());
        text.contains(token.as_ref())
    }

    /// Returns whether the token was set for the agent. Session tokens have other purposes too.
    pub(super) fn is_meant_for_the_agent(&self) -> bool {
        match self.origin {
            TokenOrigin::Code | TokenOrigin::DefaultFile => true,
            TokenOrigin::EnvVar(name) => name == VARIABLES[0],
        }
    }
}

impl Tokens {
    pub(super) fn new(in_code: Option<SecretString>, env: Env, on_lambda: bool) -> Self {
        Self {
            in_code,
            env,
            on_lambda,
            default_file: DEFAULT_FILE,
            seen: Mutex::default(),
        }
    }

    /// Returns the first token that the agent did not reject. Reads variables and files again after a rejection.
    pub(super) async fn current(&self, deadline: Instant) -> Result<Option<Token>, SourceError> {
        loop {
            let rejections = {
                let seen = self.lock();
                if seen.current.is_some() {
                    return Ok(seen.current.clone());
                }
                seen.rejected.len()
            };
            for origin in self.origins() {
                let Some(token) = self.read(origin, deadline).await? else {
                    continue;
                };
                let mut seen = self.lock();
                let mut rejected = seen.rejected.iter();
                if rejected.all(|rejected| rejected.header != token.header) {
                    return Ok(Some(seen.current.get_or_insert(token).clone()));
                }
            }
            // If another request was rejected since, this one can have read a token that was replaced.
            let seen = self.lock();
            if seen.current.is_none() && seen.rejected.len() == rejections {
                return Ok(None);
            }
        }
    }

    /// Records that the agent rejected a token. Does nothing if another request has replaced the token already.
    pub(super) fn reject(&self, token: &Token) {
        let mut seen = self.lock();
        let current = seen
            .current
            .take_if(|current| current.header == token.header);
        seen.rejected.extend(current);
    }

    /// Returns whether a text contains a token that was sent.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let seen = self.lock();
        let mut sent = seen.rejected.iter().chain(&seen.current);
        sent.any(|token| token.is_in(text))
    }

    pub(super) fn last_rejected(&self) -> Option<Token> {
        self.lock().rejected.last().cloned()
    }

    /// Outside Lambda, the agent uses the first variable that is set, too, so only this token is sent.
    fn origins(&self) -> Vec<TokenOrigin> {
        if self.in_code.is_some() {
            return vec![TokenOrigin::Code];
        }
        let (variables, most) = if self.on_lambda {
            (ON_LAMBDA, ON_LAMBDA.len())
        } else {
            (VARIABLES, 1)
        };
        let set = variables.into_iter().filter(|name| self.env.is_set(name));
        let origins = set.map(TokenOrigin::EnvVar);
        let origins = origins.chain([TokenOrigin::DefaultFile]);
        origins.take(most).collect()
    }

    async fn read(
        &self,
        origin: TokenOrigin,
        deadline: Instant,
    ) -> Result<Option<Token>, SourceError> {
        let text = match origin {
            TokenOrigin::Code => {
                let token = self.in_code.as_ref();
                token.map(|token| Zeroizing::new(token.expose_secret().to_owned()))
            }
            TokenOrigin::EnvVar(name) => {
                let text = self.env.text(name);
                text.map_err(|_| origin.unusable("is not Unicode"))?
            }
            TokenOrigin::DefaultFile => Some(format!("file://{}", self.default_file).into()),
        };
        let Some(text) = text else { return Ok(None) };
        let Some(path) = text.trim().strip_prefix("file://") else {
            return Token::new(&text, origin).map(Some);
        };
        let Some(bytes) = origin.read_file(Path::new(path), deadline).await? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| origin.unusable("is not Unicode"))?;
        Token::new(text, origin).map(Some)
    }

    fn lock(&self) -> MutexGuard<'_, SeenTokens> {
        lock(&self.seen)
    }
}

impl TokenOrigin {
    /// Reads a token file. Returns `None` if the default file does not exist.
    async fn read_file(
        self,
        path: &Path,
        deadline: Instant,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SourceError> {
        // A path without a root may be the token itself.
        let shown = match self {
            Self::EnvVar(name) if !path.has_root() => PathBuf::from(format!("${name}")),
            Self::Code if !path.has_root() => PathBuf::from("Agent::token"),
            _ => path.to_owned(),
        };
        let (why, kind) = match file_io::read_file(&shown, path, deadline).await {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(Unread::Absent) if self == Self::DefaultFile => return Ok(None),
            Err(Unread::Absent) => ("it does not exist".to_owned(), SourceErrorKind::Credentials),
            Err(Unread::Folder) => ("it is a directory".to_owned(), SourceErrorKind::Credentials),
            Err(Unread::Failed(error)) => (error.message().to_owned(), error.kind()),
        };
        let (kind, hint) = match kind {
            SourceErrorKind::Denied => (
                SourceErrorKind::Credentials,
                "add this process's user to the group that can read the file (`awssmatokenreader`)"
                    .to_owned(),
            ),
            SourceErrorKind::Unreachable => (
                SourceErrorKind::Unreachable,
                "check the file system of this path, or increase `Loader::timeout`".to_owned(),
            ),
            _ => (
                SourceErrorKind::Credentials,
                format!("correct {self}, or install the agent, which creates `{DEFAULT_FILE}`"),
            ),
        };
        let path = shown.display();
        let message = format!("failed to read the agent's token from `{path}` ({self}): {why}");
        Err(SourceError::new(kind, message).with_hint(hint))
    }

    fn unusable(self, why: &str) -> SourceError {
        let message = format!("invalid token for the agent: {self} {why}");
        SourceError::new(SourceErrorKind::Credentials, message)
            .with_hint(format!("put only the agent's token into {self}"))
    }
}

impl fmt::Display for TokenOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("`Agent::token`"),
            Self::EnvVar(name) => write!(f, "`{name}`"),
            Self::DefaultFile => write!(f, "`{DEFAULT_FILE}`"),
        }
    }
}

#[cfg(test)]
mod tests;
