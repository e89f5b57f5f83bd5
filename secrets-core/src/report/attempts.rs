//! The attempts to load a field.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::source::{FetchResult, KeyedBy};

/// One query of a source for one field.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) source: Arc<str>,
    pub(crate) keyed_by: KeyedBy,
    pub(crate) endpoint: Option<Arc<str>>,
    pub(crate) id: Arc<str>,
    /// Set if the id or the JSON key is an alias of the field. It is rare, so a report reserves only a pointer for it.
    pub(crate) alias: Option<Box<RequestedAlias>>,
    pub(crate) result: FetchResult<()>,
    /// How to fix a result without a value.
    pub(crate) hint: Option<String>,
}

impl Attempt {
    /// Returns the source's name.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the URL or path that the source queried.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns the requested id: a secret's name or ARN, or an environment variable.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the result, without its value.
    pub fn result(&self) -> &FetchResult<()> {
        &self.result
    }
}

/// The alias that an attempt requested.
#[derive(Clone, Debug)]
pub(crate) struct RequestedAlias {
    pub(crate) json_key: Option<Arc<str>>,
    /// The id with placeholders, as declared, unless it is a variable.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "only changes are named by it")
    )]
    pub(crate) declared: Option<Arc<str>>,
}

/// The attempts to load a field, in order. Most fields have one, which does not need an allocation.
#[derive(Clone)]
pub(crate) enum Attempts {
    One([Attempt; 1]),
    /// None or several.
    List(Vec<Attempt>),
}

impl Attempts {
    pub(crate) fn push(&mut self, attempt: Attempt) {
        *self = match std::mem::take(self) {
            Self::List(attempts) if attempts.is_empty() => Self::One([attempt]),
            Self::List(mut attempts) => {
                attempts.push(attempt);
                Self::List(attempts)
            }
            Self::One([first]) => Self::List(vec![first, attempt]),
        };
    }
}

impl Default for Attempts {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Deref for Attempts {
    type Target = [Attempt];

    fn deref(&self) -> &[Attempt] {
        match self {
            Self::One(attempt) => attempt,
            Self::List(attempts) => attempts,
        }
    }
}

impl DerefMut for Attempts {
    fn deref_mut(&mut self) -> &mut [Attempt] {
        match self {
            Self::One(attempt) => attempt,
            Self::List(attempts) => attempts,
        }
    }
}
