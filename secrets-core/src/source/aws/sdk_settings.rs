//! Settings of the SDK's clients in variables and in the profile, checked before a client is built.
//!
//! `aws_config::load` and the SDK's clients panic over values that they cannot read.

use aws_config::Region;
use aws_config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::AppName;
use aws_sdk_secretsmanager::config::retry::RetryMode;

use super::endpoint_url;
use super::profiles::Profiles;
use super::setting::{Setting, check_exact, first_variable, invalid_variable, trimmed, variable};
use crate::source::SourceError;
#[cfg(feature = "ssm")]
use crate::source::aws_api::service::PARAMETER_STORE;
use crate::source::aws_api::service::SECRETS_MANAGER;

/// Settings that apply to every client of a process.
pub(super) struct SdkSettings {
    pub(super) retry: RetryConfig,
    pub(super) fips: Option<bool>,
    pub(super) dual_stack: Option<bool>,
    /// The setting that selects FIPS or dual-stack endpoints, which only AWS has.
    aws_endpoints: Option<Setting>,
    pub(super) app_name: Option<AppName>,
    pub(super) corrects_clock_skew: bool,
}

impl SdkSettings {
    pub(super) fn read(profiles: &Profiles) -> Result<Self, SourceError> {
        check_execution_environment()?;
        let fips = profiles.setting("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?;
        let dual_stack =
            profiles.setting("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?;
        let ignores_clock_skew = profiles.setting(
            "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
            "disable_clock_skew_correction",
        )?;
        let boolean =
            |setting: &Option<Setting>| setting.as_ref().map(Setting::boolean).transpose();
        Ok(Self {
            retry: retry(profiles)?,
            fips: boolean(&fips)?,
            dual_stack: boolean(&dual_stack)?,
            corrects_clock_skew: boolean(&ignores_clock_skew)? != Some(true),
            app_name: app_name(profiles)?,
            aws_endpoints: [fips, dual_stack]
                .into_iter()
                .flatten()
                .find(|setting| setting.boolean().is_ok_and(|is_on| is_on)),
        })
    }

    /// Rejects a custom endpoint beside a setting for endpoints of AWS, which the SDK cannot combine.
    pub(super) fn check_endpoint(
        &self,
        is_custom: bool,
        is_in_code: bool,
    ) -> Result<(), SourceError> {
        let Some(setting) = self.aws_endpoints.as_ref().filter(|_| is_custom) else {
            return Ok(());
        };
        let hint = if is_in_code {
            "unset it, or remove `endpoint_url` in code"
        } else {
            "unset it, or unset the endpoint URL in AWS_ENDPOINT_URL, its variants or the profile"
        };
        Err(setting.invalid("cannot be combined with an endpoint URL", hint))
    }
}

/// The SDK sends this variable with each request as it is.
fn check_execution_environment() -> Result<(), SourceError> {
    const NAME: &str = "AWS_EXECUTION_ENV";
    let value = std::env::var(NAME).unwrap_or_default();
    if !value.contains(char::is_control) {
        return Ok(());
    }
    let hint = "unset it, or set it without line breaks";
    Err(invalid_variable(NAME, "contains a control character", hint))
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
fn retry(profiles: &Profiles) -> Result<RetryConfig, SourceError> {
    let mut retry = RetryConfig::standard();
    if let Some(mode) = profiles.setting("AWS_RETRY_MODE", "retry_mode")? {
        retry = retry.with_retry_mode(mode.parse(
            retry_mode,
            "is not a retry mode",
            "set it to `standard` or `adaptive`, or unset it",
        )?);
    }
    if let Some(attempts) = profiles.setting("AWS_MAX_ATTEMPTS", "max_attempts")? {
        retry = retry.with_max_attempts(attempts.parse(
            |text| text.parse().ok().filter(|attempts| *attempts > 0),
            "is not a number of attempts",
            "set it to a whole number from 1, or unset it",
        )?);
    }
    Ok(retry)
}

/// Older tools default to `legacy`, which the SDK does not have.
fn retry_mode(text: &str) -> Option<RetryMode> {
    match text.to_ascii_lowercase().as_str() {
        "standard" | "legacy" => Some(RetryMode::Standard),
        "adaptive" => Some(RetryMode::Adaptive),
        _ => None,
    }
}

fn app_name(profiles: &Profiles) -> Result<Option<AppName>, SourceError> {
    let setting = profiles.setting("AWS_SDK_UA_APP_ID", "sdk_ua_app_id")?;
    let parse = |setting: Setting| {
        setting.parse(
            |text| AppName::new(text.to_owned()).ok(),
            "is not an application id",
            "use ASCII letters, digits and `!#$%&'*+-.^_`|~`, or unset it",
        )
    };
    setting.map(parse).transpose()
}

const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// The variable with the endpoint of STS, which issues the credentials of roles.
pub(super) const STS: &str = "AWS_ENDPOINT_URL_STS";

/// The variables with the endpoints of the services of secrets.
pub(super) const SERVICES: &[&str] = &[
    SECRETS_MANAGER.endpoint_variable,
    #[cfg(feature = "ssm")]
    PARAMETER_STORE.endpoint_variable,
];

/// Returns the endpoint of a service: its own variable, the general one, the profile's `services` section, the profile.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
pub(super) fn endpoint(profiles: &Profiles, variable: &str) -> Result<Option<String>, SourceError> {
    let ignored = profiles.setting(
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "ignore_configured_endpoint_urls",
    )?;
    if ignored.map(|setting| setting.boolean()).transpose()? == Some(true) {
        return Ok(None);
    }
    let service = variable
        .rsplit("URL_")
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let found = first_variable([variable, ENDPOINT_URL])?
        .or_else(|| profiles.service_key(&service, "endpoint_url"))
        .or_else(|| profiles.key("endpoint_url"));
    if let Some(setting) = &found {
        check_endpoint_url(setting)?;
    }
    Ok(found.map(|setting| setting.text))
}

/// Rejects a setting that is not the URL of an endpoint of AWS or of an emulator.
pub(super) fn check_endpoint_url(setting: &Setting) -> Result<(), SourceError> {
    check_url(setting, "http://localhost:4566")
}

/// Rejects a setting that is not the URL of an endpoint. The hint contains the example.
pub(super) fn check_url(setting: &Setting, example: &str) -> Result<(), SourceError> {
    let unset = setting.unset();
    let hint = || format!("set it to a URL such as `{example}`, or {unset}");
    match endpoint_url::problem(&setting.text) {
        None => Ok(()),
        Some(problem) => Err(setting.invalid(&problem, &hint())),
    }
}

/// Returns whether a variable for the endpoint of a service is set to white space, which counts as unset.
pub(super) fn is_endpoint_blank(variable: &str) -> bool {
    let is_blank = |name: &str| std::env::var(name).is_ok_and(|url| trimmed(&url).is_empty());
    is_blank(variable) || std::env::var_os(variable).is_none() && is_blank(ENDPOINT_URL)
}

/// Checks the endpoints that the SDK itself reads for the clients of its credential providers.
pub(super) fn check_credential_endpoints() -> Result<(), SourceError> {
    for name in [
        ENDPOINT_URL,
        STS,
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_SIGNIN",
    ] {
        check_exact(name, "URL")?;
        if let Some(setting) = variable(name)? {
            check_endpoint_url(&setting)?;
        }
    }
    Ok(())
}

/// Returns the region that the variables or the profile set.
pub(super) fn region(profiles: &Profiles) -> Result<Option<Region>, SourceError> {
    let variable = first_variable(["AWS_REGION", "AWS_DEFAULT_REGION"])?;
    let setting = variable.or_else(|| profiles.region());
    setting.map(|setting| setting.region()).transpose()
}
