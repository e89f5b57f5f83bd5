//! The settings that distinguish clients.

use super::region::Regions;
use super::role::AssumedRole;

/// The settings that distinguish clients. Sources with the same settings share their clients.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct ClientSettings {
    pub(super) regions: Regions,
    pub(super) profile: Option<String>,
    pub(super) role: AssumedRole,
    pub(super) endpoint_url: Option<String>,
}
