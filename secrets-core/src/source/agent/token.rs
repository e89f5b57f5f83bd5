//! The token that a process shows to prove that it may ask: whoever can only make it fetch URLs has none.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::source::{Cause, Environment, Failure};

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

/// Where the agent's installation puts it.
pub(super) const DEFAULT_FILE: &str = "/var/run/awssmatoken";

/// No header is longer; a file that is, is something else.
const LONGEST: u64 = 64 * 1024;

/// A token as it is sent.
#[derive(Clone)]
pub(super) struct Token {
    header: HeaderValue,
    origin: Origin,
}

/// Where a token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Given,
    Variable(&'static str),
    DefaultFile,
}

/// The tokens that a load can show, the first one first.
pub(super) struct Tokens {
    given: Option<SecretString>,
    environment: Environment,
    on_lambda: bool,
    default_file: &'static str,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
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
            Origin::Given | Origin::DefaultFile => true,
            Origin::Variable(name) => name == VARIABLES[0],
        }
    }

    pub(super) fn origin(&self) -> impl fmt::Display {
        self.origin.clone()
    }

    fn new(text: &str, origin: Origin) -> Result<Self, Failure> {
        let text = text.trim();
        if text.is_empty() {
            return Err(unusable(&origin, "is empty"));
        }
        let mut header = HeaderValue::from_bytes(text.as_bytes())
            .map_err(|_| unusable(&origin, "holds characters that no HTTP header can carry"))?;
        header.set_sensitive(true);
        Ok(Self { header, origin })
    }
}

impl Tokens {
    pub(super) fn new(
        given: Option<SecretString>,
        environment: Environment,
        on_lambda: bool,
    ) -> Self {
        Self {
            given,
            environment,
            on_lambda,
            default_file: DEFAULT_FILE,
            seen: Mutex::default(),
        }
    }

    /// The token to show now. `None` where there is none at all.
    pub(super) fn current(&self) -> Option<Result<Token, Failure>> {
        let mut seen = self.lock();
        match &seen.current {
            Some(token) => Some(Ok(token.clone())),
            None => self.next(&mut seen),
        }
    }

    /// The token to show after one was refused: variables and files are read again. `None` where there is no other.
    pub(super) fn after(&self, refused: &Token) -> Option<Result<Token, Failure>> {
        let mut seen = self.lock();
        match &seen.current {
            Some(current) if current.header != refused.header => Some(Ok(current.clone())),
            _ => {
                seen.refused.push(refused.clone());
                self.next(&mut seen)
            }
        }
    }

    /// The first token that was not refused yet.
    fn next(&self, seen: &mut Seen) -> Option<Result<Token, Failure>> {
        let is_refused = |token: &Token| {
            let mut refused = seen.refused.iter();
            refused.any(|known| known.header == token.header)
        };
        let token = self.origins().find_map(|origin| match self.read(origin)? {
            Ok(token) if is_refused(&token) => None,
            other => Some(other),
        });
        if let Some(Ok(token)) = &token {
            seen.current = Some(token.clone());
        }
        token
    }

    /// Where to look. Off Lambda only the first that is set is the agent's too, and no other is shown to anybody.
    fn origins(&self) -> impl Iterator<Item = Origin> {
        let (variables, most) = if self.on_lambda {
            (ON_LAMBDA, ON_LAMBDA.len())
        } else {
            (VARIABLES, 1)
        };
        let is_set = |origin: &Origin| match origin {
            Origin::Variable(name) => self.environment.get(name).is_some(),
            Origin::Given => self.given.is_some(),
            Origin::DefaultFile => true,
        };
        let all = variables.into_iter().map(Origin::Variable);
        let mut origins: Vec<Origin> = std::iter::once(Origin::Given)
            .chain(all)
            .chain([Origin::DefaultFile])
            .filter(is_set)
            .collect();
        if origins.first() == Some(&Origin::Given) {
            origins.truncate(1);
        }
        origins.into_iter().take(most)
    }

    /// `None` where there is nothing.
    fn read(&self, origin: Origin) -> Option<Result<Token, Failure>> {
        let text = match &origin {
            Origin::Given => Zeroizing::new(self.given.as_ref()?.expose_secret().to_owned()),
            Origin::Variable(name) => self.environment.get(name)?,
            Origin::DefaultFile => match read_file(Path::new(self.default_file)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
                text => return Some(token_of_file(text, origin, self.default_file)),
            },
        };
        Some(match text.trim().strip_prefix("file://") {
            Some(path) => token_of_file(read_file(Path::new(path)), origin, path),
            None => Token::new(&text, origin),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_file(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(path)?
        .take(LONGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn token_of_file(
    text: io::Result<Zeroizing<String>>,
    origin: Origin,
    path: &str,
) -> Result<Token, Failure> {
    match text {
        Ok(text) => Token::new(&text, origin),
        Err(error) => Err(unreadable(&origin, path, error.kind())),
    }
}

fn unreadable(origin: &Origin, path: &str, why: io::ErrorKind) -> Failure {
    let message =
        format!("the agent's token cannot be read from the file `{path}` ({origin}): {why}");
    let hint = match why {
        io::ErrorKind::PermissionDenied => {
            "add the user of this process to the group that may read the file (`awssmatokenreader`)"
                .to_owned()
        }
        _ => format!(
            "correct {origin}, or start the agent, whose installation writes `{DEFAULT_FILE}`"
        ),
    };
    Failure::new(Cause::Credentials, message).with_hint(hint)
}

fn unusable(origin: &Origin, how: &str) -> Failure {
    Failure::new(
        Cause::Credentials,
        format!("the agent's token ({origin}) {how}"),
    )
    .with_hint(format!(
        "put the agent's token, and nothing else, into {origin}"
    ))
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("`Agent::token`"),
            Self::Variable(name) => write!(f, "`{name}`"),
            Self::DefaultFile => write!(f, "`{DEFAULT_FILE}`"),
        }
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
