//! The settings that distinguish clients.

use aws_config::Region;

use super::role::AssumedRole;
use super::sdk_settings::check_endpoint_url;
use super::setting::Setting;
use crate::source::SourceError;

/// The settings that distinguish clients. Sources with the same settings share their clients.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct ClientSettings {
    /// Takes precedence over the environment and the profile.
    pub(super) region: Option<String>,
    /// Applies if no other setting specifies a region.
    pub(super) default_region: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) role: AssumedRole,
    pub(super) endpoint_url: Option<String>,
}

impl ClientSettings {
    pub(super) fn check(&self) -> Result<(), SourceError> {
        self.role.check()?;
        let regions = [
            ("region", &self.region),
            ("default_region", &self.default_region),
        ];
        for (method, region) in regions {
            if let Some(region) = region {
                Setting::in_code(method, region).region()?;
            }
        }
        match &self.endpoint_url {
            Some(url) => check_endpoint_url(&Setting::in_code("endpoint_url", url)),
            None => Ok(()),
        }
    }

    /// Returns the region for a configuration that may have one.
    pub(super) fn choose_region(&self, own: Option<&Region>) -> Option<Region> {
        let own = own.map(|region| region.as_ref().to_owned());
        let region = self.region.clone().or(own);
        region
            .or_else(|| self.default_region.clone())
            .map(Region::new)
    }
}
