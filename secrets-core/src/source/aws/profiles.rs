//! The profiles in the shared files of AWS tools, read once for each client.
//!
//! They are read here and not by the SDK, which blocks the runtime while it reads, ignores unreadable files, and does
//! not look up settings of a single service.

use std::error::Error as _;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::{Builder, EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::property::PropertiesKey;
use tokio::time::Instant;

use super::setting::{Setting, first_variable, variable};
use super::shared_files::{FileProblem, SharedFile, read_all, shared_files};
use crate::source::SourceError;

/// Profile keys that configure credentials.
const CREDENTIAL_KEYS: [&str; 12] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "source_profile",
    "sso_account_id",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// The profiles of both files, and the selected one.
pub(super) struct Profiles {
    sections: ProfileSet,
    /// The files for the SDK's own providers.
    pub(super) contents: EnvConfigFiles,
    pub(super) selected: String,
    /// The variable or method that selects the profile.
    pub(super) selected_by: Option<String>,
    pub(super) is_selected_in_code: bool,
    /// The problems of files that could not be used.
    pub(super) problems: Vec<FileProblem>,
    files: Vec<SharedFile>,
}

impl Profiles {
    /// Reads both files on a separate thread, until the deadline. The problem of one file does not affect the other.
    pub(super) async fn read(
        in_code: Option<&str>,
        deadline: Instant,
    ) -> Result<Self, SourceError> {
        let (selected, selected_by) = selected(in_code)?;
        let files = shared_files();
        let (mut contents, mut problems) = (no_files(), Vec::new());
        for (file, read) in files.iter().zip(read_all(&files, deadline).await?) {
            match read {
                Ok(text) => {
                    let alone = no_files().with_contents(file.kind, text.clone());
                    match sections(&alone.build(), &selected).await {
                        Ok(_) => contents = contents.with_contents(file.kind, text),
                        Err(problem) => problems.push(file.problem(&problem)),
                    }
                }
                Err(error) => problems.extend(file.unreadable(&error)),
            }
        }
        let contents = contents.build();
        Ok(Self {
            sections: sections(&contents, &selected).await.unwrap_or_default(),
            contents,
            selected,
            selected_by,
            is_selected_in_code: in_code.is_some(),
            problems,
            files,
        })
    }

    /// Returns a setting as AWS tools look it up: the variable, then the key of the selected profile.
    pub(super) fn setting(&self, name: &str, key: &str) -> Result<Option<Setting>, SourceError> {
        Ok(variable(name)?.or_else(|| self.key(key)))
    }

    /// Returns a key of the selected profile.
    pub(super) fn key(&self, key: &str) -> Option<Setting> {
        Setting::new(self.sections.get(key)?, self.origin(key))
    }

    /// Returns the region of the selected profile, or of the profile that its `source_profile` names, as the SDK does.
    pub(super) fn region(&self) -> Option<Setting> {
        let (mut name, mut visited) = (self.selected.as_str(), Vec::new());
        while !visited.contains(&name) {
            visited.push(name);
            let profile = self.sections.get_profile(name)?;
            let region = profile.get("region");
            let region = region.and_then(|text| Setting::new(text, origin("region", name)));
            if region.is_some() {
                return region;
            }
            name = profile.get("source_profile")?;
        }
        None
    }

    /// Returns a key of one service in the selected profile's `services` section.
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    pub(super) fn service_key(&self, service: &str, key: &str) -> Option<Setting> {
        let property = PropertiesKey::builder()
            .section_key("services")
            .section_name(self.sections.get("services")?)
            .property_name(service)
            .sub_property_name(key);
        let text = self
            .sections
            .other_sections()
            .get(&property.build().ok()?)?;
        Setting::new(text, self.origin(&format!("{service}.{key}")))
    }

    fn origin(&self, key: &str) -> String {
        origin(key, &self.selected)
    }

    /// Returns whether a file contains the selected profile.
    pub(super) fn has_selected(&self) -> bool {
        self.sections.get_profile(&self.selected).is_some()
    }

    /// Returns the profiles in both files, in alphabetical order.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sections.profiles().collect();
        names.sort_unstable();
        names
    }

    /// Returns the first key of the selected profile that configures credentials.
    pub(super) fn credential_key(&self) -> Option<&'static str> {
        CREDENTIAL_KEYS
            .into_iter()
            .find(|key| self.key(key).is_some())
    }

    /// Returns a variable that names a file.
    pub(super) fn named_file(&self) -> Option<&'static str> {
        self.files.iter().find_map(SharedFile::named_by)
    }

    /// Returns both paths, for an error about a profile that neither file contains.
    pub(super) fn paths(&self) -> String {
        let path = |file: &SharedFile| format!("`{}`", file.path.display());
        self.files.iter().map(path).collect::<Vec<_>>().join(" or ")
    }
}

fn origin(key: &str, profile: &str) -> String {
    format!("`{key}` of the profile `{profile}`")
}

/// Returns the selected profile, and what selects it.
fn selected(in_code: Option<&str>) -> Result<(String, Option<String>), SourceError> {
    if let Some(name) = in_code {
        return Ok((
            name.to_owned(),
            Some(Setting::in_code("profile", name).origin),
        ));
    }
    // `AWS_DEFAULT_PROFILE` is the older name, which the AWS CLI and boto3 still read.
    let selected = first_variable(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])?;
    let default = || ("default".to_owned(), None);
    Ok(selected.map_or_else(default, |setting| (setting.text, Some(setting.origin))))
}

/// The SDK panics over a set without any file.
fn no_files() -> Builder {
    EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "")
}

/// Parses files. The error contains the line's number only: the line can contain a key.
async fn sections(files: &EnvConfigFiles, selected: &str) -> Result<ProfileSet, String> {
    // The SDK does not export the types of its access to files and variables, which these contents do not need.
    let (fs, env) = Default::default();
    let sections = aws_config::profile::load(&fs, &env, files, Some(selected.to_owned().into()));
    sections.await.map_err(|error| {
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let line = text.split("line ").nth(1).unwrap_or_default();
        let digits: String = line.chars().take_while(char::is_ascii_digit).collect();
        match digits.as_str() {
            "" => "is not a valid AWS configuration file".to_owned(),
            line => format!("is not a valid AWS configuration file (line {line})"),
        }
    })
}
