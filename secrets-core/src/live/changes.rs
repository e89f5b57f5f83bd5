//! The methods of [`Live`] that follow changes.

use std::error::Error as StdError;
use std::future::Future;
use std::sync::Arc;

use super::Live;
use super::derived::Derived;
use super::executor::RunOn;
use super::projection::Projection;
use super::retry::{Retry, retry_methods};
use super::snapshot::Snapshot;
use super::subscriber::Subscriber;
use crate::load::FromSecrets;
use crate::report::LoadReport;
use crate::sync::block_on;

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Returns a subscriber that waits for changes.
    ///
    /// A refresh that returns the same versions is not a change.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader, SecretString};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: SecretString }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let mut changes = live.subscribe();
    /// # let _secrets = secrets.with_secret("API_TOKEN", "another");
    /// # live.refresh().await?;
    /// # drop(live);
    /// while let Some(config) = changes.changed().await {
    ///     println!("the token has changed");
    /// #   let _ = &config.api_token;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn subscribe(&self) -> Subscriber<T> {
        Subscriber::new(&self.shared, self.scope.clone())
    }

    /// Calls an async function after each change, one change at a time, until the last handle of the struct is dropped.
    ///
    /// The call is part of the refresh: [`refresh`](Self::refresh) and [`retry_on`](Self::retry_on) wait for it. Each
    /// call has as much time as a load. A call that panics or takes longer is logged, and repeated after a pause with
    /// the latest struct.
    ///
    /// A handle in the function would keep the struct alive forever. Use the snapshot that the function receives.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// use std::sync::{Arc, Mutex};
    ///
    /// let current = Arc::new(Mutex::new(live.get()?.api_token.clone()));
    /// let updated = Arc::clone(&current);
    /// live.on_change(move |config| {
    ///     *updated.lock().unwrap() = config.api_token.clone();
    ///     async {}
    /// });
    /// secrets.set_secret("API_TOKEN", "new");
    /// live.refresh().await?;
    /// assert_eq!(*current.lock().unwrap(), "new");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_change<Fut>(&self, call: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static)
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.on_change_since(&self.last_good(), call);
    }

    /// Calls an async function after each change since a snapshot, like [`on_change`](Self::on_change).
    ///
    /// It does not miss a change between the call that returned the snapshot and this one.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let config = live.get()?;
    /// // …
    /// live.on_change_since(&config, |config| async move {
    ///     println!("the token has {} characters", config.api_token.len());
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_change_since<Fut>(
        &self,
        snapshot: &Snapshot<T>,
        call: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.shared.on_change(&self.scope, snapshot, call);
    }

    retry_methods! {
        /// Runs an operation, and runs it again if its credentials are rejected because they were rotated.
        ///
        /// `is_rejected` returns whether an error means that the credentials were rejected. If so, the struct is
        /// refreshed: one refresh for all callers, at most one per
        /// [`min_refresh_interval`](crate::live::LiveBuilder::min_refresh_interval). The operation runs again only if a
        /// version changed, and the same applies if it is rejected again. Loads for credentials that are wrong back off
        /// exponentially.
        ///
        /// The operation gets its credentials from [`get`](Self::get) on each run, so that the second run uses the new
        /// ones. If it uses only a part of the struct, call `retry_on` of that [`Projection`] or [`Derived`] value,
        /// which ignores changes of other fields.
        ///
        /// While the password of a single user is rotated, the database rejects the old one for a few seconds before
        /// Secrets Manager returns the new one. Further refreshes follow during the
        /// [`rotation_window`](crate::live::LiveBuilder::rotation_window).
        /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html>
        ///
        /// ```
        /// # use from_secrets::live::StaleError;
        /// # use from_secrets::source::Memory;
        /// # use from_secrets::{FromSecrets, Live, Loader, SecretString};
        /// # #[derive(FromSecrets)]
        /// # struct Config { api_token: SecretString }
        /// # #[derive(Debug)]
        /// # enum ApiError { Unauthorized, Config(StaleError) }
        /// # impl From<StaleError> for ApiError { fn from(stale: StaleError) -> Self { Self::Config(stale) } }
        /// # async fn call(_token: &SecretString) -> Result<String, ApiError> { Ok("done".into()) }
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// # let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
        /// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
        /// let is_rejected = |error: &ApiError| matches!(error, ApiError::Unauthorized);
        /// let response = live.retry_on(is_rejected, || async {
        ///     let config = live.get()?;
        ///     call(&config.api_token).await
        /// });
        /// assert_eq!(response.await.unwrap(), "done");
        /// # Ok(())
        /// # }
        /// ```
    }

    fn retry(&self) -> Retry<'_, impl Fn() -> Arc<LoadReport> + Sync> {
        self.shared.retry(&self.scope)
    }

    /// Creates a value from the whole struct, such as a client, and creates it again when the struct changes.
    ///
    /// See [`Derived`]. To depend on some fields only, use [`project!`](crate::project).
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let header = live.map(|config| format!("Bearer {}", config.api_token));
    /// secrets.set_secret("API_TOKEN", "new");
    /// live.refresh().await?;
    /// assert_eq!(*header.get()?, "Bearer new");
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<V: Send + Sync + 'static>(
        &self,
        create: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Derived<V> {
        Derived::create(&self.shared, &self.scope, create)
    }

    /// Creates a value with a function that can fail, like [`map`](Self::map).
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let length = live.try_map(|config| u8::try_from(config.api_token.len()))?;
    /// assert_eq!(*length.get()?, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the function's error if it fails now. If it fails later, the derived value stays as it is.
    pub fn try_map<V, E>(
        &self,
        create: impl Fn(&T) -> Result<V, E> + Send + Sync + 'static,
    ) -> Result<Derived<V>, E>
    where
        V: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Derived::try_create(&self.shared, &self.scope, create)
    }

    /// Creates a value with an async function that can fail, like [`map`](Self::map).
    ///
    /// Each call has as much time as a load.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// # struct Client;
    /// # impl Client { async fn connect(_: &str) -> Result<Self, std::io::Error> { Ok(Self) } }
    /// let client = live
    ///     .map_async(|config| async move { Client::connect(&config.api_token).await })
    ///     .await?;
    /// let connected = client.get()?;
    /// # let _ = connected;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the function's error if it fails now. If it fails later, the derived value stays as it is.
    pub async fn map_async<V, E, Fut>(
        &self,
        create: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) -> Result<Derived<V>, E>
    where
        V: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        Derived::create_async(&self.shared, &self.scope, create).await
    }

    /// Creates the projection of [`project!`](crate::project).
    #[doc(hidden)]
    pub fn project_to<U: 'static>(
        &self,
        fields: &[&[&str]],
        project: fn(&T) -> &U,
    ) -> Projection<T, U> {
        Projection::new(&self.shared, fields, project)
    }
}
