//! A value that is created from a live struct.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};

use super::follower::Follower;
use super::home::BoxFuture;
use super::loaded::{Loaded, Origin, Snapshot};
use super::projection::Scope;
use super::retry::Upstream;
use super::state::Shared;
use super::{Live, StaleError};
use crate::Report;
use crate::sync::{Mutex, Swap, lock};

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;

/// A value that is created from a live struct, such as a connection pool, and created again when its fields change.
///
/// Created by [`Live::map`], [`Projection::map`](super::Projection::map) and their fallible and async variants. A
/// refresh that brings a change creates the new value before it ends: after [`Live::refresh`], [`get`](Self::get)
/// returns the new one. While it is being created, and if its function fails or panics, the old value stays. The
/// failure is logged without its text, which could contain a value, and the function is called again after a pause.
///
/// ```
/// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString, project};
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
/// # let secrets = Memory::new().secret("prod/db", r#"{"password": "x"}"#);
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
/// A clone is another handle of the same value. When the last one is dropped, the function is not called any more.
pub struct Derived<V>(Arc<Core<V>>);

struct Core<V> {
    made: Swap<Loaded<V>>,
    /// The report of the load that it was created from. Reading it drops no value.
    report: Swap<Report>,
    upstream: Box<dyn Upstream>,
    scope: Scope,
    last_error: Mutex<Option<Arc<dyn StdError + Send + Sync>>>,
    on_replace: Mutex<Option<Hook<V>>>,
}

type Hook<V> = Arc<dyn Fn(Arc<V>) -> BoxFuture<'static, ()> + Send + Sync>;
type Create<T, V> =
    Box<dyn Fn(Snapshot<T>) -> BoxFuture<'static, Result<V, BoxError>> + Send + Sync>;

/// Creates the value again.
struct Creator<T, V> {
    core: Weak<Core<V>>,
    create: Create<T, V>,
}

impl<V: Send + Sync + 'static> Derived<V> {
    pub(super) fn create<T: Send + Sync + 'static>(
        shared: &Arc<Shared<T>>,
        scope: &Scope,
        create: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        let loaded = shared.current_full();
        let value = create(&loaded.value);
        let create = Arc::new(create);
        let create_again = move |snapshot: Snapshot<T>| -> BoxFuture<'static, _> {
            let create = Arc::clone(&create);
            Box::pin(async move { Ok(create(&snapshot)) })
        };
        Self::new(shared, scope, &loaded, value, Box::new(create_again))
    }

    pub(super) fn try_create<T, E>(
        shared: &Arc<Shared<T>>,
        scope: &Scope,
        create: impl Fn(&T) -> Result<V, E> + Send + Sync + 'static,
    ) -> Result<Self, E>
    where
        T: Send + Sync + 'static,
        E: Into<BoxError>,
    {
        let loaded = shared.current_full();
        let value = create(&loaded.value)?;
        let create = Arc::new(create);
        let create_again = move |snapshot: Snapshot<T>| -> BoxFuture<'static, _> {
            let create = Arc::clone(&create);
            Box::pin(async move { create(&snapshot).map_err(Into::into) })
        };
        let create_again = Box::new(create_again);
        Ok(Self::new(shared, scope, &loaded, value, create_again))
    }

    pub(super) async fn create_async<T, E, Fut>(
        shared: &Arc<Shared<T>>,
        scope: &Scope,
        create: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) -> Result<Self, E>
    where
        T: Send + Sync + 'static,
        E: Into<BoxError> + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let loaded = shared.current_full();
        let value = create(Snapshot::of(&loaded)).await?;
        let create = Arc::new(create);
        let create_again = move |snapshot: Snapshot<T>| -> BoxFuture<'static, _> {
            let create = Arc::clone(&create);
            Box::pin(async move { create(snapshot).await.map_err(Into::into) })
        };
        let create_again = Box::new(create_again);
        Ok(Self::new(shared, scope, &loaded, value, create_again))
    }

    fn new<T: Send + Sync + 'static>(
        shared: &Arc<Shared<T>>,
        scope: &Scope,
        loaded: &Loaded<T>,
        value: V,
        create: Create<T, V>,
    ) -> Self {
        let scope = scope.another();
        let core = Arc::new(Core {
            made: Swap::new(Arc::new(Loaded {
                value: Arc::new(value),
                origin: loaded.origin.clone(),
            })),
            report: Swap::new(Arc::clone(&loaded.origin.report)),
            upstream: Box::new(Arc::clone(shared)),
            scope: scope.clone(),
            last_error: Mutex::new(None),
            on_replace: Mutex::new(None),
        });
        let creator = Creator {
            core: Arc::downgrade(&core),
            create,
        };
        shared.add_follower(Arc::new(creator), &scope, &loaded.origin.report);
        Self(core)
    }

    /// Calls an async function with each value that was replaced, to drain or close it. The function runs beside
    /// refreshes, which do not wait for it. Handles that are still in use keep the old value alive: close a
    /// pool so that they can return their connections.
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

    /// Returns the value. It never waits.
    ///
    /// # Errors
    ///
    /// Returns an error if [`Live::get`] does.
    pub fn get(&self) -> Result<Snapshot<V>, StaleError> {
        self.0.upstream.check()?;
        Ok(self.last_good())
    }

    /// Returns the value, no matter how old the struct is.
    pub fn last_good(&self) -> Snapshot<V> {
        Snapshot::new(self.0.made.load())
    }

    /// Returns why the value could not be created from the current struct, or `None` if it was. A panic is only logged.
    ///
    /// The error is the function's own. Its text could contain a value.
    pub fn last_error(&self) -> Option<Arc<dyn StdError + Send + Sync>> {
        lock(&self.0.last_error).clone()
    }

    /// Runs an operation, and runs it again after its credentials were rotated. See [`Live::retry_on`]; here only
    /// changes of the fields that this value is created from count, and the second run finds the new value.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString, StaleError, project};
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
    /// # let secrets = Memory::new().secret("PASSWORD", "x");
    /// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
    /// let pool = project!(live, password).map(Pool::connect_lazy);
    /// let is_rejected = |error: &PoolError| matches!(error, PoolError::WrongPassword);
    /// let rows = pool.retry_on(is_rejected, || async { pool.get()?.query().await }).await;
    /// # assert_eq!(rows.unwrap(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the operation's last error.
    pub async fn retry_on<R, E, Fut>(
        &self,
        is_rejected: impl Fn(&E) -> bool,
        operation: impl FnMut() -> Fut,
    ) -> Result<R, E>
    where
        Fut: Future<Output = Result<R, E>>,
    {
        let core = &*self.0;
        let current = || core.report.load_full();
        super::retry::retry(
            &*core.upstream,
            &core.scope,
            &current,
            is_rejected,
            operation,
        )
        .await
    }

    /// Runs an operation like [`retry_on`](Self::retry_on), without `async`.
    ///
    /// # Errors
    ///
    /// Returns the operation's last error.
    pub fn retry_on_blocking<R, E>(
        &self,
        is_rejected: impl Fn(&E) -> bool,
        operation: impl FnMut() -> Result<R, E>,
    ) -> Result<R, E> {
        let core = &*self.0;
        let current = || core.report.load_full();
        let upstream = &*core.upstream;
        super::retry::retry_blocking(upstream, &core.scope, &current, is_rejected, operation)
    }
}

impl<T, V> Follower<T> for Creator<T, V>
where
    T: Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn follow(&self, loaded: Arc<Loaded<T>>) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let Some(core) = self.core.upgrade() else {
                return true;
            };
            let old = core.made.load_full();
            let origin = loaded.origin.clone();
            if core.scope.is_same(&old.origin.report, &origin.report) {
                core.replace(Arc::clone(&old.value), origin);
                core.set_error(None);
                return true;
            }
            let created = (self.create)(Snapshot::of(&loaded)).await;
            let (followed, error) = match created {
                Ok(value) => {
                    core.replace(Arc::new(value), origin);
                    core.replaced(Arc::clone(&old.value));
                    (true, None)
                }
                Err(error) => {
                    tracing::warn!(
                        value = type_name::<V>(),
                        "a derived value cannot be created from the new struct; the old one stays"
                    );
                    (false, Some(Arc::from(error)))
                }
            };
            core.set_error(error);
            followed
        })
    }

    fn is_gone(&self) -> bool {
        self.core.strong_count() == 0
    }

    fn name(&self) -> &'static str {
        type_name::<V>()
    }
}

impl<V: Send + Sync + 'static> Core<V> {
    fn replace(&self, value: Arc<V>, origin: Origin) {
        let report = Arc::clone(&origin.report);
        drop(self.made.swap(Arc::new(Loaded { value, origin })));
        drop(self.report.swap(report));
    }

    fn set_error(&self, error: Option<Arc<dyn StdError + Send + Sync>>) {
        let old = std::mem::replace(&mut *lock(&self.last_error), error);
        drop(old);
    }

    fn replaced(&self, old: Arc<V>) {
        let hook = lock(&self.on_replace).clone();
        if let Some(hook) = hook {
            self.upstream
                .spawn(Box::pin(async move { hook(old).await }));
        }
    }
}

impl<T: crate::FromSecrets + Send + Sync + 'static> Live<T> {
    /// Creates a value from the whole struct, such as a client, and creates it again when the struct changes. See
    /// [`Derived`]. To depend on some fields only, use [`project!`](crate::project).
    pub fn map<V: Send + Sync + 'static>(
        &self,
        create: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Derived<V> {
        Derived::create(&self.shared, &self.scope, create)
    }

    /// Creates a value like [`map`](Self::map), by a function that can fail.
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
        E: Into<BoxError>,
    {
        Derived::try_create(&self.shared, &self.scope, create)
    }

    /// Creates a value like [`map`](Self::map), by an async function that can fail. Each call has as much time as a
    /// load.
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
        E: Into<BoxError> + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        Derived::create_async(&self.shared, &self.scope, create).await
    }
}

/// What the function contains may keep the live struct alive.
impl<V> Drop for Core<V> {
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
