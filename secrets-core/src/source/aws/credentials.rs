//! AWS credentials, looked up where every AWS tool looks, without waiting for places that are not set up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::credential_errors::{is_without_credentials, issuer_error};
use super::credential_sources::{CredentialSource, CredentialSourceKind, credential_sources};
use super::panics;
use super::profiles::Profiles;
use super::setting::{is_set, trimmed, variable};
use crate::source::after;
use crate::source::file_io::{self, Reading};
use crate::source::{SourceError, SourceErrorKind};
use crate::sync::{Mutex, lock};

/// The timeout of a renewal of credentials that does not belong to one load.
const RENEWAL: Duration = Duration::from_secs(10);
/// How long credentials are used that are expired by this machine's clock although they were just issued. The clock is
/// wrong, and only AWS can determine the difference.
const UNKNOWN_LIFETIME: Duration = Duration::from_mins(5);

/// The places that are set up, in the order of the SDK's default chain.
struct CredentialChain {
    sources: Vec<CredentialSource>,
    /// The error if no place issues credentials.
    absent: SourceError,
    /// The index of the source that is queried.
    current: AtomicUsize,
    /// Credentials that were resolved before the first request.
    first: Mutex<Option<Credentials>>,
}

/// Resolves credentials before the first request, so that an error is reported once and not by every request.
pub(super) async fn resolve(
    profiles: &Profiles,
    absent: SourceError,
    config: &ProviderConfig,
    deadline: Instant,
) -> Result<SharedCredentialsProvider, SourceError> {
    let keys = if profiles.is_selected_in_code {
        None
    } else {
        environment_keys()?
    };
    if let Some(keys) = keys {
        let keys = sendable(keys, "`AWS_ACCESS_KEY_ID` and `AWS_SESSION_TOKEN`")?;
        return Ok(SharedCredentialsProvider::new(keys));
    }
    resolve_from(credential_sources(profiles, config)?, absent, deadline).await
}

/// Resolves credentials from the first of these places that issues them.
pub(super) async fn resolve_from(
    sources: Vec<CredentialSource>,
    absent: SourceError,
    deadline: Instant,
) -> Result<SharedCredentialsProvider, SourceError> {
    let chain = Arc::new(CredentialChain {
        sources,
        absent,
        current: AtomicUsize::new(0),
        first: Mutex::default(),
    });
    let first = chain.find(deadline).await?;
    *lock(&chain.first) = Some(first);
    let provider = provide_credentials_fn(move || Arc::clone(&chain).provide());
    Ok(SharedCredentialsProvider::new(provider))
}

impl CredentialChain {
    /// Returns the credentials that were resolved before the first request, and later those of a new lookup.
    async fn provide(self: Arc<Self>) -> provider::Result {
        let first = lock(&self.first).take();
        if let Some(credentials) = first.filter(|first| !is_expired(first)) {
            return Ok(credentials);
        }
        let found = self.find(after(Instant::now(), RENEWAL)).await;
        found.map_err(CredentialsError::provider_error)
    }

    /// Looks up credentials until the deadline. Providers read files, which can block, so they run on a separate
    /// thread. Their connections still belong to this runtime.
    async fn find(self: &Arc<Self>, deadline: Instant) -> Result<Credentials, SourceError> {
        if self.sources.is_empty() {
            return Err(self.absent.clone());
        }
        let (chain, runtime) = (Arc::clone(self), Handle::current());
        let work = move |_| panics::caught(|| runtime.block_on(chain.query()));
        match file_io::run(deadline, &Reading::default(), work).await {
            Ok(found) => found.flatten(),
            Err(error) if error.kind() == SourceErrorKind::Unreachable => Err(self.timed_out()),
            Err(error) => Err(error),
        }
    }

    async fn query(&self) -> Result<Credentials, SourceError> {
        let mut absent = None;
        for (index, source) in self.sources.iter().enumerate() {
            self.current.store(index, Ordering::Relaxed);
            match source.provider.provide_credentials().await {
                Ok(credentials) => {
                    return sendable(credentials, &source.place).map(with_usable_lifetime);
                }
                Err(error) if is_without_credentials(&error) => {
                    // The error of an incomplete profile is more specific than `self.absent`.
                    if source.kind == CredentialSourceKind::Profile {
                        absent = Some(issuer_error(source, &error));
                    }
                }
                Err(error) => return Err(issuer_error(source, &error)),
            }
        }
        Err(absent.unwrap_or_else(|| self.absent.clone()))
    }

    fn timed_out(&self) -> SourceError {
        let source = &self.sources[self.current.load(Ordering::Relaxed)];
        let message = format!(
            "timed out while resolving AWS credentials from {}",
            source.place
        );
        SourceError::new(SourceErrorKind::Unreachable, message).with_hint(&source.hint)
    }
}

/// Returns the keys in environment variables.
fn environment_keys() -> Result<Option<Credentials>, SourceError> {
    if !(is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY")) {
        return Ok(None);
    }
    let text = |name| variable(name).map(|setting| setting.map(|setting| setting.text));
    let id = text("AWS_ACCESS_KEY_ID")?;
    let secret = text("AWS_SECRET_ACCESS_KEY")?;
    let token = text("AWS_SESSION_TOKEN")?;
    let credentials =
        |(id, secret)| Credentials::new(id, secret, token, None, "EnvironmentVariable");
    Ok(id.zip(secret).map(credentials))
}

/// Removes white space around keys, which files and consoles add, and rejects keys that a header cannot contain: the
/// SDK panics over them.
fn sendable(credentials: Credentials, place: &str) -> Result<Credentials, SourceError> {
    let id = trimmed(credentials.access_key_id());
    let secret = trimmed(credentials.secret_access_key());
    let token = credentials.session_token().map(trimmed);
    let is_sendable = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if !is_sendable(id) || !token.is_none_or(is_sendable) {
        let message = format!("the access key id or session token from {place} is not valid");
        let hint = "use the access key id and session token exactly as AWS issued them";
        return Err(SourceError::new(SourceErrorKind::Credentials, message).with_hint(hint));
    }
    let is_trimmed = id == credentials.access_key_id()
        && secret == credentials.secret_access_key()
        && token == credentials.session_token();
    if is_trimmed {
        return Ok(credentials);
    }
    let (token, expiry) = (token.map(str::to_owned), credentials.expiry());
    Ok(Credentials::new(id, secret, token, expiry, "from-secrets"))
}

fn is_expired(credentials: &Credentials) -> bool {
    let now = SystemTime::now();
    credentials.expiry().is_some_and(|expiry| expiry <= now)
}

fn with_usable_lifetime(mut credentials: Credentials) -> Credentials {
    if is_expired(&credentials) {
        *credentials.expiry_mut() = Some(SystemTime::now() + UNKNOWN_LIFETIME);
    }
    credentials
}
