//! Matches parameters in a response to targets: by name and version, never by order.

use std::time::SystemTime;

use aws_sdk_ssm::types::Parameter;
use zeroize::Zeroizing;

use super::target::ParameterTarget;
use crate::source::aws::batch::match_entries;
use crate::source::aws_api::parameter_name::is_parameter_of;
use crate::source::{FetchResult, MissingReason, SecretValue};

/// A parameter in a response. Its value is in our own buffer, which is wiped.
pub(super) struct ParameterEntry {
    name: String,
    arn: Option<String>,
    selector: Option<String>,
    version: i64,
    pub(super) result: FetchResult,
}

impl From<Parameter> for ParameterEntry {
    fn from(mut parameter: Parameter) -> Self {
        Self {
            name: parameter.name.take().unwrap_or_default(),
            arn: parameter.arn.clone(),
            selector: parameter.selector.take(),
            version: parameter.version,
            result: found(parameter),
        }
    }
}

/// Returns a parameter. One that refers to a secret has no version of its own, and contains the secret a second time.
pub(super) fn found(parameter: Parameter) -> FetchResult {
    drop(parameter.source_result.map(Zeroizing::new));
    let Some(value) = parameter.value else {
        return FetchResult::Missing(MissingReason::Version);
    };
    let created_at = parameter.last_modified_date;
    FetchResult::Found(SecretValue {
        version_id: (parameter.version > 0).then(|| parameter.version.to_string()),
        arn: parameter.arn,
        created_at: created_at.and_then(|time| SystemTime::try_from(time).ok()),
        ..SecretValue::text(value)
    })
}

/// Returns whether a parameter is the requested one. A response does not contain labels, so these are not checked.
pub(super) fn is_of(target: &ParameterTarget, parameter: &Parameter) -> bool {
    let name = parameter.name.as_deref().unwrap_or_default();
    let number = target.selector.as_deref().map(str::parse::<i64>);
    let is_version = |number: i64| parameter.version == number;
    is_parameter_of(&target.id, name, parameter.arn.as_deref())
        && number.and_then(Result::ok).is_none_or(is_version)
}

/// Returns the index of each target's entry.
pub(super) fn matched(
    targets: &[&ParameterTarget],
    entries: &[ParameterEntry],
) -> Vec<Option<usize>> {
    let is_of = |target: &ParameterTarget, entry: &ParameterEntry| {
        if target.is_arn() {
            is_parameter_of(&target.id, &entry.name, entry.arn.as_deref())
        } else {
            bare(&entry.name) == bare(&target.id)
        }
    };
    match_entries(
        targets,
        |target| target.is_arn(),
        |target, is_free| {
            let entries = entries.iter().enumerate();
            selected(
                target,
                entries.filter(|(i, entry)| is_free(*i) && is_of(target, entry)),
            )
        },
    )
}

/// Returns the index of the entry with the version that the target selects, out of the entries of its parameter.
///
/// Emulators leave the selector out. Without a pinned version, the latest version is returned then, and a number
/// matches the version itself.
fn selected<'e>(
    target: &ParameterTarget,
    mut entries: impl Iterator<Item = (usize, &'e ParameterEntry)> + Clone,
) -> Option<usize> {
    let found = match &target.selector {
        None => entries
            .filter(|(_, entry)| entry.selector.is_none())
            .max_by_key(|(_, entry)| entry.version),
        Some(selector) => {
            let is_selected = |(_, entry): &(usize, &ParameterEntry)| {
                let own = entry.selector.as_deref().unwrap_or_default();
                own.trim_start_matches(':') == selector
            };
            let by_selector = entries.clone().find(is_selected);
            by_selector
                .or_else(|| entries.find(|(_, entry)| entry.version.to_string() == *selector))
        }
    };
    found.map(|(i, _)| i)
}

/// Returns a name without its leading slash: `db` and `/db` are one parameter.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html>
pub(super) fn bare(name: &str) -> &str {
    name.strip_prefix('/').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, version: i64, selector: Option<&str>) -> ParameterEntry {
        Parameter::builder()
            .name(name)
            .version(version)
            .set_selector(selector.map(str::to_owned))
            .value("x")
            .build()
            .into()
    }

    fn version(name: &str, selector: Option<&str>, entries: &[ParameterEntry]) -> Option<i64> {
        let target = ParameterTarget {
            id: name.to_owned(),
            selector: selector.map(str::to_owned),
            has_json_keys: false,
        };
        matched(&[&target], entries)[0].map(|entry| entries[entry].version)
    }

    #[test]
    fn entry_order_does_not_matter() {
        let entries = [
            entry("/db", 1, Some(":1")),
            entry("/db", 2, Some(":good")),
            entry("/db-2", 5, None),
            entry("/db", 3, None),
        ];
        assert_eq!(version("/db", None, &entries), Some(3));
        assert_eq!(version("/db", Some("1"), &entries), Some(1));
        assert_eq!(version("/db", Some("good"), &entries), Some(2));
        assert_eq!(version("/db", Some("bad"), &entries), None);
        assert_eq!(version("/d", None, &entries), None);
    }

    #[test]
    fn leading_slash_is_optional_in_names() {
        let entries = [entry("db", 1, None)];
        assert_eq!(version("/db", None, &entries), Some(1));
    }

    #[test]
    fn version_number_matches_without_selector() {
        let entries = [entry("db", 1, None), entry("db", 3, None)];
        assert_eq!(version("db", None, &entries), Some(3));
        assert_eq!(version("db", Some("1"), &entries), Some(1));
        assert_eq!(version("db", Some("label"), &entries), None);
    }

    #[test]
    fn secret_reference_has_no_version() {
        let reference = Parameter::builder().name("x").value("x").build();
        let FetchResult::Found(found) = found(reference) else {
            panic!("it is found")
        };
        assert_eq!(found.version_id, None);
    }
}
