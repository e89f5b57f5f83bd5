//! Projections: parts of a live struct.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use super::derived::Derived;
use super::executor::RunOn;
use super::retry::{Retry, retry_methods};
use super::shared::LiveShared;
use super::snapshot::{FieldScope, Snapshot};
use super::status::StaleError;
use super::subscriber::Subscriber;
use crate::load::FromSecrets;
use crate::report::LoadReport;
use crate::sync::block_on;

/// Creates a [`Projection`] of a [`Live`](crate::Live) struct.
///
/// It is a field, or with dots a field of a field. Several fields, separated by commas, are a projection of the whole
/// struct that changes only if one of them does.
///
/// ```
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Live, Loader, SecretString, project};
/// # struct Pool;
/// # impl Pool { fn connect_lazy(_: &Database) -> Self { Self } }
/// # struct Client;
/// # impl Client { fn new(_: &Config) -> Self { Self } }
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(flatten)]
///     database: Database,
///     api_user: String,
///     api_token: SecretString,
/// }
///
/// #[derive(FromSecrets)]
/// #[secrets(name = "prod/db")]
/// struct Database {
///     username: String,
///     password: SecretString,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().with_secret("API_USER", "app").with_secret("API_TOKEN", "for tests")
/// #     .with_secret("prod/db", r#"{"username": "app", "password": "x"}"#);
/// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
/// let pool = project!(live, database).map(Pool::connect_lazy);
/// let client = project!(live, api_user, api_token).map(Client::new);
/// let connected = pool.get()?; // the pool for the current password
/// # let _ = (connected, client);
/// # Ok(())
/// # }
/// ```
///
/// A field that is not loaded (`skip`) never changes.
#[macro_export]
macro_rules! project {
    ($live:expr, $($field:ident).+ $(,)?) => {
        $live.project_to(&[&[$(::core::stringify!($field)),+]], |whole| &whole.$($field).+)
    };
    ($live:expr, $($($field:ident).+),+ $(,)?) => {
        $live.project_to(&[$(&[$(::core::stringify!($field)),+]),+], |whole| {
            $(let _ = &whole.$($field).+;)+
            whole
        })
    };
}

/// A part of a live struct, created by [`project!`](crate::project).
pub struct Projection<T, U> {
    shared: Arc<LiveShared<T>>,
    project: fn(&T) -> &U,
    scope: FieldScope,
}

/// A part of a live struct as it was at one point in time.
pub struct ProjectionSnapshot<T, U> {
    snapshot: Snapshot<T>,
    project: fn(&T) -> &U,
}

/// Waits for changes of a part of a live struct. [`Projection::subscribe`] returns it.
pub struct ProjectionSubscriber<T, U> {
    subscriber: Subscriber<T>,
    project: fn(&T) -> &U,
}

impl<T, U> Projection<T, U>
where
    T: FromSecrets + Send + Sync + 'static,
    U: 'static,
{
    pub(super) fn new(
        shared: &Arc<LiveShared<T>>,
        fields: &[&[&str]],
        project: fn(&T) -> &U,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            project,
            scope: FieldScope::of(&shared.report(), fields),
        }
    }

    /// Returns the part. This never waits.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader, project};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_user: String, api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old").with_secret("API_USER", "app");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let token = project!(live, api_token);
    /// assert_eq!(*token.get()?, "old");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if [`Live::get`](super::Live::get) does.
    pub fn get(&self) -> Result<ProjectionSnapshot<T, U>, StaleError> {
        Ok(self.of(self.shared.get()?))
    }

    /// Returns the part of the last good struct, regardless of its age.
    pub fn last_good(&self) -> ProjectionSnapshot<T, U> {
        self.of(Snapshot::new(self.shared.current()))
    }

    /// Returns a subscriber that waits for changes of the values of this part.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader, project};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_user: String, api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old").with_secret("API_USER", "app");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let mut changes = project!(live, api_token).subscribe();
    /// secrets.set_secret("API_USER", "another"); // not a change of this part
    /// live.refresh().await?;
    /// secrets.set_secret("API_TOKEN", "new");
    /// live.refresh().await?;
    /// assert_eq!(*changes.changed().await.unwrap(), "new");
    /// # Ok(())
    /// # }
    /// ```
    pub fn subscribe(&self) -> ProjectionSubscriber<T, U> {
        ProjectionSubscriber {
            subscriber: Subscriber::new(&self.shared, self.scope.clone()),
            project: self.project,
        }
    }

    /// Calls an async function after each change of the values of this part.
    ///
    /// See [`Live::on_change`](super::Live::on_change).
    pub fn on_change<Fut>(
        &self,
        call: impl Fn(ProjectionSnapshot<T, U>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.on_change_since(&self.last_good(), call);
    }

    /// Calls an async function after each change of the values of this part since a snapshot.
    ///
    /// See [`Live::on_change_since`](super::Live::on_change_since).
    pub fn on_change_since<Fut>(
        &self,
        snapshot: &ProjectionSnapshot<T, U>,
        call: impl Fn(ProjectionSnapshot<T, U>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let project = self.project;
        let call = move |snapshot| call(ProjectionSnapshot { snapshot, project });
        self.shared.on_change(&self.scope, &snapshot.snapshot, call);
    }

    /// Creates a value from the part, such as a connection pool, and creates it again when the part changes.
    ///
    /// See [`Derived`].
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader, project};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_user: String, api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old").with_secret("API_USER", "app");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let header = project!(live, api_token).map(|token| format!("Bearer {token}"));
    /// assert_eq!(*header.get()?, "Bearer old");
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<V: Send + Sync + 'static>(
        self,
        create: impl Fn(&U) -> V + Send + Sync + 'static,
    ) -> Derived<V> {
        let project = self.project;
        Derived::create(&self.shared, &self.scope, move |whole| {
            create(project(whole))
        })
    }

    /// Creates a value with a function that can fail, like [`map`](Self::map).
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader, project};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_user: String, api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old").with_secret("API_USER", "app");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let length = project!(live, api_token).try_map(|token| u8::try_from(token.len()))?;
    /// assert_eq!(*length.get()?, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the function's error if it fails now. If it fails later, the derived value stays as it is.
    pub fn try_map<V, E>(
        self,
        create: impl Fn(&U) -> Result<V, E> + Send + Sync + 'static,
    ) -> Result<Derived<V>, E>
    where
        V: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let project = self.project;
        Derived::try_create(&self.shared, &self.scope, move |whole| {
            create(project(whole))
        })
    }

    /// Creates a value with an async function that can fail, like [`map`](Self::map).
    ///
    /// Each call has as much time as a load.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader, project};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_user: String, api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old").with_secret("API_USER", "app");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// # struct Client;
    /// # impl Client { async fn connect(_: &str) -> Result<Self, std::io::Error> { Ok(Self) } }
    /// let client = project!(live, api_token)
    ///     .map_async(|token| async move { Client::connect(&token).await })
    ///     .await?;
    /// # let _ = client.get()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the function's error if it fails now. If it fails later, the derived value stays as it is.
    pub async fn map_async<V, E, Fut>(
        self,
        create: impl Fn(ProjectionSnapshot<T, U>) -> Fut + Send + Sync + 'static,
    ) -> Result<Derived<V>, E>
    where
        V: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let project = self.project;
        let create = move |snapshot| create(ProjectionSnapshot { snapshot, project });
        Derived::create_async(&self.shared, &self.scope, create).await
    }

    retry_methods! {
        /// Runs an operation, and runs it again if its credentials are rejected because they were rotated.
        ///
        /// See [`Live::retry_on`](super::Live::retry_on). Only changes of this part count.
    }

    fn retry(&self) -> Retry<'_, impl Fn() -> Arc<LoadReport> + Sync> {
        self.shared.retry(&self.scope)
    }

    fn of(&self, snapshot: Snapshot<T>) -> ProjectionSnapshot<T, U> {
        ProjectionSnapshot {
            snapshot,
            project: self.project,
        }
    }
}

impl<T: Send + Sync + 'static, U> ProjectionSubscriber<T, U> {
    /// Waits for a change, and returns the part after it.
    ///
    /// See [`Subscriber::changed`].
    pub async fn changed(&mut self) -> Option<ProjectionSnapshot<T, U>> {
        let snapshot = self.subscriber.changed().await?;
        let project = self.project;
        Some(ProjectionSnapshot { snapshot, project })
    }

    /// Waits for a change like [`changed`](Self::changed), without `async`.
    pub fn changed_blocking(&mut self) -> Option<ProjectionSnapshot<T, U>> {
        block_on(self.changed())
    }
}

impl<T, U> Clone for Projection<T, U> {
    /// Returns a projection that shares the live struct and the state of rejected credentials.
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            project: self.project,
            scope: self.scope.clone(),
        }
    }
}

impl<T, U> Deref for ProjectionSnapshot<T, U> {
    type Target = U;

    fn deref(&self) -> &U {
        (self.project)(&self.snapshot)
    }
}

impl<T, U: fmt::Debug> fmt::Debug for ProjectionSnapshot<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T, U> fmt::Debug for Projection<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Projection").finish_non_exhaustive()
    }
}

impl<T, U> fmt::Debug for ProjectionSubscriber<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProjectionSubscriber")
            .finish_non_exhaustive()
    }
}
