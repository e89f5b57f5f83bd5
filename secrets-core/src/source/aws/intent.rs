//! Signs that a process is meant to use AWS.
//!
//! With one of them, credentials that cannot be found are an error. Without any, this is a laptop without AWS, and the
//! next source is queried.

use super::profiles::Profiles;
use super::setting::{SettingOrigin, is_set, variable};
use super::shared_files::FileProblem;
use crate::source::aws_api::runtime;
use crate::source::{SourceError, SourceErrorKind};

/// Variables that only make sense with AWS, apart from those of AWS's own runtimes.
const VARIABLES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    METADATA_ENDPOINT,
];

const METADATA_ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

const ROLE_HINT: &str = "give this function, task, pod or instance a role, or set FROM_SECRETS_SOURCES=env to read environment variables only";

/// What shows that AWS is meant.
pub(super) enum Sign {
    Runtime(&'static str),
    Profile(&'static str),
    Variable(&'static str),
    File(FileProblem),
    NamedFile(&'static str),
    ProfileKey(SettingOrigin),
}

/// Returns the first sign, the most specific kinds first.
pub(super) fn sign(profiles: &Profiles) -> Option<Sign> {
    let set = |name: &&&str| is_set(name);
    let runtime = runtime::aws_runtime().map(Sign::Runtime);
    let keys = || VARIABLES.iter().find(set).map(|name| Sign::Variable(name));
    let metadata =
        || (metadata_disabled() == Some(false)).then_some(Sign::Variable(METADATA_DISABLED));
    let profile_key = || {
        let key = profiles
            .credential_key()
            .unwrap_or("ec2_metadata_service_endpoint");
        Some(Sign::ProfileKey(profiles.key(key)?.origin))
    };
    let file = || profiles.problems().first().cloned().map(Sign::File);
    runtime
        .or_else(|| profiles.selected_by().map(Sign::Profile))
        .or_else(keys)
        .or_else(metadata)
        .or_else(profile_key)
        .or_else(file)
        .or_else(|| profiles.named_file().map(Sign::NamedFile))
}

impl Sign {
    /// The failure if there are no credentials.
    pub(super) fn failure(&self, profiles: &Profiles) -> SourceError {
        // A file that could not be used is why the profile or the keys are not there.
        if let (Self::Profile(_) | Self::ProfileKey(_) | Self::NamedFile(_), [problem, ..]) =
            (self, profiles.problems())
        {
            return Self::File(problem.clone()).failure(profiles);
        }
        let (why, hint) = match self {
            Self::Runtime(EC2_HOST) => {
                (", but this is an EC2 host".to_owned(), ROLE_HINT.to_owned())
            }
            Self::Runtime(sign) => (format!(", but `{sign}` is set"), runtime_hint(sign)),
            Self::Profile(name) => profile(name, profiles),
            Self::Variable(name) => (format!(", but `{name}` is set"), variable_hint(name)),
            Self::File(problem) => (format!(": {problem}"), problem.hint()),
            Self::NamedFile(name) => (
                format!(": the file that `{name}` names has none"),
                format!("add credentials to the file, or unset `{name}`"),
            ),
            Self::ProfileKey(origin) => (
                format!(", but {origin} is set"),
                "complete the profile, or remove the key".to_owned(),
            ),
        };
        SourceError::new(
            SourceErrorKind::Credentials,
            format!("no AWS credentials found{why}"),
        )
        .with_hint(format!("{hint}{}", env_only(self)))
    }
}

/// The name that [`runtime::aws_runtime`] has for EC2.
const EC2_HOST: &str = "an EC2 host";

/// The hint of a role already ends with it.
fn env_only(sign: &Sign) -> &'static str {
    match sign {
        Sign::Runtime(_) => "",
        _ => "; or set FROM_SECRETS_SOURCES=env to read environment variables only",
    }
}

fn runtime_hint(sign: &str) -> String {
    if sign == "AWS_WEB_IDENTITY_TOKEN_FILE" && !is_set("AWS_ROLE_ARN") {
        return format!(
            "set `AWS_ROLE_ARN` too, or unset `{sign}`; or set FROM_SECRETS_SOURCES=env to read environment variables only"
        );
    }
    ROLE_HINT.to_owned()
}

fn profile(name: &str, profiles: &Profiles) -> (String, String) {
    let selected = profiles.selected();
    let paths = profiles.paths();
    if profiles.has_selected() {
        let why = format!(": the profile `{selected}`, which `{name}` selects, has none");
        (
            why,
            format!("add credentials to the profile, or correct or unset `{name}`"),
        )
    } else {
        let why = format!(": the profile `{selected}`, which `{name}` selects, is not in {paths}");
        (
            why,
            format!("add the profile, or correct or unset `{name}`"),
        )
    }
}

fn variable_hint(name: &str) -> String {
    match name {
        "AWS_ACCESS_KEY_ID" => "set `AWS_SECRET_ACCESS_KEY` too".to_owned(),
        "AWS_SECRET_ACCESS_KEY" => "set `AWS_ACCESS_KEY_ID` too".to_owned(),
        "AWS_SESSION_TOKEN" => {
            "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` too, or unset `AWS_SESSION_TOKEN`"
                .to_owned()
        }
        "AWS_ROLE_ARN" => {
            "set `AWS_WEB_IDENTITY_TOKEN_FILE` too, or unset `AWS_ROLE_ARN`".to_owned()
        }
        name if metadata_disabled() == Some(true) => {
            format!("unset `{METADATA_DISABLED}`, or unset `{name}`")
        }
        name => format!("check that credentials are served there, or unset `{name}`"),
    }
}

/// Returns the value of `AWS_EC2_METADATA_DISABLED`, or `None` if it is neither `true` nor `false`.
pub(super) fn metadata_disabled() -> Option<bool> {
    variable(METADATA_DISABLED).ok().flatten()?.boolean().ok()
}

/// Whether credentials are looked up from the instance metadata service. Elsewhere the SDK would wait seconds for a
/// response that never comes.
pub(super) fn has_instance_metadata(profiles: &Profiles) -> bool {
    match metadata_disabled() {
        Some(disabled) => !disabled,
        None => {
            runtime::is_ec2()
                || is_set(METADATA_ENDPOINT)
                || profiles.key("ec2_metadata_service_endpoint").is_some()
        }
    }
}
