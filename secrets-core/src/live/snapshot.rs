//! A loaded struct, the handle through which callers read it, and the fields on which something depends.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::schedule::Lifetime;
use crate::report::LoadReport;
use crate::sync::{Guard, owned};

/// A value and the load that it comes from. It never changes; the next load creates another one.
pub(super) struct Loaded<T> {
    pub(super) value: Arc<T>,
    pub(super) origin: LoadOrigin,
}

/// The load that a value comes from.
#[derive(Clone)]
pub(super) struct LoadOrigin {
    pub(super) report: Arc<LoadReport>,
    /// The number of changes before this load.
    pub(super) generation: u64,
    pub(super) began_at: SystemTime,
    pub(super) lifetime: Lifetime,
}

/// A struct as it was at one point in time. Refreshes do not change it.
///
/// It is cheap to get, and can be kept across an `.await`. To keep a struct for longer, call [`to_arc`](Self::to_arc).
pub struct Snapshot<T>(Guard<Loaded<T>>);

impl<T> Snapshot<T> {
    pub(super) fn new(loaded: Guard<Loaded<T>>) -> Self {
        Self(loaded)
    }

    pub(super) fn of(loaded: &Arc<Loaded<T>>) -> Self {
        Self(owned(Arc::clone(loaded)))
    }

    pub(super) fn origin(&self) -> &LoadOrigin {
        &self.0.origin
    }

    /// Returns the struct as an `Arc`, to keep it for a long time.
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
    /// use std::sync::Arc;
    /// use from_secrets::live::Snapshot;
    ///
    /// let config: Arc<Config> = Snapshot::to_arc(&live.get()?);
    /// assert_eq!(config.api_token, "old");
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_arc(this: &Self) -> Arc<T> {
        Arc::clone(&this.0.value)
    }
}

impl<T> Deref for Snapshot<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Snapshot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// The fields on which something depends.
#[derive(Clone, Debug)]
pub(super) struct FieldScope {
    pub(super) id: u64,
    /// Their positions in the report, or `None` for all fields.
    fields: Option<Arc<[usize]>>,
}

impl FieldScope {
    pub(super) fn all() -> Self {
        Self {
            id: Self::new_id(),
            fields: None,
        }
    }

    pub(super) fn of(report: &LoadReport, paths: &[&[&str]]) -> Self {
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

    /// Returns a scope of the same fields with another id.
    pub(super) fn with_new_id(&self) -> Self {
        Self {
            id: Self::new_id(),
            fields: self.fields.clone(),
        }
    }

    fn new_id() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns whether no field changed. This compares the versions of all fields, or the values of some.
    pub(super) fn is_same(&self, old: &LoadReport, new: &LoadReport) -> bool {
        std::ptr::eq(old, new)
            || match &self.fields {
                Some(fields) => old.is_same(new, fields),
                None => old.is_same_version(new),
            }
    }
}

/// Joins the names of fields to a path, as reports contain it.
fn path_text(fields: &[&str]) -> String {
    let names = fields.iter().map(|name| name.trim_start_matches("r#"));
    names.collect::<Vec<_>>().join(".")
}
