//! A permission in a policy.

use std::collections::BTreeMap;

/// A permission.
pub(super) struct Grant<'a> {
    pub(super) sid: String,
    pub(super) actions: Vec<&'static str>,
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) condition: Option<Condition>,
}

/// What a permission applies to.
pub(super) enum Resource<'a> {
    /// A secret by its id.
    Secret(&'a str),
    /// A parameter by its id.
    Parameter(&'a str),
    /// An ARN, or everything.
    Text(String),
}

/// Operator, key, values.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;
