//! Credentials and region, found where every AWS tool finds them, without waiting for what is not there.

use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use aws_config::Region;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as CredentialsFuture;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::settings::Regions;
use crate::source::service::{REMEDY, first_line};
use crate::source::{Answer, Cause, Failure, host};

/// What to do where the platform should give them.
const ROLE_REMEDY: &str = "give this function, task, pod or instance a role, or set FROM_SECRETS_SOURCES=env to read the environment only";

/// The SDK's chain, which asks the instance metadata service only where there is one.
pub(super) fn chain(config: &ProviderConfig) -> SharedCredentialsProvider {
    let chain = CredentialsProviderChain::first_try(
        "Environment",
        EnvironmentVariableCredentialsProvider::new(),
    )
    .or_else(
        "Profile",
        ProfileFileCredentialsProvider::builder()
            .configure(config)
            .build(),
    )
    .or_else(
        "WebIdentityToken",
        WebIdentityTokenCredentialsProvider::builder()
            .configure(config)
            .build(),
    )
    .or_else(
        "EcsContainer",
        EcsCredentialsProvider::builder().configure(config).build(),
    );
    if !host::has_instance_metadata() {
        return SharedCredentialsProvider::new(chain);
    }
    let instance = ImdsCredentialsProvider::builder().configure(config).build();
    SharedCredentialsProvider::new(chain.or_else("Ec2InstanceMetadata", instance))
}

/// The region: as the loader fixes it, else the environment's, the profile's, the instance's, else the default.
pub(super) async fn region(regions: &Regions, config: &ProviderConfig) -> Option<Region> {
    if let Some(fixed) = &regions.fixed {
        return Some(Region::new(fixed.clone()));
    }
    let named = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .find_map(set);
    let chain = RegionProviderChain::first_try(named.map(Region::new)).or_else(
        ProfileFileRegionProvider::builder()
            .configure(config)
            .build(),
    );
    let chain = if host::has_instance_metadata() {
        chain.or_else(ImdsRegionProvider::builder().configure(config).build())
    } else {
        chain
    };
    chain
        .or_else(regions.default.clone().map(Region::new))
        .region()
        .await
}

/// Finds the credentials before anything is fetched, so that their absence is found out once and not by every request.
pub(super) async fn resolve(
    provider: SharedCredentialsProvider,
) -> Result<SharedCredentialsProvider, Answer> {
    let found = provider.provide_credentials().await;
    let credentials = found.map_err(|error| unusable(&error))?;
    if has_expired(&credentials) {
        let failure = Failure::new(Cause::Credentials, "the AWS credentials have expired");
        return Err(Answer::Failed(failure.with_hint(REMEDY)));
    }
    let first = Mutex::new(Some(credentials));
    Ok(SharedCredentialsProvider::new(Primed { first, provider }))
}

fn has_expired(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_some_and(|expiry| expiry <= SystemTime::now())
}

fn unusable(error: &CredentialsError) -> Answer {
    if !matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return Answer::Failed(failure(error));
    }
    let none = |sign: &str| {
        Failure::new(
            Cause::Credentials,
            format!("no AWS credentials, though there is {sign}"),
        )
    };
    match (host::aws_runtime(), intent()) {
        (Some(sign), _) => Answer::Failed(none(sign).with_hint(ROLE_REMEDY)),
        (None, Some(sign)) => Answer::Failed(none(&sign).with_hint(REMEDY)),
        (None, None) => {
            let looked = "no AWS credentials in the environment, nor in a profile";
            Answer::NotConfigured(looked.to_owned())
        }
    }
}

/// A variable that is set to something.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Who names a profile or sets a key means AWS, so that a misspelt profile, or half of a key, is not taken for a
/// laptop without credentials.
fn intent() -> Option<String> {
    let profile = set("AWS_PROFILE").map(|profile| format!("AWS_PROFILE=`{profile}`"));
    profile.or_else(|| set("AWS_ACCESS_KEY_ID").map(|_| "AWS_ACCESS_KEY_ID".to_owned()))
}

pub(super) fn failure(error: &CredentialsError) -> Failure {
    let told = told(error);
    let failure = Failure::new(Cause::Credentials, told.clone());
    match compiled_out(&told) {
        Some(feature) => failure.with_hint(format!(
            "this profile needs the feature `{feature}` of from-secrets, which is not compiled in; enable it, or set FROM_SECRETS_SOURCES=env to read the environment only"
        )),
        None => failure.with_hint(REMEDY),
    }
}

/// The SDK's words, one cause after the other. Its `Debug` would say more than is wanted, and so would what a
/// credential process wrote to its standard error.
fn told(error: &CredentialsError) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !told.ends_with(&text) {
            told = format!("{told}: {text}");
        }
        source = cause.source();
    }
    match told.find(" Stderr:") {
        Some(at) => format!(
            "{} (run the credential process by hand to see why)",
            first_line(&told[..at])
        ),
        None => first_line(&told),
    }
}

/// Our feature behind the SDK's, where the SDK says that one of its own is missing.
fn compiled_out(told: &str) -> Option<&'static str> {
    let (_, features) = told.split_once("cargo feature(s) enabled: ")?;
    Some(if features.starts_with("credentials-login") {
        "login"
    } else {
        "sso"
    })
}

/// A provider whose first answer is known already.
struct Primed {
    first: Mutex<Option<Credentials>>,
    provider: SharedCredentialsProvider,
}

impl ProvideCredentials for Primed {
    fn provide_credentials<'a>(&'a self) -> CredentialsFuture<'a>
    where
        Self: 'a,
    {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match first.filter(|credentials| !has_expired(credentials)) {
            Some(credentials) => CredentialsFuture::ready(Ok(credentials)),
            None => self.provider.provide_credentials(),
        }
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.provider.fallback_on_interrupt()
    }
}

impl std::fmt::Debug for Primed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Primed").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_credential_process_wrote_is_not_told() {
        let text = "Error retrieving credentials: external process exited with code 1. Stderr: canary\ncanary";
        let failure = failure(&CredentialsError::provider_error(text));
        assert!(failure.message().contains("code 1"), "{failure}");
        assert!(!failure.message().contains("canary"), "{failure}");
    }

    #[test]
    fn a_profile_that_needs_what_was_compiled_out_names_our_feature() {
        for (theirs, ours) in [
            ("sso", "sso"),
            ("credentials-process", "sso"),
            ("credentials-login", "login"),
        ] {
            let text =
                format!("This behavior requires following cargo feature(s) enabled: {theirs}. ");
            let failure = failure(&CredentialsError::invalid_configuration(text));
            assert!(
                failure
                    .hint()
                    .unwrap()
                    .contains(&format!("feature `{ours}`")),
                "{failure}"
            );
        }
    }
}
