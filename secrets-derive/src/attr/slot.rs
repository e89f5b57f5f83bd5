use proc_macro2::Ident;

use super::Ctxt;
use super::entry::Entry;

/// A key and its value.
pub(crate) struct Specified<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// The value of a key that accepts none.
pub(crate) struct Flag;

/// A key that may occur once.
pub(crate) struct Slot<T>(Option<Specified<T>>);

impl<T> Slot<T> {
    /// Sets the value. Reports a duplicate key and keeps the first value.
    pub(super) fn set(&mut self, ctxt: &Ctxt, entry: &Entry, value: T) {
        let key = entry.key.clone();
        if self.0.is_some() {
            ctxt.error(
                key.span(),
                format!("duplicate key `{key}`"),
                "remove one of them",
            );
        } else {
            self.0 = Some(Specified { key, value });
        }
    }

    pub(crate) fn key(&self) -> Option<&Ident> {
        self.0.as_ref().map(|specified| &specified.key)
    }

    pub(crate) fn specified(self) -> Option<Specified<T>> {
        self.0
    }

    pub(crate) fn value(self) -> Option<T> {
        self.0.map(|specified| specified.value)
    }

    pub(crate) fn as_value(&self) -> Option<&T> {
        self.0.as_ref().map(|specified| &specified.value)
    }
}

impl<T> From<Specified<T>> for Slot<T> {
    fn from(specified: Specified<T>) -> Self {
        Self(Some(specified))
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// A key that may occur several times. A value that was reported as unreadable is `None`.
pub(crate) struct Repeated<T>(Vec<Specified<Option<T>>>);

impl<T> Repeated<T> {
    pub(super) fn add(&mut self, entry: &Entry, value: Option<T>) {
        let key = entry.key.clone();
        self.0.push(Specified { key, value });
    }

    /// Returns the first key.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.0.first().map(|specified| &specified.key)
    }

    pub(crate) fn values(self) -> Vec<T> {
        self.0
            .into_iter()
            .filter_map(|specified| specified.value)
            .collect()
    }
}

impl<T> Default for Repeated<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}
