//! Signs that a process is meant to use AWS.
//!
//! With such a sign, missing credentials are an error. Without any, this is a machine without AWS, and the next source
//! is queried.

use std::net::IpAddr;

use from_secrets_syntax::misspelled;

use super::profiles::Profiles;
use super::setting::{is_set, or_env_only, variable};
use crate::format::listed;
use crate::source::aws_api::runtime;
use crate::source::{SourceError, SourceErrorKind};

const LAMBDA: &str = "AWS_LAMBDA_FUNCTION_NAME";
const METADATA_ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// Variables that are incomplete by themselves, and the hint for each.
const INCOMPLETE: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "set `AWS_SECRET_ACCESS_KEY` too"),
    ("AWS_SECRET_ACCESS_KEY", "set `AWS_ACCESS_KEY_ID` too"),
    (
        "AWS_SESSION_TOKEN",
        "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` too, or unset `AWS_SESSION_TOKEN`",
    ),
    (
        "AWS_ROLE_ARN",
        "set `AWS_WEB_IDENTITY_TOKEN_FILE` too, or unset `AWS_ROLE_ARN`",
    ),
];

/// The end of a message, and a hint.
type Reason = (String, String);

/// Returns the error to report if no credentials are found, or `None` if no sign indicates that AWS is meant. The error
/// names the most specific sign.
pub(super) fn no_credentials(profiles: &Profiles) -> Option<SourceError> {
    // A file that cannot be used is the reason why a profile or its keys are missing.
    let file = || {
        let problem = profiles.problems.first()?;
        Some((format!(": {}", problem.description), problem.hint.clone()))
    };
    let selected = || {
        let variable = profiles.selected_by.as_ref()?;
        Some(file().unwrap_or_else(|| selected_profile(variable, profiles)))
    };
    let in_code = || selected().filter(|_| profiles.is_selected_in_code);
    let is_emulated = is_lambda_emulator();
    let aws_runtime = || (!is_emulated).then(aws_runtime)?;
    let emulated = || is_emulated.then(lambda_emulator);
    let (reason, hint) = in_code()
        .or_else(aws_runtime)
        .or_else(selected)
        .or_else(incomplete_variable)
        .or_else(metadata_variable)
        .or_else(file)
        .or_else(|| profile_key(profiles))
        .or_else(|| named_file(profiles))
        .map(|(reason, hint)| (reason, or_env_only(&hint)))
        .or_else(emulated)?;
    let message = format!("no AWS credentials found{reason}");
    Some(SourceError::new(SourceErrorKind::Credentials, message).with_hint(hint))
}

fn aws_runtime() -> Option<Reason> {
    let reason = match runtime::aws_runtime(is_set)? {
        sign @ "AWS_WEB_IDENTITY_TOKEN_FILE" if !is_set("AWS_ROLE_ARN") => {
            let hint = format!("set `AWS_ROLE_ARN` too, or unset `{sign}`");
            return Some((format!(", but `{sign}` is set"), hint));
        }
        sign => format!(", but {}", runtime::described(sign)),
    };
    let hint = "attach a role to this function, task, pod or instance";
    Some((reason, hint.to_owned()))
}

/// Returns the reason in an emulator of Lambda, which sets the variables of Lambda on a machine without credentials.
fn lambda_emulator() -> Reason {
    (
        format!(", but `{LAMBDA}` is set, as in `cargo lambda watch` and other emulators of Lambda"),
        "set FROM_SECRETS_SOURCES=env to read environment variables only, or set AWS_PROFILE to read secrets"
            .to_owned(),
    )
}

fn selected_profile(variable: &str, profiles: &Profiles) -> Reason {
    let selected = &profiles.selected;
    let profile = format!(": the profile `{selected}`, which {variable} selects,");
    if profiles.has_selected() {
        let hint = format!("add credentials to the profile, or correct or unset {variable}");
        (format!("{profile} does not contain any"), hint)
    } else {
        let hint = missing_profile_hint(variable, selected, &profiles.names());
        (format!("{profile} is not in {}", profiles.paths()), hint)
    }
}

/// Returns a hint with the profile that is probably meant, and all profiles, unless there are too many.
fn missing_profile_hint(variable: &str, selected: &str, names: &[&str]) -> String {
    const MOST_NAMES: usize = 20;
    let is_readable = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    if !selected.chars().all(is_readable) {
        return "rename the profile: the AWS SDK reads names of ASCII letters, digits and `_-/.%@:+` only".to_owned();
    }
    let correct = match misspelled(selected, names) {
        Some(similar) => format!("set {variable} to `{similar}`, or add the profile"),
        None => format!("correct or unset {variable}, or add the profile"),
    };
    match names.len() {
        0 => format!("add the profile, or unset {variable}"),
        1 => format!("{correct}; the only profile is {}", listed(names)),
        2..=MOST_NAMES => format!("{correct}; the profiles are {}", listed(names)),
        _ => format!("{correct}; `aws configure list-profiles` prints all profiles"),
    }
}

/// Returns whether this is an emulator of Lambda, if there are no credentials: the runtime API is on this host.
///
/// The same is true on Lambda, but a function there always has the credentials of its role.
fn is_lambda_emulator() -> bool {
    let api = || variable("AWS_LAMBDA_RUNTIME_API").ok()?;
    is_set(LAMBDA) && api().is_some_and(|api| is_this_host(&api.text))
}

/// Returns whether an address, or a URL as in cargo-lambda, has a loopback or unspecified host.
fn is_this_host(address: &str) -> bool {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = address.split('/').next().unwrap_or_default();
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    let ip = host.trim_matches(['[', ']']).parse();
    host == "localhost" || ip.is_ok_and(|ip: IpAddr| ip.is_loopback() || ip.is_unspecified())
}

fn incomplete_variable() -> Option<Reason> {
    let (name, hint) = INCOMPLETE.into_iter().find(|(name, _)| is_set(name))?;
    Some((format!(", but `{name}` is set"), hint.to_owned()))
}

fn metadata_variable() -> Option<Reason> {
    let (name, hint) = match (is_set(METADATA_ENDPOINT), metadata_disabled()) {
        (true, Some(true)) => (METADATA_ENDPOINT, "unset `AWS_EC2_METADATA_DISABLED`"),
        (true, _) => (
            METADATA_ENDPOINT,
            "check that the service issues credentials",
        ),
        (false, Some(false)) => (METADATA_DISABLED, "attach a role to this instance"),
        (false, _) => return None,
    };
    let hint = format!("{hint}, or unset `{name}`");
    Some((format!(", but `{name}` is set"), hint))
}

fn profile_key(profiles: &Profiles) -> Option<Reason> {
    let key = profiles.credential_key();
    let key = profiles.key(key.unwrap_or("ec2_metadata_service_endpoint"))?;
    let hint = "complete the profile, or remove the key";
    Some((format!(", but {} is set", key.origin), hint.to_owned()))
}

fn named_file(profiles: &Profiles) -> Option<Reason> {
    let name = profiles.named_file()?;
    Some((
        format!(": the file that `{name}` names does not contain any"),
        format!("add credentials to the file, or unset `{name}`"),
    ))
}

/// Returns the value of `AWS_EC2_METADATA_DISABLED`, or `None` if it is neither `true` nor `false`.
fn metadata_disabled() -> Option<bool> {
    variable(METADATA_DISABLED).ok()??.boolean().ok()
}

/// Returns whether the instance metadata service is queried for credentials. On other machines the SDK would wait
/// several seconds for a response.
pub(super) fn has_instance_metadata(profiles: &Profiles) -> bool {
    let is_enabled = metadata_disabled().map(|disabled| !disabled);
    is_enabled.unwrap_or_else(|| {
        runtime::is_ec2()
            || is_set(METADATA_ENDPOINT)
            || profiles.key("ec2_metadata_service_endpoint").is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_profile_hint_lists_profiles() {
        for (selected, names, expected) in [
            (
                "dve",
                &["default", "dev"][..],
                "set `AWS_PROFILE` to `dev`, or add the profile; the profiles are `default`, `dev`",
            ),
            (
                "staging",
                &["dev"],
                "correct or unset `AWS_PROFILE`, or add the profile; the only profile is `dev`",
            ),
            ("dev", &[], "add the profile, or unset `AWS_PROFILE`"),
        ] {
            assert_eq!(
                missing_profile_hint("`AWS_PROFILE`", selected, names),
                expected
            );
        }
        let many = vec!["dev"; 21];
        let hint = missing_profile_hint("`AWS_PROFILE`", "dve", &many);
        assert_eq!(
            hint,
            "set `AWS_PROFILE` to `dev`, or add the profile; `aws configure list-profiles` prints all profiles"
        );
    }

    #[test]
    fn runtime_api_of_emulators_is_local() {
        for address in [
            "http://127.0.0.1:9000/.rt",
            "http://[::]:9000/f",
            "127.0.0.1:9001",
            "localhost:9001",
        ] {
            assert!(is_this_host(address), "{address}");
        }
        for address in [
            "",
            "169.254.100.1:9001",
            "http://example.com:9000/127.0.0.1",
        ] {
            assert!(!is_this_host(address), "{address}");
        }
    }
}
