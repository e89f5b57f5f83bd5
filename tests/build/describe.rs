//! The expected properties of declarations.

use crate::declare::{
    Alias, Container, Declared, Field, Given, Holds, Necessity, Value, Variable, Version,
};
use crate::kinds::Kind;
use crate::naming::{self, Prefix, Words, spell, variable};

/// A field in the outermost struct.
pub(crate) enum Described {
    Leaf(Box<Leaf>),
    Group {
        optional: bool,
        within: Vec<Described>,
    },
}

#[derive(Clone)]
pub(crate) struct Leaf {
    pub(crate) path: String,
    pub(crate) secret: Option<Secret>,
    pub(crate) alias: Option<Secret>,
    pub(crate) variable: Option<String>,
    pub(crate) env_alias: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) necessity: Necessity,
    /// The value if no source has the field.
    pub(crate) default: Option<&'static str>,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) region: &'static str,
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) json_key: Option<String>,
    /// The placeholder in the declared name.
    pub(crate) placeholder: Option<String>,
}

impl Secret {
    /// Returns whether both are the same place if all placeholders have their values.
    fn is_same_place(&self, other: &Self) -> bool {
        let placeholder = other.placeholder.clone();
        *other
            == Self {
                placeholder,
                ..self.clone()
            }
    }
}

/// A struct that denies unknown keys.
pub(crate) struct Strict {
    /// The path of the field that contains it, or its name.
    pub(crate) path: String,
    /// The secrets whose keys its fields read.
    pub(crate) secrets: Vec<Secret>,
}

/// The prefixes of the outer structs.
#[derive(Clone, Default)]
struct Scope {
    path: String,
    prefixes: Vec<Prefix>,
    env_prefix: Option<String>,
    /// The secret of the struct, instead of its own one.
    shared: Option<Given>,
}

/// Returns the fields of the outermost struct.
pub(crate) fn described(declared: &Declared) -> Vec<Described> {
    within(declared, &Scope::default())
}

/// Returns the structs that deny unknown keys.
pub(crate) fn strict(name: &str, declared: &Declared) -> Vec<Strict> {
    strict_within(declared, &Scope::default(), name)
}

fn strict_within(declared: &Declared, scope: &Scope, path: &str) -> Vec<Strict> {
    let mut all = Vec::new();
    let mut secrets = Vec::new();
    for field in &declared.fields {
        match &field.holds {
            Holds::Nested {
                declared: nested, ..
            } => {
                let inside = scope.inside(field);
                let path = inside.path.trim_end_matches('.').to_owned();
                all.extend(strict_within(nested, &inside, &path));
            }
            Holds::Value(value) if value.given.is_none() && !value.env_only => {
                let leaf = leaf(declared, &field.words, value, scope, String::new());
                secrets.extend(leaf.secret.into_iter().chain(leaf.alias));
            }
            Holds::Value(_) | Holds::Skipped => {}
        }
    }
    let path = path.to_owned();
    all.extend(
        declared
            .denies_unknown_keys
            .then_some(Strict { path, secrets }),
    );
    all
}

fn within(declared: &Declared, scope: &Scope) -> Vec<Described> {
    let fields = declared.fields.iter();
    fields
        .filter_map(|field| one(declared, field, scope))
        .collect()
}

fn one(declared: &Declared, field: &Field, scope: &Scope) -> Option<Described> {
    let path = format!("{}{}", scope.path, field.words.join("_"));
    match &field.holds {
        Holds::Skipped => None,
        Holds::Value(value) => {
            let leaf = leaf(declared, &field.words, value, scope, path);
            Some(Described::Leaf(Box::new(leaf)))
        }
        Holds::Nested {
            declared, optional, ..
        } => Some(Described::Group {
            optional: *optional,
            within: within(declared, &scope.inside(field)),
        }),
    }
}

impl Scope {
    /// Returns the scope of a nested struct.
    fn inside(&self, field: &Field) -> Self {
        let mut inside = self.clone();
        inside.path = format!("{}{}.", self.path, field.words.join("_"));
        if let Holds::Nested {
            name,
            prefix,
            env_prefix,
            ..
        } = &field.holds
        {
            inside.shared.clone_from(name);
            inside.prefixes.extend(prefix);
            inside.env_prefix = joined(inside.env_prefix, *env_prefix);
        }
        inside
    }
}

fn joined(outer: Option<String>, inner: Option<&str>) -> Option<String> {
    match (outer, inner) {
        (None, None) => None,
        (outer, inner) => Some(outer.unwrap_or_default() + inner.unwrap_or_default()),
    }
}

fn leaf(declared: &Declared, words: &Words, value: &Value, scope: &Scope, path: String) -> Leaf {
    let location = Location::of(declared, words, value, scope);
    let env_prefix = joined(scope.env_prefix.clone(), declared.env_prefix);
    let variable = match (&value.variable, env_prefix) {
        (Variable::None, _) => None,
        (Variable::Given(given), _) => Some(given.clone()),
        (Variable::Derived, Some(prefix)) => Some(prefix + &variable(words)),
        (Variable::Derived, None) => Some(variable(&location.words.clone().unwrap_or_default())),
    };
    let alias = value.alias.as_ref();
    let alias = alias.map(|alias| former(&location.secret, alias));
    // A name of the outer struct replaces the aliases too.
    let of_struct = declared.alias.clone().map(Alias::Secret);
    let of_struct = of_struct
        .filter(|_| value.given.is_none() && !value.env_only && scope.shared.is_none())
        .map(|alias| former(&location.secret, &alias));
    let alias = alias.or(of_struct);
    Leaf {
        path,
        secret: (!value.env_only).then_some(location.secret),
        alias,
        variable,
        env_alias: value.env_alias.clone(),
        kind: value.kind,
        necessity: value.necessity,
        default: default(declared, words, value),
    }
}

fn default(declared: &Declared, words: &Words, value: &Value) -> Option<&'static str> {
    match value.necessity {
        Necessity::Defaulted => Some(value.kind.default().1),
        Necessity::Optional if is_none_by_default(words) => None,
        _ if declared.has_default => Some(value.kind.of_struct().1),
        _ => None,
    }
}

/// Returns whether an optional field is `None` in the `Default` of its struct.
pub(crate) fn is_none_by_default(words: &Words) -> bool {
    words.len() > 1
}

/// Returns the former place of a value.
fn former(secret: &Secret, alias: &Alias) -> Secret {
    match alias {
        Alias::JsonKey(key) => Secret {
            json_key: Some(key.clone()),
            ..secret.clone()
        },
        Alias::Secret(name) => Secret {
            id: name.clone(),
            region: "us-east-1",
            name: name.clone(),
            version: secret.version,
            // The key of a reference is also that of the former secret.
            json_key: secret.json_key.clone(),
            placeholder: None,
        },
    }
}

/// The secret of a value, and the words of its address.
struct Location {
    secret: Secret,
    words: Option<Words>,
}

impl Location {
    fn of(declared: &Declared, field: &Words, value: &Value, scope: &Scope) -> Self {
        let own_key = value.json_key.clone();
        match (&value.given, &declared.container) {
            (Some(given), _) => Self::given(given, own_key, value.version),
            (None, Container::OneSecret(given)) => {
                let given = scope.shared.as_ref().unwrap_or(given);
                let key =
                    own_key.unwrap_or_else(|| (spell(field, declared.key_case()), field.clone()));
                Self::given(given, Some(key), value.version)
            }
            (None, Container::Secrets { prefix }) => {
                let prefixes: Vec<Prefix> = scope.prefixes.iter().chain(prefix).copied().collect();
                let own = spell(field, declared.secret_case());
                let name: String = prefixes.iter().map(|(_, filled, _)| *filled).collect();
                let written: String = prefixes.iter().map(|(written, ..)| *written).collect();
                let (name, written) = (name + &own, written + &own);
                let words = prefixes.iter().flat_map(|(_, _, words)| *words).copied();
                let words = words.chain(field.iter().copied()).collect();
                let given = Given {
                    written,
                    id: name.clone(),
                    region: "us-east-1",
                    name,
                    words: Some(words),
                    json_key: None,
                };
                Self::given(&given, own_key, value.version)
            }
        }
    }

    fn given(given: &Given, own_key: Option<(String, Words)>, version: Version) -> Self {
        let referred = given.json_key.clone().map(|words| (words.join("_"), words));
        let key = own_key.or(referred);
        let key_words = key
            .as_ref()
            .map(|(_, words)| words.clone())
            .unwrap_or_default();
        let words = given.words.clone().map(|words| [words, key_words].concat());
        Self {
            secret: Secret {
                id: given.id.clone(),
                region: given.region,
                name: given.name.clone(),
                version,
                json_key: key.map(|(written, _)| written),
                placeholder: placeholder(&given.written),
            },
            words,
        }
    }
}

/// Returns the placeholder in a name.
fn placeholder(written: &str) -> Option<String> {
    // The braces of CloudFormation.
    if written.starts_with("{{") {
        return None;
    }
    let (_, rest) = written.split_once('{')?;
    let (name, _) = rest.split_once('}')?;
    Some(name.to_owned())
}

/// Returns all leaves in the order of declaration.
pub(crate) fn leaves(described: &[Described]) -> Vec<&Leaf> {
    let leaves = described.iter().flat_map(|described| match described {
        Described::Leaf(leaf) => vec![&**leaf],
        Described::Group { within, .. } => leaves(within),
    });
    leaves.collect()
}

/// Returns whether the derive macro accepts the declaration.
pub(crate) fn is_valid(declared: &Declared) -> bool {
    is_valid_alone(declared) && !described(declared).is_empty() && has_no_conflicts(declared)
}

/// Checks a struct without its outer structs.
fn is_valid_alone(declared: &Declared) -> bool {
    let values = || {
        declared
            .fields
            .iter()
            .filter_map(|field| match &field.holds {
                Holds::Value(value) => Some(value),
                _ => None,
            })
    };
    let derives_variable = |value: &Value| value.variable == Variable::Derived;
    let container_is_used = match &declared.container {
        Container::Secrets { prefix: None } => true,
        Container::Secrets { prefix: Some(_) } => values().any(|value| {
            let in_variable = derives_variable(value) && declared.env_prefix.is_none();
            value.given.is_none() && (!value.env_only || in_variable)
        }),
        Container::OneSecret(_) => values().any(|value| value.given.is_none() && !value.env_only),
    };
    let default_is_used =
        !declared.has_default || values().any(|value| value.necessity != Necessity::Defaulted);
    let has_address = |value: &Value| match (&value.given, &declared.container) {
        (Some(given), _) | (None, Container::OneSecret(given)) => given.words.is_some(),
        (None, Container::Secrets { .. }) => true,
    };
    let variables_are_valid = match declared.env_prefix {
        Some(_) => values().any(derives_variable),
        None => values().all(|value| !derives_variable(value) || has_address(value)),
    };
    // An unused `rename_all` would have no effect.
    let renames = declared.rename_all.is_none()
        || values()
            .any(|value| value.given.is_none() && value.json_key.is_none() && !value.env_only);
    let nested_are_valid = declared.fields.iter().all(|field| match &field.holds {
        Holds::Nested {
            declared,
            name,
            prefix,
            env_prefix,
            ..
        } => {
            let is_one_secret = matches!(declared.container, Container::OneSecret(_));
            (name.is_none() || is_one_secret)
                && !described(declared).is_empty()
                && is_valid_alone(declared)
                && has_no_conflicts(declared)
                && (prefix.is_none() || derives_name(declared))
                && (env_prefix.is_none() || derives_a_variable(declared))
        }
        _ => true,
    });
    container_is_used && default_is_used && variables_are_valid && renames && nested_are_valid
}

fn derives_name(declared: &Declared) -> bool {
    let derives_names = matches!(declared.container, Container::Secrets { .. });
    declared.fields.iter().any(|field| match &field.holds {
        Holds::Value(value) => derives_names && value.given.is_none() && !value.env_only,
        Holds::Nested { declared, .. } => derives_name(declared),
        Holds::Skipped => false,
    })
}

fn derives_a_variable(declared: &Declared) -> bool {
    declared.fields.iter().any(|field| match &field.holds {
        Holds::Value(value) => value.variable == Variable::Derived,
        Holds::Nested { declared, .. } => derives_a_variable(declared),
        Holds::Skipped => false,
    })
}

/// Returns whether no variable is used for two secrets, and no alias is that of another value.
fn has_no_conflicts(declared: &Declared) -> bool {
    let described = described(declared);
    let leaves = leaves(&described);
    let conflict = |one: &Leaf, other: &Leaf| {
        let variables = |leaf: &Leaf| [leaf.variable.clone(), leaf.env_alias.clone()];
        let is_shared = |(one, other): (&Option<_>, &Option<_>)| one.is_some() && one == other;
        let (of_one, of_other) = (variables(one), variables(other));
        let shares_variable = of_one
            .iter()
            .any(|a| of_other.iter().any(|b| is_shared((a, b))));
        let is_same = |one: &Option<Secret>, other: &Option<Secret>| match (one, other) {
            (Some(one), Some(other)) => one.is_same_place(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let is_alias = |one: &Leaf, other: &Leaf| {
            let mut secrets = [&other.secret, &other.alias].into_iter();
            one.alias.is_some() && secrets.any(|secret| is_same(&one.alias, secret))
        };
        // Without its value, a placeholder makes a name different from the same name without it.
        one.secret != other.secret && shares_variable
            || !is_same(&one.secret, &other.secret)
                && (is_alias(one, other) || is_alias(other, one))
    };
    let mut pairs = leaves
        .iter()
        .enumerate()
        .flat_map(|(i, one)| leaves[..i].iter().map(move |other| (one, other)));
    !pairs.any(|(one, other)| conflict(one, other))
}

/// Returns the placeholders in names.
pub(crate) fn placeholders() -> Vec<(String, String)> {
    let arns = naming::SECRETS.iter().map(|words| {
        let arn = naming::arn("us-east-1", &words.join("/"), true);
        (format!("{}_ARN", variable(words)), arn)
    });
    arns.chain([("stage".to_owned(), "live".to_owned())])
        .collect()
}
