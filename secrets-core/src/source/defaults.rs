//! Settings that a loader provides to sources without settings of their own.

use std::any::Any;
use std::sync::Arc;

/// Settings, by type.
#[derive(Clone, Default)]
pub(crate) struct Defaults(
    #[cfg_attr(
        not(feature = "aws"),
        expect(dead_code, reason = "only the AWS sources have defaults")
    )]
    Vec<Arc<dyn Any + Send + Sync>>,
);

#[cfg(feature = "aws")]
impl Defaults {
    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let mut found = self.0.iter();
        found.find_map(|settings| Arc::downcast(Arc::clone(settings)).ok())
    }

    pub(crate) fn set<T: Send + Sync + 'static>(&mut self, settings: T) {
        self.0.retain(|known| !known.is::<T>());
        self.0.push(Arc::new(settings));
    }
}
