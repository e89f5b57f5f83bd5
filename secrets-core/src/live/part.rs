//! A part of a live struct, and what is made from it.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use tokio::sync::watch;

use super::loaded::Loaded;
use super::{Live, Snapshot, Stale};
use crate::{FromSecrets, Report};

/// Takes a part of a [`Live`] struct, to be notified, or to have a client or a pool rebuilt, only when that part
/// changes: a field, or with dots a field of a field.
///
/// ```
/// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString, part};
/// # struct Pool;
/// # impl Pool { fn connect_lazy(_: &Database) -> Self { Self } }
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(flatten)]
///     database: Database,
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
/// # let secrets = Memory::new().secret("API_TOKEN", "for tests").secret("prod/db", r#"{"username": "app", "password": "x"}"#);
/// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
/// let pool = part!(live, database).map(Pool::connect_lazy);
/// let connected = pool.get()?; // the pool, rebuilt if the database's values have changed
/// # let _ = connected;
/// # Ok(())
/// # }
/// ```
///
/// It gives a [`Part`]. A field that is not loaded (`skip`) never changes.
#[macro_export]
macro_rules! part {
    ($live:expr, $($field:ident).+ $(,)?) => {
        $live.part_at(&[$(::core::stringify!($field)),+], |whole| &whole.$($field).+)
    };
}

/// A part of a live struct.
///
/// From [`part!`](crate::part).
pub struct Part<T, U> {
    live: Live<T>,
    project: fn(&T) -> &U,
    /// The values that it is made of, by their places in the report.
    leaves: Arc<[usize]>,
    changes: watch::Receiver<Arc<T>>,
    seen: Arc<Report>,
}

/// A part as it was at one moment.
pub struct PartSnapshot<T, U> {
    snapshot: Snapshot<T>,
    project: fn(&T) -> &U,
}

/// What is made from a part of a live struct, as a pool of connections. Made again when the part changes.
///
/// From [`Part::map`]. A clone shares what was made.
pub struct Mapped<T, U, V>(Arc<Mapping<T, U, V>>);

struct Mapping<T, U, V> {
    part: Part<T, U>,
    make: Box<dyn Fn(&U) -> V + Send + Sync>,
    made: ArcSwapOption<Made<V>>,
    making: Mutex<()>,
}

struct Made<V> {
    value: Arc<V>,
    /// The load that it was made from, or that brought the same part.
    generation: u64,
    report: Arc<Report>,
}

impl<T: FromSecrets + Send + Sync + 'static, U: 'static> Part<T, U> {
    pub(super) fn new(live: Live<T>, fields: &[&str], project: fn(&T) -> &U) -> Self {
        let changes = live.watch();
        let seen = Arc::clone(&live.shared.current().report);
        let leaves = seen.fields_of(&path(fields)).into();
        Self {
            live,
            project,
            leaves,
            changes,
            seen,
        }
    }

    /// The part as it is now.
    ///
    /// # Errors
    ///
    /// As for [`Live::get`].
    pub fn get(&self) -> Result<PartSnapshot<T, U>, Stale> {
        self.live.get().map(|snapshot| self.of(snapshot))
    }

    /// Waits until a value of this part differs from what this call gave before, or from what it was when the part was
    /// taken. A change that comes while nobody waits is not lost.
    pub async fn changed(&mut self) -> PartSnapshot<T, U> {
        loop {
            self.changes.mark_unchanged();
            let loaded = self.live.shared.current();
            let known = std::mem::replace(&mut self.seen, Arc::clone(&loaded.report));
            if self.differs(&known, &self.seen) {
                return self.of(Snapshot(loaded));
            }
            drop(loaded);
            // The sender lives as long as `live` does, so this ends with a change.
            if self.changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Makes something from the part, as a pool of connections, and makes it again when a value of the part has
    /// changed: at the next [`Mapped::get`], not before. `make` runs while others wait for it, so it should be quick:
    /// open connections lazily.
    pub fn map<V>(self, make: impl Fn(&U) -> V + Send + Sync + 'static) -> Mapped<T, U, V> {
        Mapped(Arc::new(Mapping {
            part: self,
            make: Box::new(make),
            made: ArcSwapOption::empty(),
            making: Mutex::new(()),
        }))
    }

    fn of(&self, snapshot: Snapshot<T>) -> PartSnapshot<T, U> {
        PartSnapshot {
            snapshot,
            project: self.project,
        }
    }

    fn differs(&self, old: &Report, new: &Report) -> bool {
        !Report::is_same(old, new, &self.leaves)
    }
}

impl<T, U, V> Mapped<T, U, V>
where
    T: FromSecrets + Send + Sync + 'static,
    U: 'static,
{
    /// What was made from the part as it is now.
    ///
    /// # Errors
    ///
    /// As for [`Live::get`].
    pub fn get(&self) -> Result<Arc<V>, Stale> {
        let snapshot = self.0.part.live.get()?;
        match &*self.0.made.load() {
            Some(made) if made.generation == snapshot.0.generation => Ok(Arc::clone(&made.value)),
            _ => Ok(self.0.make_again()),
        }
    }
}

impl<T, U, V> Mapping<T, U, V>
where
    T: FromSecrets + Send + Sync + 'static,
    U: 'static,
{
    #[cold]
    fn make_again(&self) -> Arc<V> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = self.part.live.shared.current();
        let value = match &*self.made.load() {
            Some(made) if self.fits(made, &loaded) => Arc::clone(&made.value),
            _ => Arc::new((self.make)((self.part.project)(&loaded.value))),
        };
        self.made.store(Some(Arc::new(Made {
            value: Arc::clone(&value),
            generation: loaded.generation,
            report: Arc::clone(&loaded.report),
        })));
        value
    }

    fn fits(&self, made: &Made<V>, loaded: &Loaded<T>) -> bool {
        made.generation == loaded.generation || !self.part.differs(&made.report, &loaded.report)
    }
}

/// As reports write it.
fn path(fields: &[&str]) -> String {
    let names = fields.iter().map(|name| name.trim_start_matches("r#"));
    names.collect::<Vec<_>>().join(".")
}

impl<T, U> Clone for Part<T, U> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            project: self.project,
            leaves: Arc::clone(&self.leaves),
            changes: self.changes.clone(),
            seen: Arc::clone(&self.seen),
        }
    }
}

impl<T, U, V> Clone for Mapped<T, U, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T, U> Deref for PartSnapshot<T, U> {
    type Target = U;

    fn deref(&self) -> &U {
        (self.project)(&self.snapshot)
    }
}

impl<T, U: fmt::Debug> fmt::Debug for PartSnapshot<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T, U> fmt::Debug for Part<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").finish_non_exhaustive()
    }
}

impl<T, U, V> fmt::Debug for Mapped<T, U, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapped").finish_non_exhaustive()
    }
}
