//! What variables and the profile set for the SDK's clients, checked before a client is built.
//!
//! `aws_config::load` panics over values that it cannot read, and so do its clients.

use aws_config::Region;
use aws_config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::AppName;
use aws_sdk_secretsmanager::config::retry::RetryMode;
use from_secrets_syntax::check_region;

use super::endpoint_url;
use super::profiles::Profiles;
use super::region::Regions;
use super::setting::{Setting, SettingOrigin, invalid, trimmed, variable};
use crate::source::SourceError;

/// The settings that all clients of a process share.
pub(super) struct SdkSettings {
    pub(super) retry: RetryConfig,
    pub(super) fips: Option<bool>,
    pub(super) dual_stack: Option<bool>,
    /// The setting that asks for endpoints of a kind that only AWS has.
    only_of_aws: Option<Setting>,
    pub(super) app_name: Option<AppName>,
    pub(super) corrects_clock_skew: bool,
}

/// A service whose endpoint can be set.
pub(super) struct EndpointKeys {
    variable: &'static str,
    service: &'static str,
}

pub(super) const SECRETS_MANAGER: EndpointKeys = EndpointKeys {
    variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    service: "secrets_manager",
};
#[cfg(feature = "ssm")]
pub(super) const PARAMETER_STORE: EndpointKeys = EndpointKeys {
    variable: "AWS_ENDPOINT_URL_SSM",
    service: "ssm",
};

/// Endpoints that the SDK itself looks up for the clients of its credential providers.
const ENDPOINTS_OF_CREDENTIALS: [&str; 5] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_SIGNIN",
];

impl SdkSettings {
    pub(super) fn read(profiles: &Profiles) -> Result<Self, SourceError> {
        check_execution_environment()?;
        let boolean = |variable, key| {
            let setting = profiles.setting(variable, key)?;
            setting.map(|setting| setting.boolean()).transpose()
        };
        let kinds = [
            profiles.setting("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?,
            profiles.setting("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?,
        ];
        let is_on = |setting: &Setting| setting.boolean().ok() == Some(true);
        let app_name = profiles.setting("AWS_SDK_UA_APP_ID", "sdk_ua_app_id")?;
        Ok(Self {
            retry: retry(profiles)?,
            fips: boolean("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?,
            only_of_aws: kinds.into_iter().flatten().find(is_on),
            dual_stack: boolean("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?,
            app_name: app_name
                .map(|setting| parse_app_name(&setting))
                .transpose()?,
            corrects_clock_skew: !boolean(
                "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
                "disable_clock_skew_correction",
            )?
            .unwrap_or_default(),
        })
    }
}

impl SdkSettings {
    /// Rejects an endpoint of one's own beside a setting for AWS's endpoints, which the SDK cannot combine.
    pub(super) fn check_endpoint(&self, endpoint: Option<&str>) -> Result<(), SourceError> {
        match (&self.only_of_aws, endpoint) {
            (Some(setting), Some(_)) => Err(setting.invalid(
                "cannot be combined with an endpoint URL",
                "unset it, or the endpoint URL in AWS_ENDPOINT_URL, its variants or the profile",
            )),
            _ => Ok(()),
        }
    }
}

/// The SDK sends this variable with each request as it is.
fn check_execution_environment() -> Result<(), SourceError> {
    const NAME: &str = "AWS_EXECUTION_ENV";
    let raw = std::env::var_os(NAME).unwrap_or_default();
    let is_sendable = raw
        .to_str()
        .is_none_or(|text| !text.chars().any(char::is_control));
    if is_sendable {
        return Ok(());
    }
    let problem = "contains a control character";
    Err(invalid(
        &SettingOrigin::Variable(NAME),
        problem,
        "unset it, or set it without line breaks",
    ))
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
fn retry(profiles: &Profiles) -> Result<RetryConfig, SourceError> {
    let retry = RetryConfig::standard();
    let retry = match profiles.setting("AWS_RETRY_MODE", "retry_mode")? {
        Some(mode) => retry.with_retry_mode(retry_mode(&mode)?),
        None => retry,
    };
    Ok(
        match profiles.setting("AWS_MAX_ATTEMPTS", "max_attempts")? {
            Some(attempts) => retry.with_max_attempts(max_attempts(&attempts)?),
            None => retry,
        },
    )
}

/// `legacy` is the default of older tools, which the SDK does not have.
fn retry_mode(setting: &Setting) -> Result<RetryMode, SourceError> {
    match setting.text.to_ascii_lowercase().as_str() {
        "standard" | "legacy" => Ok(RetryMode::Standard),
        "adaptive" => Ok(RetryMode::Adaptive),
        _ => Err(setting.invalid(
            "is not a retry mode",
            "set it to `standard` or `adaptive`, or unset it",
        )),
    }
}

fn max_attempts(setting: &Setting) -> Result<u32, SourceError> {
    let attempts = setting.text.parse().ok().filter(|attempts| *attempts > 0);
    attempts.ok_or_else(|| {
        setting.invalid(
            "is not a number of attempts",
            "set it to a whole number from 1, or unset it",
        )
    })
}

fn parse_app_name(setting: &Setting) -> Result<AppName, SourceError> {
    AppName::new(setting.text.clone()).map_err(|_| {
        setting.invalid(
            "is not an application id",
            "use ASCII letters, digits and `!#$%&'*+-.^_`|~`, or unset it",
        )
    })
}

/// The endpoint of a service: its own variable, the general one, the profile's `services` section, the profile.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
pub(super) fn endpoint(
    profiles: &Profiles,
    keys: &EndpointKeys,
) -> Result<Option<String>, SourceError> {
    let ignored = profiles.setting(
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "ignore_configured_endpoint_urls",
    )?;
    if ignored.map(|setting| setting.boolean()).transpose()? == Some(true) {
        return Ok(None);
    }
    let found = match variable(keys.variable)? {
        Some(own) => Some(own),
        None => variable("AWS_ENDPOINT_URL")?,
    };
    let found = found
        .or_else(|| profiles.service_key(keys.service, "endpoint_url"))
        .or_else(|| profiles.key("endpoint_url"));
    found.map(checked_endpoint).transpose()
}

pub(super) fn checked_endpoint(setting: Setting) -> Result<String, SourceError> {
    match endpoint_url::problem(&setting.text) {
        None => Ok(setting.text),
        Some(problem) => Err(setting.invalid(
            &problem,
            "set it to a URL such as `http://localhost:4566`, or unset it",
        )),
    }
}

/// Whether a variable for the endpoint of a service is set to white space, which counts as unset.
pub(super) fn has_blank_endpoint() -> bool {
    let is_blank = |name: &str| std::env::var(name).is_ok_and(|url| trimmed(&url).is_empty());
    let own = [
        SECRETS_MANAGER.variable,
        #[cfg(feature = "ssm")]
        PARAMETER_STORE.variable,
    ];
    own.into_iter().any(is_blank) || is_blank("AWS_ENDPOINT_URL")
}

/// Checks the endpoints that the SDK looks up for itself, and takes as they are.
pub(super) fn check_endpoints_of_credentials() -> Result<(), SourceError> {
    for name in ENDPOINTS_OF_CREDENTIALS {
        let Some(raw) = std::env::var_os(name) else {
            continue;
        };
        let is_as_set = |setting: &Setting| raw.to_str() == Some(&setting.text);
        match variable(name)? {
            Some(setting) if is_as_set(&setting) => drop(checked_endpoint(setting)?),
            _ => {
                return Err(invalid(
                    &SettingOrigin::Variable(name),
                    "is empty, or has white space or control characters around the URL",
                    &format!("unset `{name}`, or set it to the URL alone"),
                ));
            }
        }
    }
    Ok(())
}

/// The region that the loader, the variables or the profile set.
pub(super) fn region(
    regions: &Regions,
    profiles: &Profiles,
) -> Result<Option<Region>, SourceError> {
    let setting = match &regions.fixed {
        Some(fixed) => Some(Setting {
            text: fixed.clone(),
            origin: SettingOrigin::Code("Loader::region"),
        }),
        None => match variable("AWS_REGION")? {
            Some(region) => Some(region),
            None => profiles.setting("AWS_DEFAULT_REGION", "region")?,
        },
    };
    setting.map(|setting| checked_region(&setting)).transpose()
}

/// The region that is used if nothing sets one.
pub(super) fn default_region(regions: &Regions) -> Result<Option<Region>, SourceError> {
    let default = regions.default.clone().map(|text| Setting {
        text,
        origin: SettingOrigin::Code("Loader::default_region"),
    });
    default.map(|setting| checked_region(&setting)).transpose()
}

fn checked_region(setting: &Setting) -> Result<Region, SourceError> {
    check_region(&setting.text).map_err(|problem| {
        setting.invalid(
            &format!("is not a region: {problem}"),
            "set it to the region of the secrets",
        )
    })?;
    Ok(Region::new(setting.text.clone()))
}
