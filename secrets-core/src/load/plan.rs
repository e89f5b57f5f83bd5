//! The plan of a load: all requests that it may need. Pure: no I/O, no clock.

mod well_known;

use std::collections::BTreeMap;

use from_secrets_syntax::{Arn, Derivation, Problem, Reference, Template, own_variable};

use crate::error::Flaw;
use crate::source::{SecretRequest, VersionSelector};
use crate::spec::{self, Field, FieldKind, Name, Necessity, NestedSpec, Reach, Spec, Variable};

/// What every value of a struct needs, nested ones included, in the order of their declaration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) spec: &'static Spec,
    pub(crate) leaves: Vec<Leaf>,
}

/// One value to load.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The field's path from the outermost struct, as `db.password`.
    pub(crate) path: String,
    /// The declaration.
    pub(crate) field: &'static Field,
    /// The path of the optional struct around it: a value that is missing everywhere is then missed only if another one
    /// of that struct is there.
    #[cfg_attr(
        not(feature = "generate"),
        expect(dead_code, reason = "a load asks the spec")
    )]
    pub(crate) optional_with: Option<String>,
    /// Where it is in sources keyed by secrets.
    pub(crate) address: Option<Address>,
    /// What it is called in sources keyed by variables.
    pub(crate) variable: Option<String>,
}

impl Leaf {
    /// The field's doc comment in one line.
    #[cfg(feature = "generate")]
    pub(crate) fn described(&self) -> String {
        let words = self.field.description().split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    /// Which sources may answer it.
    pub(crate) fn reach(&self) -> Reach {
        if self.address.is_some() {
            Reach::Chain
        } else {
            Reach::EnvironmentOnly
        }
    }
}

/// A value's place among secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) request: SecretRequest,
    pub(crate) json_key: Option<String>,
}

impl Plan {
    /// Fills the templates and collects what every field needs, or every reason why that cannot be done.
    pub(crate) fn new(
        spec: &'static Spec,
        placeholder: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Flaw>> {
        Self::with(spec, placeholder, Unfilled::Flaw)
    }

    /// The same without a load in mind: placeholders without a value stay as they are.
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

/// What the structs around a nested one put before its names.
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

/// The stage that is meant where none is said.
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

/// What becomes of a placeholder without a value.
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
        let written = match leaf.name {
            Name::Derived(name) => format!("{}{name}", scope.prefix),
            Name::Given(name) => name.to_owned(),
        };
        let template = match Template::parse(&written) {
            Ok(template) => template,
            Err(problem) => return self.flaw(path, problem.to_string()),
        };
        match self.fill(path, &written, &template) {
            Some(name) => match self.reference(&name) {
                Ok(reference) => self.merge(path, leaf, reference),
                Err(problem) => self.flaw(path, bad_name(&written, &template, &problem)),
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

    fn fill(&mut self, path: &str, written: &str, template: &Template<'_>) -> Option<String> {
        let not_arns = |name: &str, value: &str| {
            name.to_ascii_uppercase().ends_with("ARN") && !Arn::is_meant_by(value)
        };
        let mut wrong = Vec::new();
        for name in template.placeholders() {
            match (self.placeholder)(name) {
                None if self.unfilled == Unfilled::Kept => {}
                None => wrong.push(missing_placeholder(written, name)),
                Some(value) if not_arns(name, &value) => wrong.push(no_arn(written, name)),
                Some(_) => {}
            }
        }
        let kept = |name: &str| match self.unfilled {
            Unfilled::Flaw => None,
            Unfilled::Kept => Some(format!("{{{name}}}")),
        };
        let value = |name: &str| (self.placeholder)(name).or_else(|| kept(name));
        let filled = template.fill(value).ok();
        for message in wrong {
            self.flaw::<()>(path, message);
        }
        filled
    }

    /// Joins what the attributes say with what the reference says. Both may speak, but not against each other.
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
        let referred = match (reference.version_stage, reference.version_id) {
            (Some(stage), _) => Some(VersionSelector::Stage(stage)),
            (None, Some(id)) => Some(VersionSelector::Id(id)),
            (None, None) => None,
        };
        let json_key = self.one_of(path, "JSON key", json_key, reference.json_key)?;
        let version = self.one_of(path, "version", pinned, referred)?;
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
        reason = "outside: no flaw was found; inside: somebody said something"
    )]
    fn one_of<T: PartialEq>(
        &mut self,
        path: &str,
        what: &str,
        a: Option<T>,
        b: Option<T>,
    ) -> Option<Option<T>> {
        if a.is_some() && b.is_some() && a != b {
            let message = format!(
                "the field and the reference that fills its name give different {what}s; keep one"
            );
            return self.flaw(path, message);
        }
        Some(a.or(b))
    }

    fn flaw<T>(&mut self, path: &str, message: String) -> Option<T> {
        self.flaws.push(Flaw {
            path: path.to_owned(),
            message,
        });
        None
    }

    /// One variable for two secrets would give one of them the other's value.
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
            "the variable `{variable}` is read by `{}` too, for another secret, key or version; give one of them an `env` of its own, or an `env_prefix`",
            first.path
        ),
    }
}

/// Nothing of a filled name is told: who puts a secret's value where its name belongs must not read it here.
fn bad_name(written: &str, template: &Template<'_>, problem: &Problem) -> String {
    if template.placeholders().next().is_none() {
        return problem.to_string();
    }
    format!(
        "`{written}`, with its placeholders filled, is not a secret name, ARN or reference; check their values (ASCII letters, digits and any of `/_+=.@-!`)"
    )
}

fn no_arn(written: &str, name: &str) -> String {
    format!(
        "`{written}` needs an ARN in the placeholder `{name}`, which contains something else; set it to the secret's ARN, not its value"
    )
}

fn missing_placeholder(written: &str, name: &str) -> String {
    format!(
        "`{written}` needs a value for the placeholder `{name}`; call `Loader::placeholder(\"{name}\", …)`, or set the environment variable `{name}`"
    )
}

#[cfg(test)]
mod tests;
