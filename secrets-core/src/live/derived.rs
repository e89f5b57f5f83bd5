//! Values that are created from a live struct.

use std::any::type_name;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, ready};
use std::sync::{Arc, Weak};

use super::executor::RunOn;
use super::follower::Follower;
use super::lease::Lease;
use super::retry::{Retry, Upstream, retry_methods};
use super::shared::LiveShared;
use super::signals::BoxFuture;
use super::snapshot::{FieldScope, LoadOrigin, Loaded, Snapshot};
use super::status::StaleError;
use crate::report::LoadReport;
use crate::sync::{Mutex, Swap, block_on, lock};

/// A value that is created from a live struct, such as a connection pool, and created again when its fields change.
///
/// [`Live::map`](super::Live::map), [`Projection::map`](super::Projection::map) and their fallible and async variants
/// create it. If a refresh changes the struct, it creates the new value before it ends: after
/// [`Live::refresh`](super::Live::refresh), [`get`](Self::get) returns the new one. The old value remains in use while
/// the new one is created, and if its function fails or panics. The failure is logged without its text, which could
/// contain a value, and the function is called again after a pause.
///
/// ```
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Live, Loader, SecretString, project};
/// # #[derive(Clone)]
/// # struct Pool;
/// # impl Pool { fn connect_lazy(_: &Database) -> Self { Self } async fn close(&self) {} }
/// # #[derive(FromSecrets)]
/// # struct Config { #[secret(flatten)] database: Database }
/// # #[derive(FromSecrets)]
/// # #[secrets(name = "prod/db")]
/// # struct Database { password: SecretString }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().with_secret("prod/db", r#"{"password": "x"}"#);
/// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
/// let pool = project!(live, database)
///     .map(Pool::connect_lazy)
///     .on_replace(|old: std::sync::Arc<Pool>| async move { old.close().await });
/// let connected = pool.get()?;
/// # let _ = connected;
/// # Ok(())
/// # }
/// ```
///
/// A clone is another handle of the same value. After the last one is dropped, the function is no longer called.
pub struct Derived<V>(Arc<DerivedShared<V>>);

struct DerivedShared<V> {
    current: Swap<Loaded<V>>,
    lease: Arc<Lease>,
    /// The report of the load that the value was created from. To read this never drops a value.
    report: Swap<LoadReport>,
    upstream: Box<dyn Upstream>,
    scope: FieldScope,
    last_error: Mutex<Option<Arc<dyn StdError + Send + Sync>>>,
    on_replace: Mutex<Option<Hook<V>>>,
}

type Hook<V> = Arc<dyn Fn(Arc<V>) -> BoxFuture<'static, ()> + Send + Sync>;
type CreateError = Box<dyn StdError + Send + Sync>;
type Create<T, V> =
    Box<dyn Fn(Snapshot<T>) -> BoxFuture<'static, Result<V, CreateError>> + Send + Sync>;

/// Creates the value again.
struct Creator<T, V> {
    derived: Weak<DerivedShared<V>>,
    create: Create<T, V>,
}

impl<V: Send + Sync + 'static> Derived<V> {
    pub(super) fn create<T: Send + Sync + 'static>(
        shared: &Arc<LiveShared<T>>,
        scope: &FieldScope,
        create: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        let Ok(derived) = Self::try_create(shared, scope, move |whole| {
            Ok::<_, Infallible>(create(whole))
        });
        derived
    }

    pub(super) fn try_create<T, E>(
        shared: &Arc<LiveShared<T>>,
        scope: &FieldScope,
        create: impl Fn(&T) -> Result<V, E> + Send + Sync + 'static,
    ) -> Result<Self, E>
    where
        T: Send + Sync + 'static,
        E: Into<CreateError>,
    {
        let loaded = shared.current_full();
        let value = create(&loaded.value)?;
        let create_again =
            move |snapshot: Snapshot<T>| ready(create(&snapshot).map_err(Into::into));
        Ok(Self::new(shared, scope, &loaded, value, create_again))
    }

    pub(super) async fn create_async<T, E, Fut>(
        shared: &Arc<LiveShared<T>>,
        scope: &FieldScope,
        create: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) -> Result<Self, E>
    where
        T: Send + Sync + 'static,
        E: Into<CreateError> + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let loaded = shared.current_full();
        let value = create(Snapshot::of(&loaded)).await?;
        let create_again = move |snapshot| {
            let created = create(snapshot);
            async move { created.await.map_err(Into::into) }
        };
        Ok(Self::new(shared, scope, &loaded, value, create_again))
    }

    fn new<T: Send + Sync + 'static, Fut>(
        shared: &Arc<LiveShared<T>>,
        scope: &FieldScope,
        loaded: &Loaded<T>,
        value: V,
        create: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<V, CreateError>> + Send + 'static,
    {
        let scope = scope.with_new_id();
        let derived = Arc::new(DerivedShared {
            current: Swap::new(Arc::new(Loaded {
                value: Arc::new(value),
                origin: loaded.origin.clone(),
            })),
            lease: Arc::clone(&shared.lease),
            report: Swap::new(Arc::clone(&loaded.origin.report)),
            upstream: Box::new(Arc::clone(shared)),
            scope: scope.clone(),
            last_error: Mutex::new(None),
            on_replace: Mutex::new(None),
        });
        let creator = Creator {
            derived: Arc::downgrade(&derived),
            create: Box::new(move |snapshot| Box::pin(create(snapshot))),
        };
        shared.add_follower(Arc::new(creator), &scope, &loaded.origin.report);
        Self(derived)
    }

    /// Calls an async function with each value that was replaced, to drain or close it.
    ///
    /// Refreshes do not wait for the function. Handles that are still in use keep the old value alive, so close a pool
    /// in a way that lets them return their connections.
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
    /// # struct Pool;
    /// # impl Pool { fn connect_lazy(_: &str) -> Self { Self } async fn close(&self) {} }
    /// use std::sync::Arc;
    ///
    /// let pool = project!(live, api_token)
    ///     .map(|token| Pool::connect_lazy(token))
    ///     .on_replace(|old: Arc<Pool>| async move { old.close().await });
    /// # let _ = pool.get()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "it returns the derived value"]
    pub fn on_replace<Fut>(self, hook: impl Fn(Arc<V>) -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let hook: Hook<V> = Arc::new(move |old| Box::pin(hook(old)));
        let old = lock(&self.0.on_replace).replace(hook);
        drop(old);
        self
    }

    /// Returns the value. This never waits.
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
    ///
    /// # Errors
    ///
    /// Returns an error if [`Live::get`](super::Live::get) does.
    #[inline]
    pub fn get(&self) -> Result<Snapshot<V>, StaleError> {
        if !self.0.lease.is_usable() {
            self.0.upstream.check()?;
        }
        Ok(self.last_good())
    }

    /// Returns the value, regardless of the age of the struct.
    pub fn last_good(&self) -> Snapshot<V> {
        Snapshot::new(self.0.current.load())
    }

    /// Returns the error of the function if it failed for the current struct.
    ///
    /// The text of the error can contain a value, so it is not logged. A panic is logged, and does not appear here.
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
    /// let parse = |token: &String| token.parse::<u32>();
    /// secrets.set_secret("API_TOKEN", "1");
    /// live.refresh().await?;
    /// let number = project!(live, api_token).try_map(parse)?;
    /// secrets.set_secret("API_TOKEN", "one");
    /// live.refresh().await?;
    /// assert_eq!(*number.get()?, 1); // the last good value
    /// assert!(number.last_error().is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_error(&self) -> Option<Arc<dyn StdError + Send + Sync>> {
        lock(&self.0.last_error).clone()
    }

    retry_methods! {
        /// Runs an operation, and runs it again if its credentials are rejected because they were rotated.
        ///
        /// See [`Live::retry_on`](super::Live::retry_on). Only changes of the fields that this value is created from
        /// count. The second run uses the new value.
        ///
        /// ```
        /// # use from_secrets::live::StaleError;
        /// # use from_secrets::source::Memory;
        /// # use from_secrets::{FromSecrets, Live, Loader, SecretString, project};
        /// # struct Pool;
        /// # #[derive(Debug)]
        /// # enum PoolError { WrongPassword, Stale(StaleError) }
        /// # impl From<StaleError> for PoolError { fn from(stale: StaleError) -> Self { Self::Stale(stale) } }
        /// # impl Pool {
        /// #     fn connect_lazy(_: &SecretString) -> Self { Self }
        /// #     async fn query(&self) -> Result<u32, PoolError> { Ok(1) }
        /// # }
        /// # #[derive(FromSecrets)]
        /// # struct Config { password: SecretString }
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// # let secrets = Memory::new().with_secret("PASSWORD", "x");
        /// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
        /// let pool = project!(live, password).map(Pool::connect_lazy);
        /// let is_rejected = |error: &PoolError| matches!(error, PoolError::WrongPassword);
        /// let rows = pool.retry_on(is_rejected, || async { pool.get()?.query().await }).await;
        /// # assert_eq!(rows.unwrap(), 1);
        /// # Ok(())
        /// # }
        /// ```
    }

    fn retry(&self) -> Retry<'_, impl Fn() -> Arc<LoadReport> + Sync> {
        let derived = &*self.0;
        Retry {
            upstream: &*derived.upstream,
            scope: &derived.scope,
            current: || derived.report.load_full(),
        }
    }
}

impl<T, V> Follower<T> for Creator<T, V>
where
    T: Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn follow(&self, loaded: Arc<Loaded<T>>) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let Some(derived) = self.derived.upgrade() else {
                return true;
            };
            let old = derived.current.load_full();
            let origin = loaded.origin.clone();
            if derived.scope.is_same(&old.origin.report, &origin.report) {
                derived.replace(Arc::clone(&old.value), origin);
                derived.set_error(None);
                return true;
            }
            let created = (self.create)(Snapshot::of(&loaded)).await;
            let (followed, error) = match created {
                Ok(value) => {
                    derived.replace(Arc::new(value), origin);
                    derived.call_hook(Arc::clone(&old.value));
                    (true, None)
                }
                Err(error) => {
                    tracing::warn!(
                        value = type_name::<V>(),
                        "cannot create a derived value from the new struct; the old value remains in use"
                    );
                    (false, Some(Arc::from(error)))
                }
            };
            derived.set_error(error);
            followed
        })
    }

    fn is_unused(&self) -> bool {
        self.derived.strong_count() == 0
    }

    fn name(&self) -> &'static str {
        type_name::<V>()
    }
}

impl<V: Send + Sync + 'static> DerivedShared<V> {
    fn replace(&self, value: Arc<V>, origin: LoadOrigin) {
        let report = Arc::clone(&origin.report);
        drop(self.current.swap(Arc::new(Loaded { value, origin })));
        drop(self.report.swap(report));
    }

    fn set_error(&self, error: Option<Arc<dyn StdError + Send + Sync>>) {
        let old = std::mem::replace(&mut *lock(&self.last_error), error);
        drop(old);
    }

    fn call_hook(&self, old: Arc<V>) {
        let hook = lock(&self.on_replace).clone();
        if let Some(hook) = hook {
            self.upstream
                .spawn(Box::pin(async move { hook(old).await }));
        }
    }
}

/// Drops the function, which can contain a handle of the live struct.
impl<V> Drop for DerivedShared<V> {
    fn drop(&mut self) {
        self.upstream.purge();
    }
}

impl<V> Clone for Derived<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V> fmt::Debug for Derived<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Derived").finish_non_exhaustive()
    }
}
