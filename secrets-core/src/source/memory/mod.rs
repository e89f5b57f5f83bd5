//! Secrets in memory, for tests.

mod stored;

use std::fmt;
use std::sync::Arc;

use super::error::SourceErrorKind;
use super::request::{FetchContext, SecretRequest};
use super::response::SecretValue;
use super::{FetchFuture, ReadyFuture, SecretSource};
use stored::MemoryState;

use crate::sync::{Mutex, lock};

/// Secrets in memory, for tests. Every kind of error can be injected.
///
/// Methods that begin with `with_` build a source; the others change it while it is in use. Clones share the secrets
/// and the recorded requests, so a test can keep a clone to rotate secrets or to inspect requests.
///
/// ```
/// use from_secrets::source::{Memory, SourceErrorKind};
/// use from_secrets::{FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_", debug)]
/// struct PocketConfig {
///     key: SecretString,
///     token: SecretString,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let memory = Memory::new().with_secret("POCKET_KEY", "a").with_secret("POCKET_TOKEN", "b");
/// let loader = Loader::new().source(memory.clone());
/// loader.load_blocking::<PocketConfig>()?;
///
/// memory.set_error("POCKET_TOKEN", SourceErrorKind::Denied);
/// let error = loader.load_blocking::<PocketConfig>().unwrap_err();
/// assert_eq!(error.failed_fields().next().unwrap().path(), "token");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<MemoryState>>);

impl Memory {
    /// Creates a source without secrets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text secret.
    #[must_use]
    pub fn with_secret(self, name: &str, text: &str) -> Self {
        self.set_secret(name, text);
        self
    }

    /// Adds a binary secret.
    ///
    /// ```
    /// use from_secrets::source::Memory;
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret(binary)]
    ///     signing_key: Vec<u8>,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let memory = Memory::new().with_binary("SIGNING_KEY", &[0, 255]);
    /// let config: Config = Loader::new().source(memory).load_blocking()?;
    /// assert_eq!(config.signing_key, [0, 255]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_binary(self, name: &str, bytes: &[u8]) -> Self {
        self.set_binary(name, bytes);
        self
    }

    /// Adds a text version with a stage, such as `AWSPENDING`.
    ///
    /// ```
    /// use from_secrets::source::Memory;
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Rotation {
    ///     #[secret("db/password")]
    ///     current: String,
    ///     #[secret(name = "db/password", version_stage = "AWSPENDING", env = "PENDING_PASSWORD")]
    ///     pending: Option<String>,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let memory = Memory::new()
    ///     .with_secret("db/password", "old")
    ///     .with_version("db/password", "AWSPENDING", "new");
    /// let rotation: Rotation = Loader::new().source(memory).load_blocking()?;
    /// assert_eq!(rotation.current, "old");
    /// assert_eq!(rotation.pending.as_deref(), Some("new"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_version(self, name: &str, stage: &str, text: &str) -> Self {
        self.set_version(name, stage, text);
        self
    }

    /// Makes every request for one secret fail.
    ///
    /// ```
    /// use from_secrets::source::{Env, Memory, SourceErrorKind};
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let loader = Loader::new()
    ///     .source(Memory::new().with_error("API_TOKEN", SourceErrorKind::Denied))
    ///     .source(Env::from_vars([("API_TOKEN", "from a variable")]));
    /// assert!(loader.load_blocking::<Config>().is_err());
    ///
    /// let loader = loader.fall_back_on([SourceErrorKind::Denied]);
    /// assert_eq!(loader.load_blocking::<Config>()?.api_token, "from a variable");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_error(self, name: &str, kind: SourceErrorKind) -> Self {
        self.set_error(name, kind);
        self
    }

    /// Makes every request fail.
    #[must_use]
    pub fn with_outage(self, kind: SourceErrorKind) -> Self {
        self.set_outage(kind);
        self
    }

    /// Makes the source report that it is not configured, as Secrets Manager does on a laptop without credentials.
    ///
    /// ```
    /// use from_secrets::source::{Env, Memory};
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let config: Config = Loader::new()
    ///     .source(Memory::new().unconfigured())
    ///     .source(Env::from_vars([("API_TOKEN", "from a variable")]))
    ///     .load_blocking()?;
    /// assert_eq!(config.api_token, "from a variable");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn unconfigured(self) -> Self {
        self.with(|state| state.is_unconfigured = true);
        self
    }

    /// Adds a text secret, or rotates it: the stage of the current version becomes `AWSPREVIOUS`.
    ///
    /// ```
    /// use from_secrets::source::Memory;
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let memory = Memory::new().with_secret("API_TOKEN", "old");
    /// let loader = Loader::new().source(memory.clone());
    /// assert_eq!(loader.load_blocking::<Config>()?.api_token, "old");
    ///
    /// memory.set_secret("API_TOKEN", "new");
    /// assert_eq!(loader.load_blocking::<Config>()?.api_token, "new");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_secret(&self, name: &str, text: &str) {
        self.with(|state| state.secret(name).rotate(SecretValue::text(text).value));
    }

    /// Adds a binary secret, or rotates it.
    pub fn set_binary(&self, name: &str, bytes: &[u8]) {
        self.with(|state| state.secret(name).rotate(SecretValue::binary(bytes).value));
    }

    /// Adds a text version with a stage, such as `AWSPENDING`.
    pub fn set_version(&self, name: &str, stage: &str, text: &str) {
        self.with(|state| state.secret(name).add(stage, SecretValue::text(text).value));
    }

    /// Makes every request for one secret fail.
    pub fn set_error(&self, name: &str, kind: SourceErrorKind) {
        self.with(|state| state.secret(name).error = Some(kind));
    }

    /// Makes every request fail.
    pub fn set_outage(&self, kind: SourceErrorKind) {
        self.with(|state| state.outage = Some(kind));
    }

    /// Removes all errors, outages and [`unconfigured`](Self::unconfigured).
    ///
    /// ```
    /// use from_secrets::source::{Memory, SourceErrorKind};
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// let memory = Memory::new().with_secret("API_TOKEN", "a token");
    /// let loader = Loader::new().source(memory.clone());
    ///
    /// memory.set_outage(SourceErrorKind::Unreachable);
    /// assert!(loader.load_blocking::<Config>().is_err());
    /// memory.recover();
    /// assert!(loader.load_blocking::<Config>().is_ok());
    /// ```
    pub fn recover(&self) {
        self.with(|state| {
            (state.outage, state.is_unconfigured) = (None, false);
            for secret in state.secrets.values_mut() {
                secret.error = None;
            }
        });
    }

    /// Removes a secret with all its versions.
    pub fn remove(&self, name: &str) {
        self.with(|state| drop(state.secrets.remove(name)));
    }

    /// Returns all requests so far, in order.
    ///
    /// ```
    /// use from_secrets::source::Memory;
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// #[secrets("prod/db")]
    /// struct Database {
    ///     user: String,
    ///     password: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let memory = Memory::new().with_secret("prod/db", r#"{"user": "app", "password": "secret"}"#);
    /// let loader = Loader::new().source(memory.clone());
    /// let database: Database = loader.load_blocking()?;
    /// assert_eq!(database.user, "app");
    ///
    /// // Two fields of one JSON secret need one request.
    /// let requests = memory.requests();
    /// assert_eq!(requests.len(), 1);
    /// assert_eq!(requests[0].json_keys(), ["user", "password"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn requests(&self) -> Vec<SecretRequest> {
        self.with(|state| state.requests.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut MemoryState) -> T) -> T {
        act(&mut lock(&self.0))
    }
}

impl SecretSource for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let fetch = |state: &mut MemoryState| {
            requests
                .iter()
                .map(|request| state.fetch(request))
                .collect()
        };
        Box::pin(async move { self.with(fetch) })
    }

    fn ready(&self, _: FetchContext) -> ReadyFuture<'_> {
        Box::pin(async { self.with(|state| state.ready()) })
    }

    fn does_io(&self) -> bool {
        false
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|state| {
            f.debug_tuple("Memory")
                .field(&state.secrets.keys())
                .finish()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FetchResult, RawValue, VersionSelector};

    fn fetch_text(memory: &Memory, id: &str, version: VersionSelector) -> Option<String> {
        let request = SecretRequest::new(id, version);
        match memory.with(|state| state.fetch(&request)) {
            FetchResult::Found(SecretValue {
                value: RawValue::Text(text),
                ..
            }) => Some(text.to_string()),
            _ => None,
        }
    }

    #[test]
    fn second_value_rotates_first() {
        let memory = Memory::new()
            .with_secret("a", "old")
            .with_secret("a", "new");
        assert_eq!(
            fetch_text(&memory, "a", VersionSelector::Current).as_deref(),
            Some("new")
        );
        assert_eq!(
            fetch_text(
                &memory,
                "a",
                VersionSelector::Stage("AWSPREVIOUS".to_owned())
            )
            .as_deref(),
            Some("old")
        );
        assert_eq!(
            fetch_text(&memory, "a", VersionSelector::Id("v1".to_owned())).as_deref(),
            Some("old")
        );
    }

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

    fn by_arn(memory: &Memory) -> Option<String> {
        fetch_text(memory, ARN, VersionSelector::Current)
    }

    #[test]
    fn arn_finds_secret_of_either_name() {
        for name in ["prod/db", "prod/db-AbCdEf", ARN] {
            let memory = Memory::new().with_secret(name, "x");
            assert_eq!(by_arn(&memory).as_deref(), Some("x"), "{name}");
        }
        let partial = ARN.strip_suffix("-AbCdEf").unwrap();
        let memory = Memory::new().with_secret("prod/db", "x");
        let found = fetch_text(&memory, partial, VersionSelector::Current);
        assert_eq!(found.as_deref(), Some("x"));
    }

    #[test]
    fn two_secrets_of_one_arn_clash() {
        let memory = Memory::new()
            .with_secret("prod/db", "canary-1")
            .with_secret("prod/db-AbCdEf", "canary-2");
        let request = SecretRequest::new(ARN, VersionSelector::Current);
        let FetchResult::Failed(failure) = memory.with(|state| state.fetch(&request)) else {
            panic!("one of two values was chosen");
        };
        assert_eq!(failure.kind(), SourceErrorKind::Malformed);
        let expected = "conflicting secrets for one ARN: `prod/db-AbCdEf` and `prod/db`";
        assert_eq!(failure.message(), expected);

        let same = memory.with_secret("prod/db", "canary-2");
        assert_eq!(by_arn(&same).as_deref(), Some("canary-2"));
        let whole = same.with_secret("prod/db", "other").with_secret(ARN, "x");
        assert_eq!(by_arn(&whole).as_deref(), Some("x"));
    }

    #[test]
    fn arn_skips_secret_without_version() {
        let memory = Memory::new()
            .with_version("prod/db-AbCdEf", "AWSPENDING", "next")
            .with_secret("prod/db", "x");
        assert_eq!(by_arn(&memory).as_deref(), Some("x"));
    }

    #[test]
    fn failures_end_when_recovered() {
        let memory = Memory::new()
            .with_secret("a", "x")
            .with_error("a", SourceErrorKind::Throttled)
            .with_outage(SourceErrorKind::Denied);
        assert_eq!(fetch_text(&memory, "a", VersionSelector::Current), None);
        memory.recover();
        assert_eq!(
            fetch_text(&memory, "a", VersionSelector::Current).as_deref(),
            Some("x")
        );
        assert_eq!(memory.requests().len(), 2);
    }
}
