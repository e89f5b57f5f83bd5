//! A part of a live struct.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::derived::{BoxError, Derived};
use super::{Live, Snapshot, StaleError, Subscriber};
use crate::{FromSecrets, Report};

/// Creates a [`Projection`] of a [`Live`] struct: a field, or with dots a field of a field. Several fields, separated
/// by commas, make a projection of the whole struct that changes only if one of them does.
///
/// ```
/// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString, project};
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
/// # let secrets = Memory::new().secret("API_USER", "app").secret("API_TOKEN", "for tests")
/// #     .secret("prod/db", r#"{"username": "app", "password": "x"}"#);
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

/// The fields that something depends on.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) id: u64,
    /// Their places in the report, or `None` for all.
    fields: Option<Arc<[usize]>>,
}

impl Scope {
    pub(super) fn whole() -> Self {
        Self {
            id: Self::new_id(),
            fields: None,
        }
    }

    fn of(report: &Report, paths: &[&[&str]]) -> Self {
        let mut fields: Vec<usize> = paths
            .iter()
            .flat_map(|path| report.fields_of(&path_text(path)))
            .collect();
        fields.sort_unstable();
        fields.dedup();
        Self {
            id: Self::new_id(),
            fields: Some(fields.into()),
        }
    }

    /// Returns a scope of the same fields with an identity of its own.
    pub(super) fn another(&self) -> Self {
        Self {
            id: Self::new_id(),
            fields: self.fields.clone(),
        }
    }

    fn new_id() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns whether nothing in it changed: for some fields their values, for the whole struct the versions.
    pub(super) fn is_same(&self, old: &Report, new: &Report) -> bool {
        std::ptr::eq(old, new)
            || match &self.fields {
                Some(fields) => old.is_same(new, fields),
                None => old.changed(new).is_empty(),
            }
    }
}

/// Joins the names of fields to a path as reports contain it.
fn path_text(fields: &[&str]) -> String {
    let names = fields.iter().map(|name| name.trim_start_matches("r#"));
    names.collect::<Vec<_>>().join(".")
}

/// A part of a live struct, created by [`project!`](crate::project).
pub struct Projection<T, U> {
    live: Live<T>,
    project: fn(&T) -> &U,
    scope: Scope,
}

/// A part of a live struct as it was at one point in time.
pub struct ProjectionSnapshot<T, U> {
    snapshot: Snapshot<T>,
    project: fn(&T) -> &U,
}

/// Waits for changes of a part of a live struct. From [`Projection::subscribe`].
pub struct ProjectionSubscriber<T, U> {
    subscriber: Subscriber<T>,
    project: fn(&T) -> &U,
}

impl<T, U> Projection<T, U>
where
    T: FromSecrets + Send + Sync + 'static,
    U: 'static,
{
    pub(super) fn new(live: Live<T>, fields: &[&[&str]], project: fn(&T) -> &U) -> Self {
        let scope = Scope::of(&live.shared.current().origin.report, fields);
        Self {
            live,
            project,
            scope,
        }
    }

    /// Returns the part as it is now.
    ///
    /// # Errors
    ///
    /// Returns an error if [`Live::get`] does.
    pub fn get(&self) -> Result<ProjectionSnapshot<T, U>, StaleError> {
        Ok(self.of(self.live.get()?))
    }

    /// Returns the part of the last good struct, no matter how old it is.
    pub fn last_good(&self) -> ProjectionSnapshot<T, U> {
        self.of(self.live.last_good())
    }

    /// Returns a subscriber that waits for changes of the values of this part, from now on.
    pub fn subscribe(&self) -> ProjectionSubscriber<T, U> {
        ProjectionSubscriber {
            subscriber: Subscriber::new(&self.live.shared, self.scope.clone()),
            project: self.project,
        }
    }

    /// Calls an async function after each change of the values of this part. See [`Live::on_change`].
    pub fn on_change<Fut>(
        &self,
        call: impl Fn(ProjectionSnapshot<T, U>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.on_change_since(&self.last_good(), call);
    }

    /// Calls an async function after each change of the values of this part since a snapshot was taken. See
    /// [`Live::on_change_since`].
    pub fn on_change_since<Fut>(
        &self,
        snapshot: &ProjectionSnapshot<T, U>,
        call: impl Fn(ProjectionSnapshot<T, U>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let project = self.project;
        let call = move |snapshot| call(ProjectionSnapshot { snapshot, project });
        self.live.follow(&self.scope, &snapshot.snapshot, call);
    }

    /// Creates a value from the part, such as a connection pool, and creates it again when a value of the part changes.
    /// See [`Derived`].
    pub fn map<V: Send + Sync + 'static>(
        self,
        create: impl Fn(&U) -> V + Send + Sync + 'static,
    ) -> Derived<V> {
        let project = self.project;
        Derived::create(&self.live.shared, &self.scope, move |whole| {
            create(project(whole))
        })
    }

    /// Creates a value like [`map`](Self::map), by a function that can fail.
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
        E: Into<BoxError>,
    {
        let project = self.project;
        Derived::try_create(&self.live.shared, &self.scope, move |whole| {
            create(project(whole))
        })
    }

    /// Creates a value like [`map`](Self::map), by an async function that can fail.
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
        E: Into<BoxError> + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let project = self.project;
        let create = move |snapshot| create(ProjectionSnapshot { snapshot, project });
        Derived::create_async(&self.live.shared, &self.scope, create).await
    }

    /// Runs an operation, and runs it again after its credentials were rotated. See [`Live::retry_on`]; here only
    /// changes of this part count.
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
        let shared = &self.live.shared;
        let current = || Arc::clone(&shared.current().origin.report);
        super::retry::retry(shared, &self.scope, &current, is_rejected, operation).await
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
        let shared = &self.live.shared;
        let current = || Arc::clone(&shared.current().origin.report);
        super::retry::retry_blocking(shared, &self.scope, &current, is_rejected, operation)
    }

    fn of(&self, snapshot: Snapshot<T>) -> ProjectionSnapshot<T, U> {
        ProjectionSnapshot {
            snapshot,
            project: self.project,
        }
    }
}

impl<T: Send + Sync + 'static, U> ProjectionSubscriber<T, U> {
    /// Waits for a change, and returns the part after it. See [`Subscriber::changed`].
    pub async fn changed(&mut self) -> Option<ProjectionSnapshot<T, U>> {
        let snapshot = self.subscriber.changed().await?;
        let project = self.project;
        Some(ProjectionSnapshot { snapshot, project })
    }

    /// Waits for a change like [`changed`](Self::changed), without `async`.
    pub fn changed_blocking(&mut self) -> Option<ProjectionSnapshot<T, U>> {
        crate::sync::block_on(self.changed())
    }
}

impl<T, U> Clone for Projection<T, U> {
    /// The clone shares the live struct, and what is known of rejected credentials.
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
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
