//! The plan of a load: all requests that it may send. This is pure: it does no I/O, and does not read the clock.

mod aliases;
mod candidates;
mod clashes;
mod names;
mod placeholders;
mod requests;
mod reuse;
mod variables;
mod well_known;

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::Arc;

use crate::error::Flaw;
use crate::report::{FieldDeclaration, ReportedSecret};
use crate::source::SecretRequest;
use crate::spec::{
    Field, FieldKind, Name, Necessity, NestedSpec, Reach, Spec, ValueSpec, Variable,
};
use candidates::InitialRequests;
pub(super) use candidates::{Candidate, Round};

/// The values of a struct and of its nested structs, in the order of their declaration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) spec: &'static Spec,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) strict: Vec<StrictStruct>,
    /// The values of the placeholders that names contain.
    placeholders: PlaceholderValues,
    initial: InitialRequests,
}

/// Placeholders, and their values if they have one.
type PlaceholderValues = BTreeMap<String, Option<String>>;

/// A placeholder without a value in the name of a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfilled {
    pub(crate) placeholder: String,
    /// The name as it is declared.
    declared: String,
}

/// A struct with `deny_unknown_keys`.
#[derive(Debug)]
pub(crate) struct StrictStruct {
    /// The path of the field that contains it, or its name if it is the loaded struct.
    pub(crate) path: String,
    /// The doc comment of that field.
    pub(crate) description: &'static str,
    /// The places of the fields that are keys of its secret.
    pub(crate) leaves: Vec<usize>,
}

/// One value to load.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The field's path from the outermost struct, such as `db.password`.
    pub(crate) path: Arc<str>,
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
    /// Its former addresses, which are used in this order if the value is missing there.
    pub(crate) aliases: Vec<Address>,
    /// Its name in sources of environment variables.
    pub(crate) variable: Option<Arc<str>>,
    /// Its former names in sources of environment variables.
    pub(crate) variable_aliases: &'static [&'static str],
    /// The placeholders without a value in its addresses.
    pub(crate) unfilled: Vec<Unfilled>,
    /// Its facts for reports.
    pub(super) declaration: Arc<FieldDeclaration>,
}

impl Leaf {
    /// Returns the field's doc comment in one line.
    #[cfg(feature = "generate")]
    pub(crate) fn described(&self) -> String {
        let words = self.field.description().split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    /// Returns its address and its former addresses, in the order in which they are used.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.address.iter().chain(&self.aliases)
    }

    /// Returns its variable and its former variables, in the order in which they are used.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let own = self.variable.as_deref().into_iter();
        own.chain(self.variable_aliases.iter().copied())
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

/// The secret that contains a value, and the JSON key of the value. Placeholders without a value stay in the ID.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) request: SecretRequest,
    pub(crate) json_key: Option<Arc<str>>,
    /// The id of the secret with placeholders, as declared.
    pub(crate) declared: Arc<str>,
}

impl Address {
    fn reported(&self) -> ReportedSecret {
        ReportedSecret {
            id: self.request.shared_id(),
            declared: Arc::clone(&self.declared),
            json_key: self.json_key.clone(),
            version: self.request.version().clone(),
        }
    }
}

/// Placeholders can make two declared ids equal.
impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.request == other.request && self.json_key == other.json_key
    }
}

impl Plan {
    /// Fills the templates, and returns the plan or all flaws of the declaration. A placeholder without a value is not
    /// a flaw, because the values can come from sources that do not need the names of secrets.
    pub(crate) fn new(
        spec: &'static Spec,
        placeholder: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Flaw>> {
        let mut planner = Planner {
            placeholder,
            leaves: Vec::new(),
            strict: Vec::new(),
            placeholders: PlaceholderValues::new(),
            unfilled: Vec::new(),
            flaws: Vec::new(),
        };
        planner.visit(spec, &Scope::default());
        planner.find_clashes();
        planner.find_alias_clashes();
        if planner.flaws.is_empty() {
            Ok(Self {
                spec,
                leaves: planner.leaves,
                strict: planner.strict,
                placeholders: planner.placeholders,
                initial: InitialRequests::default(),
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
    /// The name of the struct's secret, instead of its own one.
    shared: Option<&'static str>,
    /// The doc comment of the field that contains the struct.
    description: &'static str,
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
            shared: nested.name,
            description: field.description(),
        }
    }

    fn strict(&self, spec: &Spec, leaves: Vec<usize>) -> StrictStruct {
        let path = match self.path.strip_suffix('.') {
            Some(path) => path,
            None => spec.name(),
        };
        StrictStruct {
            path: path.to_owned(),
            description: self.description,
            leaves,
        }
    }

    /// Returns the name of a secret, and the prefix before it.
    fn name(&self, name: Name) -> (&str, &'static str) {
        match name {
            Name::Derived(name) => (&self.prefix, name),
            Name::Given(name) => ("", name),
            Name::Shared(name) => ("", self.shared.unwrap_or(name)),
        }
    }
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

struct Planner<'a> {
    placeholder: &'a dyn Fn(&str) -> Option<String>,
    leaves: Vec<Leaf>,
    strict: Vec<StrictStruct>,
    placeholders: PlaceholderValues,
    /// The placeholders without a value in the addresses of the current value.
    unfilled: Vec<Unfilled>,
    flaws: Vec<Flaw>,
}

impl Planner<'_> {
    fn visit(&mut self, spec: &'static Spec, scope: &Scope) {
        let env_prefix = joined(scope.env_prefix.as_deref(), spec.own_env_prefix());
        let mut keys = Vec::new();
        for field in spec.fields() {
            match field.kind() {
                FieldKind::Nested(nested) => self.visit(nested.spec, &scope.within(field, nested)),
                FieldKind::Leaf(leaf) => {
                    let planned = self.leaf(field, leaf, scope, env_prefix.as_deref());
                    if matches!(leaf.variable, Variable::Derived) {
                        self.reject_well_known(spec, &planned, scope);
                    }
                    if matches!(leaf.name, Name::Shared(_)) {
                        keys.push(self.leaves.len());
                    }
                    self.leaves.push(planned);
                }
            }
        }
        if spec.denies_unknown_keys() {
            self.strict.push(scope.strict(spec, keys));
        }
    }

    fn leaf(
        &mut self,
        field: &'static Field,
        leaf: &ValueSpec,
        scope: &Scope,
        env_prefix: Option<&str>,
    ) -> Leaf {
        let path: Arc<str> = format!("{}{}", scope.path, field.name()).into();
        let variable = self.variable(&path, field, leaf, scope, env_prefix);
        let variable: Option<Arc<str>> = variable.map(Arc::from);
        let (address, aliases) = match leaf.reach {
            Reach::Chain => self.addresses(&path, leaf, scope),
            Reach::EnvironmentOnly => (None, Vec::new()),
        };
        let declaration = FieldDeclaration {
            path: Arc::clone(&path),
            is_struct: false,
            description: field.description(),
            secret: address.as_ref().map(Address::reported),
            variable: variable.clone(),
        };
        Leaf {
            path,
            field,
            optional_with: scope.optional.clone(),
            address,
            aliases,
            variable,
            variable_aliases: leaf.aliases.variables,
            unfilled: take(&mut self.unfilled),
            declaration: Arc::new(declaration),
        }
    }

    fn flaw<T>(&mut self, path: &str, message: String) -> Option<T> {
        self.flaws.push(Flaw {
            path: path.to_owned(),
            message,
        });
        None
    }
}

#[cfg(test)]
mod tests;
