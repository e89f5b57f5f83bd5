//! The names of secrets: templates are filled, and references are split.

use std::sync::Arc;

use from_secrets_syntax::{Arn, Part, Problem, Reference, Template};

use super::{Address, Planner, Unfilled};
use crate::source::{SecretRequest, VersionSelector};
use crate::spec;

/// The default stage.
const CURRENT: &str = "AWSCURRENT";

fn stage(name: &str) -> VersionSelector {
    VersionSelector::Stage(name.to_owned())
}

impl Planner<'_> {
    pub(super) fn address(
        &mut self,
        path: &str,
        leaf: &spec::ValueSpec,
        declared: &str,
        json_key: Option<&str>,
    ) -> Option<Address> {
        let template = match Template::parse(declared) {
            Ok(template) => template,
            Err(problem) => return self.flaw(path, problem.to_string()),
        };
        let (name, is_filled) = self.fill(path, declared, &template)?;
        let reference = if is_filled {
            Reference::parse_filled(&name)
        } else {
            Reference::parse(&name)
        };
        match reference {
            Ok(reference) => {
                let address = self.merge(path, leaf.version, json_key, reference)?;
                Some(with_declared(address, declared))
            }
            Err(problem) => self.flaw(path, bad_name(declared, &template, &problem)),
        }
    }

    /// Returns the name, and whether all placeholders have a value. The others stay in the name.
    fn fill(
        &mut self,
        path: &str,
        declared: &str,
        template: &Template<'_>,
    ) -> Option<(String, bool)> {
        let (mut is_filled, mut is_valid) = (true, true);
        for name in template.placeholders() {
            match self.placeholder_value(name) {
                None => {
                    is_filled = false;
                    self.add_unfilled(declared, name);
                }
                Some(value) => {
                    if let Some(message) = value_problem(declared, template, name, value) {
                        is_valid = false;
                        self.flaw::<()>(path, message);
                    }
                }
            }
        }
        let value = |name: &str| {
            let value = self.placeholders.get(name).cloned().flatten();
            Some(value.unwrap_or_else(|| format!("{{{name}}}")))
        };
        let name = template.fill(value).ok().filter(|_| is_valid)?;
        Some((name, is_filled))
    }

    /// Adds a placeholder without a value. A name with several JSON keys is filled several times.
    fn add_unfilled(&mut self, declared: &str, placeholder: &str) {
        let unfilled = Unfilled {
            placeholder: placeholder.to_owned(),
            declared: declared.to_owned(),
        };
        if !self.unfilled.contains(&unfilled) {
            self.unfilled.push(unfilled);
        }
    }

    /// Returns the value of a placeholder, which is looked up once for all names.
    fn placeholder_value(&mut self, name: &str) -> Option<&str> {
        let look_up = || (self.placeholder)(name);
        let value = self.placeholders.entry(name.to_owned());
        value.or_insert_with(look_up).as_deref()
    }

    /// Merges the JSON key and the version of the attributes with those of the reference. If both specify one, they
    /// must be equal.
    fn merge(
        &mut self,
        path: &str,
        version: spec::Version,
        json_key: Option<&str>,
        reference: Reference,
    ) -> Option<Address> {
        let json_key = json_key.map(Arc::from);
        let pinned = match version {
            spec::Version::Current => None,
            spec::Version::Stage(name) => Some(stage(name)),
            spec::Version::Id(id) => Some(VersionSelector::Id(id.to_owned())),
        };
        let referenced = match (reference.version_stage, reference.version_id) {
            (Some(stage), _) => Some(VersionSelector::Stage(stage)),
            (None, Some(id)) => Some(VersionSelector::Id(id)),
            (None, None) => None,
        };
        let json_key = self.one_of(
            path,
            "JSON key",
            json_key,
            reference.json_key.map(Arc::from),
        )?;
        let version = self.one_of(path, "version", pinned, referenced)?;
        let version = version.filter(|version| *version != stage(CURRENT));
        let version = version.unwrap_or(VersionSelector::Current);
        let request = SecretRequest::new(reference.secret_id, version);
        Some(Address {
            declared: request.shared_id(),
            request: if reference.names_parameter {
                request.of_parameter()
            } else {
                request
            },
            json_key,
        })
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one is `None` after a flaw, and the inner one if neither is set"
    )]
    fn one_of<T: PartialEq>(
        &mut self,
        path: &str,
        kind: &str,
        declared: Option<T>,
        referenced: Option<T>,
    ) -> Option<Option<T>> {
        if declared.is_some() && referenced.is_some() && declared != referenced {
            let message = format!(
                "the field and the reference in its name specify different {kind}s; remove one of them"
            );
            return self.flaw(path, message);
        }
        Some(declared.or(referenced))
    }
}

/// Returns the problem of a placeholder's value, without the value.
fn value_problem(
    declared: &str,
    template: &Template<'_>,
    name: &str,
    value: &str,
) -> Option<String> {
    if Arn::is_named_by(name) && !Arn::is_meant_by(value) {
        return Some(format!(
            "`{declared}` requires an ARN in the placeholder `{name}`, which contains other text; set it to the secret's ARN, not its value"
        ));
    }
    // A filled name is parsed again, so that other braces would be placeholders of the value.
    let is_reference = matches!(template.parts(), [Part::Placeholder(_)])
        && Template::parse(value).is_ok_and(|value| value.placeholders().next().is_none());
    (value.contains(['{', '}']) && !is_reference).then(|| {
        format!(
            "`{declared}` requires text without braces in the placeholder `{name}`; correct its value"
        )
    })
}

/// Replaces the declared id if the id can contain values of placeholders.
fn with_declared(address: Address, declared: &str) -> Address {
    if !declared.contains('{') {
        return address;
    }
    let reference = Reference::parse(declared);
    Address {
        declared: match &reference {
            Ok(reference) => reference.secret_id.as_str().into(),
            Err(_) => declared.into(),
        },
        ..address
    }
}

/// Returns a message without the filled name, because a secret's value could have been set as its name.
fn bad_name(declared: &str, template: &Template<'_>, problem: &Problem) -> String {
    if template.placeholders().next().is_none() {
        return problem.to_string();
    }
    format!(
        "`{declared}` is not a secret name, ARN or reference after its placeholders are filled; check their values (ASCII letters, digits and any of `/_+=.@-!`)"
    )
}
