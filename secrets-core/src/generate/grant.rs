//! The permissions of a policy.

use std::collections::BTreeMap;

/// A permission.
#[derive(Clone)]
pub(super) struct Grant<'a> {
    pub(super) sid: String,
    pub(super) actions: Vec<&'static str>,
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) condition: Option<Condition>,
}

/// A resource of a permission.
#[derive(Clone)]
pub(super) enum Resource<'a> {
    Secret(SecretResource<'a>),
    /// The ID of a parameter.
    Parameter(&'a str),
    /// An ARN or `*`.
    Text(String),
}

/// A secret as a resource.
#[derive(Clone, Debug)]
pub(super) struct SecretResource<'a> {
    pub(super) id: &'a str,
    /// Whether the ARN without the suffix is listed, too. IAM evaluates it for a secret that does not exist.
    pub(super) may_be_missing: bool,
    /// The regions whose ARNs are listed, too.
    pub(super) other_regions: Vec<&'a str>,
}

/// The values by operator and key.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;
