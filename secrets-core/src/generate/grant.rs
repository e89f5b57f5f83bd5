//! The permissions of a policy.

use std::collections::BTreeMap;

/// A permission.
pub(super) struct Grant<'a> {
    pub(super) sid: String,
    pub(super) actions: Vec<&'static str>,
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) condition: Option<Condition>,
}

/// A resource of a permission.
pub(super) enum Resource<'a> {
    /// The ID of a secret.
    Secret(&'a str),
    /// The ID of a parameter.
    Parameter(&'a str),
    /// An ARN or `*`.
    Text(String),
}

/// The values by operator and key.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;
