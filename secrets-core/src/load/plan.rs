//! The plan of a load: all requests that it may send. This is pure: it does no I/O, and does not read the clock.

mod well_known;

use std::collections::BTreeMap;

use from_secrets_syntax::{Arn, Derivation, Problem, Reference, Template, own_variable};

use crate::error::Flaw;
use crate::source::{SecretRequest, VersionSelector};
use crate::spec::{self, Field, FieldKind, Name, Necessity, NestedSpec, Reach, Spec, Variable};

/// The values of a struct and of its nested structs, in the order of their declaration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) spec: &'static Spec,
    pub(crate) leaves: Vec<Leaf>,
}

/// One value to load.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The field's path from the outermost struct, such as `db.password`.
    pub(crate) path: String,
    /// The declaration.
    pub(crate) field: &'static Field,
    /// The path of the optional struct around it. The value is required only if another value of that struct exists.
    #[cfg_attr(
        not(feature = "generate"),
        expect(dead_code, reason = "a load reads the spec instead")
    )]
    pub(crate) optional_with: Option<String>,
    /// Its address in sources of secrets.
    pub(crate) address: Option<Address>,
    /// Its name in sources of environment variables.
    pub(crate) variable: Option<String>,
}

impl Leaf {
    /// Returns the field's doc comment in one line.
    #[cfg(feature = "generate")]
    pub(crate) fn described(&self) -> String {
        let words = self.field.description().split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    /// Returns which sources can provide it.
    pub(crate) fn reach(&self) -> Reach {
        if self.address.is_some() {
            Reach::Chain
        } else {
            Reach::EnvironmentOnly
        }
    }
}

/// The secret that contains a value, and the JSON key of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) request: SecretRequest,
    pub(crate) json_key: Option<String>,
}

impl Plan {
    /// Returns the number of distinct secrets.
    pub(crate) fn secrets(&self) -> usize {
        let requests = || {
            let addresses = self.leaves.iter().flat_map(|leaf| &leaf.address);
            addresses.map(|address| &address.request)
        };
        let is_first = |(i, request): &(usize, &SecretRequest)| {
            !requests()
                .take(*i)
                .any(|earlier| earlier.is_same_secret(request))
        };
        requests().enumerate().filter(is_first).count()
    }

    /// Fills the templates, and returns the plan or all flaws of the declaration.
    pub(crate) fn new(
        spec: &'static Spec,
        placeholder: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Flaw>> {
        Self::with(spec, placeholder, Unfilled::Flaw)
    }

    /// Returns a plan that is not used for a load: placeholders without a value stay in the names.
    #[cfg(feature = "generate")]
    pub(crate) fn draft(
        spec: &'static Spec,
        placeholder: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Flaw>> {
        Self::with(spec, placeholder, Unfilled::Kept)
    }

    fn with(
        spec: &'static Spec,
        placeholder: &dyn Fn(&str) -> Option<String>,
        unfilled: Unfilled,
    ) -> Result<Self, Vec<Flaw>> {
        let mut planner = Planner {
            placeholder,
            unfilled,
            leaves: Vec::new(),
            flaws: Vec::new(),
        };
        planner.visit(spec, &Scope::default());
        planner.find_clashes();
        if planner.flaws.is_empty() {
            Ok(Self {
                spec,
                leaves: planner.leaves,
            })
        } else {
            Err(planner.flaws)
        }
    }
}

/// The prefixes of the structs around a nested one.
#[derive(Clone, Default)]
struct Scope {
    path: String,
    optional: Option<String>,
    prefix: String,
    env_prefix: Option<String>,
}

impl Scope {
    fn within(&self, field: &Field, nested: &NestedSpec) -> Self {
        let path = format!("{}{}", self.path, field.name());
        let optional = (field.necessity() == Necessity::Optional).then(|| path.clone());
        Self {
            path: path + ".",
            optional: optional.or_else(|| self.optional.clone()),
            prefix: format!("{}{}", self.prefix, nested.prefix),
            env_prefix: joined(self.env_prefix.as_deref(), nested.env_prefix),
        }
    }
}

/// The default stage.
const CURRENT: &str = "AWSCURRENT";

fn stage(name: &str) -> VersionSelector {
    VersionSelector::Stage(name.to_owned())
}

fn joined(outer: Option<&str>, inner: Option<&str>) -> Option<String> {
    match (outer, inner) {
        (None, None) => None,
        _ => Some(format!(
            "{}{}",
            outer.unwrap_or_default(),
            inner.unwrap_or_default()
        )),
    }
}

/// The treatment of a placeholder without a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unfilled {
    Flaw,
    Kept,
}

struct Planner<'a> {
    placeholder: &'a dyn Fn(&str) -> Option<String>,
    unfilled: Unfilled,
    leaves: Vec<Leaf>,
    flaws: Vec<Flaw>,
}

impl Planner<'_> {
    fn visit(&mut self, spec: &'static Spec, scope: &Scope) {
        let env_prefix = joined(scope.env_prefix.as_deref(), spec.own_env_prefix());
        for field in spec.fields() {
            match field.kind() {
                FieldKind::Nested(nested) => self.visit(nested.spec, &scope.within(field, nested)),
                FieldKind::Leaf(leaf) => {
                    let planned = self.leaf(field, leaf, scope, env_prefix.as_deref());
                    if matches!(leaf.variable, Variable::Derived) {
                        self.flaws.extend(well_known(spec, &planned, scope));
                    }
                    self.leaves.push(planned);
                }
            }
        }
    }

    fn leaf(
        &mut self,
        field: &'static Field,
        leaf: &spec::ValueSpec,
        scope: &Scope,
        env_prefix: Option<&str>,
    ) -> Leaf {
        let path = format!("{}{}", scope.path, field.name());
        let variable = self.variable(&path, field, leaf, scope, env_prefix);
        let address = match leaf.reach {
            Reach::Chain => self.address(&path, leaf, scope),
            Reach::EnvironmentOnly => None,
        };
        Leaf {
            path,
            field,
            optional_with: scope.optional.clone(),
            address,
            variable,
        }
    }

    fn variable(
        &mut self,
        path: &str,
        field: &Field,
        leaf: &spec::ValueSpec,
        scope: &Scope,
        env_prefix: Option<&str>,
    ) -> Option<String> {
        let (name_prefix, name) = match leaf.name {
            Name::Derived(name) => (scope.prefix.as_str(), name),
            Name::Given(name) => ("", name),
        };
        let field = field.name();
        let derivation = Derivation {
            env_prefix,
            field,
            name_prefix,
            name,
            json_key: leaf.json_key,
        };
        match leaf.variable {
            Variable::None => None,
            Variable::Given(variable) => Some(variable.to_owned()),
            Variable::Derived => match derivation.variable() {
                Ok(variable) => Some(variable),
                Err(problem) => self.flaw(path, problem.to_string()),
            },
        }
    }

    fn address(&mut self, path: &str, leaf: &spec::ValueSpec, scope: &Scope) -> Option<Address> {
        let declared = match leaf.name {
            Name::Derived(name) => format!("{}{name}", scope.prefix),
            Name::Given(name) => name.to_owned(),
        };
        let template = match Template::parse(&declared) {
            Ok(template) => template,
            Err(problem) => return self.flaw(path, problem.to_string()),
        };
        match self.fill(path, &declared, &template) {
            Some(name) => match self.reference(&name) {
                Ok(reference) => self.merge(path, leaf, reference),
                Err(problem) => self.flaw(path, bad_name(&declared, &template, &problem)),
            },
            None => None,
        }
    }

    fn reference(&self, name: &str) -> Result<Reference, Problem> {
        match self.unfilled {
            Unfilled::Flaw => Reference::parse_filled(name),
            Unfilled::Kept => Reference::parse(name),
        }
    }

    fn fill(&mut self, path: &str, declared: &str, template: &Template<'_>) -> Option<String> {
        let lacks_arn = |name: &str, value: &str| {
            name.to_ascii_uppercase().ends_with("ARN") && !Arn::is_meant_by(value)
        };
        let mut messages = Vec::new();
        for name in template.placeholders() {
            match (self.placeholder)(name) {
                None if self.unfilled == Unfilled::Kept => {}
                None => messages.push(missing_placeholder(declared, name)),
                Some(value) if lacks_arn(name, &value) => messages.push(no_arn(declared, name)),
                Some(_) => {}
            }
        }
        let kept = |name: &str| match self.unfilled {
            Unfilled::Flaw => None,
            Unfilled::Kept => Some(format!("{{{name}}}")),
        };
        let value = |name: &str| (self.placeholder)(name).or_else(|| kept(name));
        let filled = template.fill(value).ok();
        for message in messages {
            self.flaw::<()>(path, message);
        }
        filled
    }

    /// Merges the JSON key and the version of the attributes with those of the reference. If both specify one, they
    /// must be equal.
    fn merge(
        &mut self,
        path: &str,
        leaf: &spec::ValueSpec,
        reference: Reference,
    ) -> Option<Address> {
        let json_key = leaf.json_key.map(str::to_owned);
        let pinned = match leaf.version {
            spec::Version::Current => None,
            spec::Version::Stage(name) => Some(stage(name)),
            spec::Version::Id(id) => Some(VersionSelector::Id(id.to_owned())),
        };
        let referenced = match (reference.version_stage, reference.version_id) {
            (Some(stage), _) => Some(VersionSelector::Stage(stage)),
            (None, Some(id)) => Some(VersionSelector::Id(id)),
            (None, None) => None,
        };
        let json_key = self.one_of(path, "JSON key", json_key, reference.json_key)?;
        let version = self.one_of(path, "version", pinned, referenced)?;
        let version = version.filter(|version| *version != stage(CURRENT));
        let version = version.unwrap_or(VersionSelector::Current);
        let request = SecretRequest::new(reference.secret_id, version);
        Some(Address {
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

    fn flaw<T>(&mut self, path: &str, message: String) -> Option<T> {
        self.flaws.push(Flaw {
            path: path.to_owned(),
            message,
        });
        None
    }

    /// Rejects fields that share a variable but not a secret, because one of them would get the other's value.
    fn find_clashes(&mut self) {
        let mut seen: BTreeMap<&str, &Leaf> = BTreeMap::new();
        let mut clashes = Vec::new();
        for leaf in &self.leaves {
            let Some(variable) = &leaf.variable else {
                continue;
            };
            let first = *seen.entry(variable).or_insert(leaf);
            if first.address != leaf.address {
                clashes.push(clash(leaf, first, variable));
            }
        }
        self.flaws.extend(clashes);
    }
}

/// Rejects a derived variable that the system sets for other purposes.
fn well_known(spec: &Spec, leaf: &Leaf, scope: &Scope) -> Option<Flaw> {
    let own = own_variable(spec.name(), leaf.field.name());
    let parent = scope.path.trim_end_matches('.').rsplit('.').next();
    let parent = parent.filter(|parent| !parent.is_empty() && scope.env_prefix.is_none());
    let message = well_known::rejection(leaf.variable.as_deref()?, &own, parent)?;
    let path = leaf.path.clone();
    Some(Flaw { path, message })
}

fn clash(leaf: &Leaf, first: &Leaf, variable: &str) -> Flaw {
    Flaw {
        path: leaf.path.clone(),
        message: format!(
            "the environment variable `{variable}` is also read by `{}`, for another secret, key or version; set `env` or `env_prefix` on one of them",
            first.path
        ),
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

fn no_arn(declared: &str, name: &str) -> String {
    format!(
        "`{declared}` requires an ARN in the placeholder `{name}`, which contains other text; set it to the secret's ARN, not its value"
    )
}

fn missing_placeholder(declared: &str, name: &str) -> String {
    format!(
        "`{declared}` requires a value for the placeholder `{name}`; call `Loader::placeholder(\"{name}\", …)`, or set the environment variable `{name}`"
    )
}

#[cfg(test)]
mod tests;
