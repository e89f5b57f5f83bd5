//! The places that issue AWS credentials, in the order of the SDK's default chain.

use std::fmt;
use std::path::PathBuf;

use aws_config::Region;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::client::{Client as MetadataClient, EndpointMode};
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::provider::SharedCredentialsProvider;

use super::endpoint_url;
use super::intent::has_instance_metadata;
use super::profiles::Profiles;
use super::sdk_settings::check_endpoints_of_credentials;
use super::setting::{SettingOrigin, invalid, is_set, trimmed, variable};
use crate::source::SourceError;
use crate::source::aws_api::errors::CREDENTIALS_HINT;

/// A place that issues credentials.
#[derive(Clone, Debug)]
pub(super) enum Link {
    /// The selected profile, and the first of its keys that is about credentials.
    Profile { name: String, key: &'static str },
    /// A role for a token in a file: IAM roles for service accounts.
    WebIdentity { token_file: PathBuf },
    /// The endpoint of an ECS task or of EKS Pod Identity, and the variable that names it.
    Container { variable: &'static str },
    /// The instance metadata service.
    Instance,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile { name, .. } => write!(f, "the profile `{name}`"),
            Self::WebIdentity { token_file } => {
                write!(f, "the web identity token `{}`", token_file.display())
            }
            Self::Container { variable } => write!(f, "the container endpoint in `{variable}`"),
            Self::Instance => f.write_str("the instance metadata service"),
        }
    }
}

impl Link {
    /// What a user can do about credentials that this place does not issue.
    pub(super) fn hint(&self) -> String {
        let fix = match self {
            Self::Profile { name, key } => return profile_hint(name, key),
            Self::WebIdentity { .. } => {
                "check the role annotation of the service account, the trust policy of the role in `AWS_ROLE_ARN`, and the token file in `AWS_WEB_IDENTITY_TOKEN_FILE`"
            }
            Self::Container { .. } if is_set(TOKEN_FILE) => {
                "check the token file in `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, and the EKS Pod Identity association and its agent"
            }
            Self::Container { .. } => {
                "check the task role of the ECS task, or the EKS Pod Identity association and its agent"
            }
            Self::Instance => {
                "check that the instance has an instance profile, and that its metadata options allow this process to reach the service"
            }
        };
        format!("{fix}; or set FROM_SECRETS_SOURCES=env to read environment variables only")
    }
}

fn profile_hint(name: &str, key: &str) -> String {
    let fix = match key {
        "credential_process" => {
            "run the profile's `credential_process` in a shell to see why it fails"
        }
        "role_arn" | "source_profile" | "credential_source" => {
            "check the profile's `role_arn` and the profile or source that it names, and the trust policy of the role"
        }
        "web_identity_token_file" => {
            "check the profile's `web_identity_token_file` and `role_arn`, and the trust policy of the role"
        }
        "login_session" => "sign in again with `aws login`",
        key if key.starts_with("sso_") => {
            return format!(
                "sign in again with `aws sso login --profile {name}`, or set FROM_SECRETS_SOURCES=env to read environment variables only"
            );
        }
        _ => return CREDENTIALS_HINT.to_owned(),
    };
    format!("{fix}; or set FROM_SECRETS_SOURCES=env to read environment variables only")
}

/// The places that are set up here.
pub(super) fn links(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<Vec<(Link, SharedCredentialsProvider)>, SourceError> {
    let mut links = Vec::new();
    links.extend(profile(profiles, config)?);
    links.extend(web_identity(config)?);
    links.extend(container(config)?);
    if has_instance_metadata(profiles) {
        let client = metadata_client(profiles, config)?;
        let provider = ImdsCredentialsProvider::builder()
            .configure(config)
            .imds_client(client);
        links.push((
            Link::Instance,
            SharedCredentialsProvider::new(provider.build()),
        ));
    }
    Ok(links)
}

fn profile(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<Option<(Link, SharedCredentialsProvider)>, SourceError> {
    let Some(key) = profiles.credential_key() else {
        return Ok(None);
    };
    if !matches!(key, "aws_access_key_id" | "aws_secret_access_key")
        || profiles.key("role_arn").is_some()
    {
        check_endpoints_of_credentials()?;
    }
    let name = profiles.selected().to_owned();
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_files(profiles.files())
        .profile_name(&name)
        .build();
    Ok(Some((
        Link::Profile { name, key },
        SharedCredentialsProvider::new(provider),
    )))
}

fn web_identity(
    config: &ProviderConfig,
) -> Result<Option<(Link, SharedCredentialsProvider)>, SourceError> {
    let Some(role) = variable("AWS_ROLE_ARN")? else {
        return Ok(None);
    };
    // A path need not be Unicode.
    let Some(file) = std::env::var_os("AWS_WEB_IDENTITY_TOKEN_FILE")
        .filter(|_| is_set("AWS_WEB_IDENTITY_TOKEN_FILE"))
    else {
        return Ok(None);
    };
    check_endpoints_of_credentials()?;
    let token_file = match file.to_str() {
        Some(text) => PathBuf::from(trimmed(text)),
        None => PathBuf::from(file),
    };
    let session = variable("AWS_ROLE_SESSION_NAME")?;
    let provider = WebIdentityTokenCredentialsProvider::builder()
        .static_configuration(StaticConfiguration {
            web_identity_token_file: token_file.clone(),
            role_arn: role.text,
            session_name: session.map_or_else(session_name, |session| session.text),
        })
        .configure(config)
        .build();
    let link = Link::WebIdentity { token_file };
    Ok(Some((link, SharedCredentialsProvider::new(provider))))
}

/// `CloudTrail` shows it. The process id tells the processes of a host apart.
fn session_name() -> String {
    format!("from-secrets-{}", std::process::id())
}

const RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

/// The SDK takes both variables as they are, and panics over some values.
fn container(
    config: &ProviderConfig,
) -> Result<Option<(Link, SharedCredentialsProvider)>, SourceError> {
    let is_relative = is_set(RELATIVE_URI);
    if !is_relative && !is_set(FULL_URI) {
        return Ok(None);
    }
    let name = if is_relative { RELATIVE_URI } else { FULL_URI };
    if !is_relative && std::env::var_os(RELATIVE_URI).is_some() {
        let origin = SettingOrigin::Variable(RELATIVE_URI);
        return Err(invalid(
            &origin,
            "is empty, but takes precedence",
            &format!("unset `{RELATIVE_URI}`"),
        ));
    }
    let fix = "set it to the URI of the credentials alone, or unset it";
    let setting = variable(name)?;
    let Some(setting) =
        setting.filter(|setting| std::env::var(name).is_ok_and(|raw| raw == setting.text))
    else {
        let problem = "has white space or control characters around it";
        return Err(invalid(&SettingOrigin::Variable(name), problem, fix));
    };
    let problem = if is_relative {
        (!setting.text.starts_with('/')).then(|| "does not begin with `/`".to_owned())
    } else {
        endpoint_url::problem(&setting.text)
    };
    if let Some(problem) = problem {
        return Err(setting.invalid(&problem, fix));
    }
    check_token_file()?;
    let provider = EcsCredentialsProvider::builder().configure(config).build();
    let link = Link::Container { variable: name };
    Ok(Some((link, SharedCredentialsProvider::new(provider))))
}

const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// The SDK takes the path as it is, an empty one included.
fn check_token_file() -> Result<(), SourceError> {
    let Some(raw) = std::env::var_os(TOKEN_FILE) else {
        return Ok(());
    };
    if raw
        .to_str()
        .is_none_or(|text| !text.is_empty() && trimmed(text) == text)
    {
        return Ok(());
    }
    let problem = "is empty, or has white space or control characters around the path";
    let fix = format!("unset `{TOKEN_FILE}`, or set it to the path alone");
    Err(invalid(&SettingOrigin::Variable(TOKEN_FILE), problem, &fix))
}

/// The endpoint is always set here, because the SDK would read the profile's files again to look it up.
fn metadata_client(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<MetadataClient, SourceError> {
    let endpoint = profiles.setting(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "ec2_metadata_service_endpoint",
    )?;
    let mode = profiles.setting(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "ec2_metadata_service_endpoint_mode",
    )?;
    let mode: Option<EndpointMode> = match mode {
        Some(mode) => Some(mode.text.parse().map_err(|_| {
            mode.invalid(
                "is neither `IPv4` nor `IPv6`",
                "set it to `IPv4` or `IPv6`, or unset it",
            )
        })?),
        None => None,
    };
    let usual = match mode {
        Some(EndpointMode::IpV6) => "http://[fd00:ec2::254]",
        _ => "http://169.254.169.254",
    };
    let client = MetadataClient::builder().configure(config);
    let Some(endpoint) = endpoint else {
        return Ok(client.clone().endpoint(usual).unwrap_or(client).build());
    };
    let fix = "set it to a URL such as `http://169.254.169.254`, or unset it";
    if let Some(problem) = endpoint_url::problem(&endpoint.text) {
        return Err(endpoint.invalid(&problem, fix));
    }
    let client = client.endpoint(&endpoint.text);
    Ok(client
        .map_err(|_| endpoint.invalid("is not a valid URL", fix))?
        .build())
}

/// The region of the instance, if its metadata service is used.
pub(super) async fn instance_region(
    profiles: &Profiles,
    config: &ProviderConfig,
) -> Result<Option<Region>, SourceError> {
    if !has_instance_metadata(profiles) {
        return Ok(None);
    }
    let client = metadata_client(profiles, config)?;
    let provider = ImdsRegionProvider::builder()
        .configure(config)
        .imds_client(client);
    Ok(provider.build().region().await)
}
