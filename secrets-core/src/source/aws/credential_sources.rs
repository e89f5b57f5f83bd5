//! The places that issue AWS credentials, in the order of the SDK's default chain.

use aws_config::Region;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::client::{Client as MetadataClient, EndpointMode};
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::intent::has_instance_metadata;
use super::profiles::Profiles;
use super::sdk_settings::{check_credential_endpoints, check_url};
use super::setting::{Setting, check_exact, is_set, or_env_only, path_variable, variable};
use crate::source::SourceError;

/// A place that issues credentials.
#[derive(Debug)]
pub(super) struct CredentialSource {
    pub(super) kind: CredentialSourceKind,
    /// The place, as errors name it.
    pub(super) place: String,
    pub(super) hint: String,
    pub(super) provider: SharedCredentialsProvider,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CredentialSourceKind {
    /// The selected profile.
    Profile,
    /// A role for a token in a file: IAM roles for service accounts.
    WebIdentity,
    /// The endpoint of an ECS task or of EKS Pod Identity.
    Container,
    /// The instance metadata service.
    Instance,
    /// A role that is set in code.
    Role,
}

impl CredentialSource {
    pub(super) fn new(
        kind: CredentialSourceKind,
        place: impl Into<String>,
        hint: &str,
        provider: impl ProvideCredentials + 'static,
    ) -> Self {
        Self {
            kind,
            place: place.into(),
            hint: or_env_only(hint),
            provider: SharedCredentialsProvider::new(provider),
        }
    }
}

type Found = Result<Option<CredentialSource>, SourceError>;

/// Returns the places that are set up on this machine. A profile that is selected in code is the only one.
pub(super) fn credential_sources(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<Vec<CredentialSource>, SourceError> {
    if profiles.is_selected_in_code {
        return Ok(profile(profiles, config)?.into_iter().collect());
    }
    let sources = [
        profile(profiles, config)?,
        web_identity(config)?,
        container(config)?,
        instance(profiles, config)?,
    ];
    Ok(sources.into_iter().flatten().collect())
}

fn profile(profiles: &Profiles, config: &ProviderConfig) -> Found {
    let Some(key) = profiles.credential_key() else {
        return Ok(None);
    };
    let has_static_keys = matches!(key, "aws_access_key_id" | "aws_secret_access_key");
    if !has_static_keys || profiles.key("role_arn").is_some() {
        check_credential_endpoints()?;
    }
    let name = &profiles.selected;
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_files(profiles.contents.clone())
        .profile_name(name)
        .build();
    Ok(Some(CredentialSource::new(
        CredentialSourceKind::Profile,
        format!("the profile `{name}`"),
        &profile_hint(name, key),
        provider,
    )))
}

fn profile_hint(name: &str, key: &str) -> String {
    let hint = match key {
        "credential_process" => {
            "run the profile's `credential_process` in a shell to see why it fails"
        }
        "role_arn" | "source_profile" | "credential_source" => {
            "check the profile's `role_arn`, the profile or source that it names, and the trust policy of the role"
        }
        "web_identity_token_file" => {
            "check the profile's `web_identity_token_file` and `role_arn`, and the trust policy of the role"
        }
        "login_session" => "sign in again with `aws login`",
        key if key.starts_with("sso_") => {
            return format!("sign in again with `aws sso login --profile {name}`");
        }
        _ => "renew or correct the keys of the profile",
    };
    hint.to_owned()
}

/// Returns the name of a session of a role, which `CloudTrail` shows. The process id distinguishes the processes of a
/// host.
pub(super) fn default_session_name() -> String {
    format!("from-secrets-{}", std::process::id())
}

fn web_identity(config: &ProviderConfig) -> Found {
    let role = variable("AWS_ROLE_ARN")?;
    let token_file = path_variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    let Some((role, token_file)) = role.zip(token_file) else {
        return Ok(None);
    };
    check_credential_endpoints()?;
    let place = format!("the web identity token `{}`", token_file.display());
    let session = variable("AWS_ROLE_SESSION_NAME")?;
    let provider = WebIdentityTokenCredentialsProvider::builder()
        .static_configuration(StaticConfiguration {
            web_identity_token_file: token_file,
            role_arn: role.text,
            session_name: session.map_or_else(default_session_name, |session| session.text),
        })
        .configure(config)
        .build();
    Ok(Some(CredentialSource::new(
        CredentialSourceKind::WebIdentity,
        place,
        "check the role annotation of the service account, the trust policy of the role in `AWS_ROLE_ARN`, and the token file in `AWS_WEB_IDENTITY_TOKEN_FILE`",
        provider,
    )))
}

/// The SDK reads these variables as they are, and panics over some values.
fn container(config: &ProviderConfig) -> Found {
    const RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    if !is_set(RELATIVE_URI) && !is_set(FULL_URI) {
        return Ok(None);
    }
    // An empty relative URI takes precedence over a full one.
    check_exact(RELATIVE_URI, "URI")?;
    let name = if let Some(relative) = variable(RELATIVE_URI)? {
        if !relative.text.starts_with('/') {
            let hint = "set it to a path such as `/v2/credentials/ID`, or unset it";
            return Err(relative.invalid("does not begin with `/`", hint));
        }
        RELATIVE_URI
    } else {
        check_exact(FULL_URI, "URI")?;
        if let Some(full) = variable(FULL_URI)? {
            check_url(&full, "http://169.254.170.23/v1/credentials")?;
        }
        FULL_URI
    };
    check_exact(TOKEN_FILE, "path")?;
    let hint = if is_set(TOKEN_FILE) {
        "check the token file in `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, and the EKS Pod Identity association and its agent"
    } else {
        "check the task role of the ECS task, or the EKS Pod Identity association and its agent"
    };
    Ok(Some(CredentialSource::new(
        CredentialSourceKind::Container,
        format!("the container endpoint in `{name}`"),
        hint,
        EcsCredentialsProvider::builder().configure(config).build(),
    )))
}

fn instance(profiles: &Profiles, config: &ProviderConfig) -> Found {
    let Some(client) = metadata_client(profiles, config)? else {
        return Ok(None);
    };
    let provider = ImdsCredentialsProvider::builder()
        .configure(config)
        .imds_client(client)
        .build();
    Ok(Some(CredentialSource::new(
        CredentialSourceKind::Instance,
        "the instance metadata service",
        "check that the instance has an instance profile, and that its metadata options allow this process to reach the service",
        provider,
    )))
}

/// Returns the region of the instance, if its metadata service is used.
pub(super) async fn instance_region(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<Option<Region>, SourceError> {
    let Some(client) = metadata_client(profiles, config)? else {
        return Ok(None);
    };
    let provider = ImdsRegionProvider::builder()
        .configure(config)
        .imds_client(client);
    Ok(provider.build().region().await)
}

/// Returns the client of the instance metadata service, if the service is used. The endpoint is always set: the SDK
/// would read the profile's files again to look it up.
fn metadata_client(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<Option<MetadataClient>, SourceError> {
    const IPV4: &str = "http://169.254.169.254";
    if !has_instance_metadata(profiles) {
        return Ok(None);
    }
    let endpoint = profiles.setting(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "ec2_metadata_service_endpoint",
    )?;
    let mode = profiles.setting(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "ec2_metadata_service_endpoint_mode",
    )?;
    let is_ipv6 = match mode {
        Some(mode) => mode.parse(
            |text| Some(matches!(text.parse().ok()?, EndpointMode::IpV6)),
            "is neither `IPv4` nor `IPv6`",
            "set it to `IPv4` or `IPv6`, or unset it",
        )?,
        None => false,
    };
    let default = if is_ipv6 {
        "http://[fd00:ec2::254]"
    } else {
        IPV4
    };
    let default = || Setting::new(default, "of the default endpoint".to_owned());
    let Some(endpoint) = endpoint.or_else(default) else {
        return Ok(None);
    };
    check_url(&endpoint, IPV4)?;
    let client = endpoint.parse(
        |url| MetadataClient::builder().endpoint(url).ok(),
        "is not a valid URL",
        "set it to a URL such as `http://169.254.169.254`, or unset it",
    )?;
    Ok(Some(client.configure(config).build()))
}
