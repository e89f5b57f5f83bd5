//! What a declaration means, told in data.

use crate::declare::{Declared, Field, Given, Holds, Home, Necessity, Value, Variable, Version};
use crate::kinds::Kind;
use crate::naming::{self, Prefix, Words, spelt, variable};

/// A field, seen from the outermost struct.
pub(crate) enum Described {
    Leaf(Leaf),
    Group {
        optional: bool,
        within: Vec<Described>,
    },
}

#[derive(Clone)]
pub(crate) struct Leaf {
    pub(crate) path: String,
    pub(crate) secret: Option<Secret>,
    pub(crate) variable: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) necessity: Necessity,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) region: &'static str,
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) json_key: Option<String>,
}

/// What the structs around one put before its names.
#[derive(Clone, Default)]
struct Around {
    path: String,
    prefixes: Vec<Prefix>,
    env_prefix: Option<String>,
}

/// The fields of a struct, from outside.
pub(crate) fn described(declared: &Declared) -> Vec<Described> {
    within(declared, &Around::default())
}

fn within(declared: &Declared, around: &Around) -> Vec<Described> {
    let fields = declared.fields.iter();
    fields
        .filter_map(|field| one(declared, field, around))
        .collect()
}

fn one(declared: &Declared, field: &Field, around: &Around) -> Option<Described> {
    let path = format!("{}{}", around.path, field.words.join("_"));
    match &field.holds {
        Holds::Skipped => None,
        Holds::Value(value) => Some(Described::Leaf(leaf(
            declared,
            &field.words,
            value,
            around,
            path,
        ))),
        Holds::Nested {
            declared,
            prefix,
            env_prefix,
            optional,
        } => {
            let mut inside = around.clone();
            inside.path = format!("{path}.");
            inside.prefixes.extend(prefix);
            inside.env_prefix = joined(inside.env_prefix, *env_prefix);
            Some(Described::Group {
                optional: *optional,
                within: within(declared, &inside),
            })
        }
    }
}

fn joined(outer: Option<String>, inner: Option<&str>) -> Option<String> {
    match (outer, inner) {
        (None, None) => None,
        (outer, inner) => Some(outer.unwrap_or_default() + inner.unwrap_or_default()),
    }
}

fn leaf(declared: &Declared, words: &Words, value: &Value, around: &Around, path: String) -> Leaf {
    let place = Place::of(declared, words, value, around);
    let env_prefix = joined(around.env_prefix.clone(), declared.env_prefix);
    let variable = match (&value.variable, env_prefix) {
        (Variable::None, _) => None,
        (Variable::Given(given), _) => Some(given.clone()),
        (Variable::Derived, Some(prefix)) => Some(prefix + &variable(words)),
        (Variable::Derived, None) => Some(variable(&place.words.clone().unwrap_or_default())),
    };
    Leaf {
        path,
        secret: (!value.env_only).then_some(place.secret),
        variable,
        kind: value.kind,
        necessity: value.necessity,
    }
}

/// Where a value is among secrets, and the words of that.
struct Place {
    secret: Secret,
    words: Option<Words>,
}

impl Place {
    fn of(declared: &Declared, field: &Words, value: &Value, around: &Around) -> Self {
        let own_key = value.json_key.clone();
        match (&value.given, &declared.home) {
            (Some(given), _) => Self::given(given, own_key, value.version),
            (None, Home::OneSecret(given)) => {
                let key = own_key
                    .unwrap_or_else(|| (spelt(field, declared.key_spelling()), field.clone()));
                Self::given(given, Some(key), value.version)
            }
            (None, Home::Secrets { prefix }) => {
                let prefixes: Vec<Prefix> = around.prefixes.iter().chain(prefix).copied().collect();
                let name: String = prefixes.iter().map(|(_, filled, _)| *filled).collect();
                let name = name + &spelt(field, declared.secret_spelling());
                let words = prefixes.iter().flat_map(|(_, _, words)| *words).copied();
                let words = words.chain(field.iter().copied()).collect();
                let given = Given {
                    written: String::new(),
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
            },
            words,
        }
    }
}

/// Every leaf, in the order of declaration.
pub(crate) fn leaves(described: &[Described]) -> Vec<&Leaf> {
    let leaves = described.iter().flat_map(|described| match described {
        Described::Leaf(leaf) => vec![leaf],
        Described::Group { within, .. } => leaves(within),
    });
    leaves.collect()
}

/// Whether the derive takes the declaration.
pub(crate) fn is_sound(declared: &Declared) -> bool {
    is_sound_alone(declared) && !described(declared).is_empty() && is_without_clash(declared)
}

/// What the derive sees without the structs around.
fn is_sound_alone(declared: &Declared) -> bool {
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
    let home_is_used = match &declared.home {
        Home::Secrets { prefix: None } => true,
        Home::Secrets { prefix: Some(_) } => values().any(|value| value.given.is_none()),
        Home::OneSecret(_) => values().any(|value| value.given.is_none() && !value.env_only),
    };
    let has_words = |value: &Value| match (&value.given, &declared.home) {
        (Some(given), _) | (None, Home::OneSecret(given)) => given.words.is_some(),
        (None, Home::Secrets { .. }) => true,
    };
    let variables_are = match declared.env_prefix {
        Some(_) => values().any(derives_variable),
        None => values().all(|value| !derives_variable(value) || has_words(value)),
    };
    // A name that is used by nothing is refused.
    let renames = declared.rename_all.is_none()
        || values()
            .any(|value| value.given.is_none() && value.json_key.is_none() && !value.env_only);
    let nested_are = declared.fields.iter().all(|field| match &field.holds {
        Holds::Nested {
            declared,
            prefix,
            env_prefix,
            ..
        } => {
            !described(declared).is_empty()
                && is_sound_alone(declared)
                && is_without_clash(declared)
                && (prefix.is_none() || derives_name(declared))
                && (env_prefix.is_none() || derives_a_variable(declared))
        }
        _ => true,
    });
    home_is_used && variables_are && renames && nested_are
}

fn derives_name(declared: &Declared) -> bool {
    let is_at_home = matches!(declared.home, Home::Secrets { .. });
    declared.fields.iter().any(|field| match &field.holds {
        Holds::Value(value) => is_at_home && value.given.is_none() && !value.env_only,
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

/// No variable is read for two secrets.
fn is_without_clash(declared: &Declared) -> bool {
    let described = described(declared);
    let leaves = leaves(&described);
    let clashes = |one: &Leaf, other: &Leaf| {
        one.variable.is_some() && one.variable == other.variable && one.secret != other.secret
    };
    let mut pairs = leaves
        .iter()
        .enumerate()
        .flat_map(|(i, one)| leaves[..i].iter().map(move |other| (one, other)));
    !pairs.any(|(one, other)| clashes(one, other))
}

/// The parameters that names have.
pub(crate) fn parameters() -> Vec<(String, String)> {
    let arns = naming::SECRETS.iter().map(|words| {
        let arn = naming::arn("us-east-1", &words.join("/"), true);
        (format!("{}_ARN", variable(words)), arn)
    });
    arns.chain([("stage".to_owned(), "live".to_owned())])
        .collect()
}
