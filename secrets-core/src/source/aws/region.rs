//! The regions that a source is configured with.

use aws_config::Region;

/// The configured regions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Regions {
    /// Takes precedence over the environment and the profile.
    pub(super) fixed: Option<String>,
    /// Applies if no other setting specifies a region.
    pub(super) default: Option<String>,
}

impl Regions {
    /// Returns the region for a configuration that may have one.
    pub(super) fn choose(&self, own: Option<&Region>) -> Option<Region> {
        let fixed = self.fixed.clone().map(Region::new);
        let default = || self.default.clone().map(Region::new);
        fixed.or_else(|| own.cloned()).or_else(default)
    }
}
