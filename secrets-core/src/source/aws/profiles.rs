//! The shared files of AWS tools, `~/.aws/config` and `~/.aws/credentials`, read once for a client.
//!
//! They are read here and not by the SDK, which blocks the runtime while it reads, ignores files that it cannot read,
//! and does not look up a service's own settings.

use std::error::Error as _;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::property::PropertiesKey;
use tokio::time::Instant;

use super::setting::{Setting, SettingOrigin, trimmed, variable};
use super::shared_files::{FilePlace, FileProblem, places, read_all};
use crate::source::SourceError;

/// Keys that give a profile credentials, or parts of them.
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

/// The profiles of both files, and which one is selected.
pub(super) struct Profiles {
    sections: ProfileSet,
    files: EnvConfigFiles,
    selected: String,
    selected_by: Option<&'static str>,
    problems: Vec<FileProblem>,
    places: Vec<FilePlace>,
}

impl Profiles {
    /// Reads both files on a thread of their own, until the deadline.
    pub(super) async fn read(deadline: Instant) -> Result<Self, SourceError> {
        let (selected, selected_by) = selected()?;
        let places = places();
        let (texts, problems) = read_all(&places, deadline).await?;
        let mut profiles = Self {
            sections: ProfileSet::default(),
            files: no_files().build(),
            selected,
            selected_by,
            problems,
            places,
        };
        profiles.parse(texts).await;
        Ok(profiles)
    }

    /// Files that cannot be parsed become problems, and the others count.
    async fn parse(&mut self, texts: Vec<(FilePlace, String)>) {
        let mut good = no_files();
        for (place, text) in texts {
            let alone = EnvConfigFiles::builder().with_contents(place.kind, text.clone());
            match self.sections_of(&alone.build()).await {
                Ok(_) => good = good.with_contents(place.kind, text),
                Err(line) => {
                    let what = format!("is not a valid AWS configuration file{line}");
                    self.problems.push(place.problem(what));
                }
            }
        }
        self.files = good.build();
        self.sections = self.sections_of(&self.files).await.unwrap_or_default();
    }

    /// Only the line of what is wrong is returned: a line can hold a key.
    async fn sections_of(&self, files: &EnvConfigFiles) -> Result<ProfileSet, String> {
        let selected = self.selected.clone().into();
        let sections = aws_config::profile::load(&real(), &real(), files, Some(selected)).await;
        sections.map_err(|error| {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            let line = text.split("line ").nth(1).unwrap_or_default();
            let digits: String = line.chars().take_while(char::is_ascii_digit).collect();
            if digits.is_empty() {
                String::new()
            } else {
                format!(" (line {digits})")
            }
        })
    }

    /// A setting as AWS tools look it up: the variable, then the key of the selected profile. Empty counts as unset.
    pub(super) fn setting(
        &self,
        name: &'static str,
        key: &str,
    ) -> Result<Option<Setting>, SourceError> {
        Ok(variable(name)?.or_else(|| self.key(key)))
    }

    /// A key of the selected profile.
    pub(super) fn key(&self, key: &str) -> Option<Setting> {
        self.found(key.to_owned(), self.sections.get(key)?)
    }

    /// A key that the selected profile's `services` section has for one service.
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    pub(super) fn service_key(&self, service: &str, key: &str) -> Option<Setting> {
        let section = self.sections.get("services")?;
        let property = PropertiesKey::builder()
            .section_key("services")
            .section_name(section)
            .property_name(service)
            .sub_property_name(key);
        let text = self
            .sections
            .other_sections()
            .get(&property.build().ok()?)?;
        self.found(format!("{service}.{key}"), text)
    }

    fn found(&self, key: String, text: &str) -> Option<Setting> {
        let text = trimmed(text);
        (!text.is_empty()).then(|| Setting {
            text: text.to_owned(),
            origin: SettingOrigin::ProfileKey {
                profile: self.selected.clone(),
                key,
            },
        })
    }

    /// The files for the SDK's own providers.
    pub(super) fn files(&self) -> EnvConfigFiles {
        self.files.clone()
    }

    pub(super) fn selected(&self) -> &str {
        &self.selected
    }

    /// The variable that selects the profile.
    pub(super) fn selected_by(&self) -> Option<&'static str> {
        self.selected_by
    }

    /// Whether a file has the selected profile.
    pub(super) fn has_selected(&self) -> bool {
        self.sections.get_profile(&self.selected).is_some()
    }

    /// The first key of the selected profile that is about credentials.
    pub(super) fn credential_key(&self) -> Option<&'static str> {
        let is_there = |key: &&&str| self.key(key).is_some();
        CREDENTIAL_KEYS.iter().find(is_there).copied()
    }

    pub(super) fn problems(&self) -> &[FileProblem] {
        &self.problems
    }

    /// A variable that names a file other than the null device, which means none.
    pub(super) fn named_file(&self) -> Option<&'static str> {
        let named = self.places.iter().find(|place| place.is_named_file());
        named.map(|place| place.variable)
    }

    /// Both paths, for an error about something that is in neither.
    pub(super) fn paths(&self) -> String {
        let paths = self.places.iter();
        let paths = paths.map(|place| format!("`{}`", place.path.display()));
        paths.collect::<Vec<_>>().join(" nor in ")
    }
}

/// `AWS_DEFAULT_PROFILE` is the older spelling, which the AWS CLI and boto3 still read.
fn selected() -> Result<(String, Option<&'static str>), SourceError> {
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        if let Some(setting) = variable(name)? {
            return Ok((setting.text, Some(name)));
        }
    }
    Ok(("default".to_owned(), None))
}

/// The SDK panics over a set without any file.
fn no_files() -> aws_runtime::env_config::file::Builder {
    EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "")
}

/// The SDK's access to the process's environment and files, whose types are not exported.
fn real<T: Default>() -> T {
    T::default()
}
