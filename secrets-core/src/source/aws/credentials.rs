//! AWS credentials, looked up where every AWS tool looks, without waiting for places that are not set up.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as CredentialsFuture;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::credential_errors::{Unusable, failure, is_without_credentials};
use super::credential_sources::{Link, links};
use super::intent::Sign;
use super::panics;
use super::profiles::Profiles;
use super::setting::{is_set, trimmed, variable};
use crate::source::after;
use crate::source::file_io::{self, Reading};
use crate::source::{SourceError, SourceErrorKind};

/// How long a renewal of credentials may take that no load waits for by itself.
const RENEWAL: Duration = Duration::from_secs(10);
/// How long credentials are used that were issued just now and have expired by this machine's clock. The clock is
/// wrong then, and only AWS knows by how much.
const UNKNOWN_LIFETIME: Duration = Duration::from_mins(5);

/// The places that are set up, in the order of the SDK's default chain.
pub(super) struct CredentialChain {
    keys: Option<Credentials>,
    links: Vec<(Link, SharedCredentialsProvider)>,
    /// The failure if none of them has credentials.
    absent: SourceError,
    /// The link that is queried now.
    current: AtomicUsize,
}

impl CredentialChain {
    pub(super) fn new(
        profiles: &Profiles,
        sign: &Sign,
        config: &ProviderConfig,
    ) -> Result<Self, SourceError> {
        let keys = keys()?;
        let links = if keys.is_some() {
            Vec::new()
        } else {
            links(profiles, config)?
        };
        Ok(Self {
            keys,
            links,
            absent: sign.failure(profiles),
            current: AtomicUsize::new(0),
        })
    }

    /// Looks credentials up until the deadline. Providers read files, which can block, so they run on a thread of
    /// their own; their connections still belong to this runtime.
    async fn find(self: &Arc<Self>, deadline: Instant) -> Result<Credentials, SourceError> {
        if let Some(keys) = &self.keys {
            return sendable(keys.clone(), "`AWS_ACCESS_KEY_ID` and `AWS_SESSION_TOKEN`");
        }
        if self.links.is_empty() {
            return Err(self.absent.clone());
        }
        let (chain, runtime) = (Arc::clone(self), Handle::current());
        let work = move |_| panics::caught(|| runtime.block_on(chain.query()));
        let found = file_io::run(deadline, &Reading::default(), work).await;
        match found {
            Ok(Ok(found)) => found,
            Ok(Err(panic)) => Err(panic),
            Err(failure) if failure.kind() == SourceErrorKind::Unreachable => Err(self.too_late()),
            Err(failure) => Err(failure),
        }
    }

    async fn query(&self) -> Result<Credentials, SourceError> {
        let mut absent = None;
        for (index, (link, provider)) in self.links.iter().enumerate() {
            self.current.store(index, Ordering::Relaxed);
            match provider.provide_credentials().await {
                Ok(credentials) => {
                    return sendable(credentials, &link.to_string()).map(with_usable_lifetime);
                }
                Err(error) if is_without_credentials(&error) => {
                    // The error of an incomplete profile is more specific than the sign.
                    if matches!(link, Link::Profile { .. }) {
                        absent = Some(failure(link, &error));
                    }
                }
                Err(error) => return Err(failure(link, &error)),
            }
        }
        Err(absent.unwrap_or_else(|| self.absent.clone()))
    }

    fn too_late(&self) -> SourceError {
        let link = self.links.get(self.current.load(Ordering::Relaxed));
        let place = link.map_or_else(String::new, |(link, _)| format!(" from {link}"));
        SourceError::new(
            SourceErrorKind::Unreachable,
            format!("timed out while resolving AWS credentials{place}"),
        )
        .with_hint(link.map_or_else(String::new, |(link, _)| link.hint()))
    }
}

/// Resolves credentials before anything is fetched, so that one failure is reported once and not by every request.
pub(super) async fn resolve(
    chain: CredentialChain,
    deadline: Instant,
) -> Result<SharedCredentialsProvider, SourceError> {
    let chain = Arc::new(chain);
    let credentials = chain.find(deadline).await?;
    let first = Mutex::new(Some(credentials));
    Ok(SharedCredentialsProvider::new(Primed { first, chain }))
}

/// The keys in the environment variables.
fn keys() -> Result<Option<Credentials>, SourceError> {
    let text = |name| variable(name).map(|setting| setting.map(|setting| setting.text));
    if !(is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY")) {
        return Ok(None);
    }
    let id = text("AWS_ACCESS_KEY_ID")?;
    let secret = text("AWS_SECRET_ACCESS_KEY")?;
    let token = text("AWS_SESSION_TOKEN")?;
    let credentials =
        |(id, secret)| Credentials::new(id, secret, token, None, "EnvironmentVariable");
    Ok(id.zip(secret).map(credentials))
}

/// Drops white space around keys, which files and consoles add, and rejects what no header can contain: the SDK panics
/// over it.
fn sendable(credentials: Credentials, place: &str) -> Result<Credentials, SourceError> {
    let id = trimmed(credentials.access_key_id());
    let secret = trimmed(credentials.secret_access_key());
    let token = credentials.session_token().map(trimmed);
    let is_sendable = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if !is_sendable(id) || !token.is_none_or(is_sendable) {
        let message = format!("the access key id or session token from {place} is not a valid one");
        let fix = "set them to the text that AWS issued, without other characters";
        return Err(SourceError::new(SourceErrorKind::Credentials, message).with_hint(fix));
    }
    let is_as_sent = id == credentials.access_key_id()
        && secret == credentials.secret_access_key()
        && token == credentials.session_token();
    if is_as_sent {
        return Ok(credentials);
    }
    let token = token.map(str::to_owned);
    Ok(Credentials::new(
        id,
        secret,
        token,
        credentials.expiry(),
        "from-secrets",
    ))
}

fn with_usable_lifetime(mut credentials: Credentials) -> Credentials {
    let now = SystemTime::now();
    if credentials.expiry().is_some_and(|expiry| expiry <= now) {
        *credentials.expiry_mut() = Some(now + UNKNOWN_LIFETIME);
    }
    credentials
}

/// A provider whose first credentials are already known.
struct Primed {
    first: Mutex<Option<Credentials>>,
    chain: Arc<CredentialChain>,
}

impl ProvideCredentials for Primed {
    fn provide_credentials<'a>(&'a self) -> CredentialsFuture<'a>
    where
        Self: 'a,
    {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let is_usable = |credentials: &Credentials| {
            let now = SystemTime::now();
            credentials.expiry().is_none_or(|expiry| expiry > now)
        };
        match first.filter(is_usable) {
            Some(credentials) => CredentialsFuture::ready(Ok(credentials)),
            None => CredentialsFuture::new(async {
                let found = self.chain.find(after(Instant::now(), RENEWAL)).await;
                found.map_err(|failure| CredentialsError::provider_error(Unusable(failure)))
            }),
        }
    }
}

impl fmt::Debug for Primed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Primed").finish_non_exhaustive()
    }
}
