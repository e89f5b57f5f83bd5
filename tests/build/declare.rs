//! Random declarations.

use crate::kinds::{KINDS, Kind};
use crate::naming::{self, CASES, FIELDS, Prefix, SECRETS, Words, spell};
use crate::random::Random;

/// A declaration of a struct.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) container: Container,
    pub(crate) env_prefix: Option<&'static str>,
    pub(crate) rename_all: Option<&'static str>,
    /// Only for one JSON secret.
    pub(crate) denies_unknown_keys: bool,
    /// The former name of the JSON secret.
    pub(crate) alias: Option<String>,
    /// Whether missing fields are those of the struct's `Default`.
    pub(crate) has_default: bool,
    pub(crate) fields: Vec<Field>,
}

/// The secrets of a struct.
#[derive(Clone, Debug)]
pub(crate) enum Container {
    Secrets { prefix: Option<Prefix> },
    OneSecret(Given),
}

/// A secret with an explicit name.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The name in the attribute.
    pub(crate) written: String,
    /// The requested ID.
    pub(crate) id: String,
    pub(crate) region: &'static str,
    /// The name of the secret.
    pub(crate) name: String,
    /// The words for a derived variable. `None` for an ARN.
    pub(crate) words: Option<Words>,
    /// The JSON key in a reference.
    pub(crate) json_key: Option<Words>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) words: Words,
    pub(crate) holds: Holds,
}

#[derive(Clone, Debug)]
pub(crate) enum Holds {
    Value(Value),
    Nested {
        declared: Declared,
        /// The secret of the nested struct.
        name: Option<Given>,
        prefix: Option<Prefix>,
        env_prefix: Option<&'static str>,
        optional: bool,
    },
    Skipped,
}

#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    /// Whether the type is a transparent struct around that of the kind.
    pub(crate) is_newtype: bool,
    pub(crate) necessity: Necessity,
    pub(crate) given: Option<Given>,
    /// The key and its words.
    pub(crate) json_key: Option<(String, Words)>,
    pub(crate) alias: Option<Alias>,
    pub(crate) env_alias: Option<String>,
    pub(crate) version: Version,
    pub(crate) variable: Variable,
    pub(crate) env_only: bool,
}

/// A former place of a value.
#[derive(Clone, Debug)]
pub(crate) enum Alias {
    Secret(String),
    JsonKey(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Necessity {
    Required,
    Optional,
    Defaulted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Current,
    Stage(&'static str),
    Id(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    Derived,
    Given(String),
    None,
}

const ENV_PREFIXES: [&str; 3] = ["SVC_", "OUTER", "X_"];

impl Declared {
    /// Returns a random struct at a nesting depth.
    pub(crate) fn random(random: &mut Random, depth: usize) -> Self {
        let is_one_secret = random.in_a_hundred(40);
        let container = if is_one_secret {
            Container::OneSecret(Given::random(random, false))
        } else {
            Container::Secrets {
                prefix: random.in_a_hundred(60).then(|| naming::prefix(random)),
            }
        };
        let env_prefix = random
            .in_a_hundred(35)
            .then(|| *random.one_of(&ENV_PREFIXES));
        let rename_all = random.in_a_hundred(50).then(|| *random.one_of(&CASES));
        let mut declared = Self {
            container,
            env_prefix,
            rename_all,
            denies_unknown_keys: is_one_secret && random.in_a_hundred(60),
            alias: None,
            has_default: random.in_a_hundred(25),
            fields: Vec::new(),
        };
        let mut names = FIELDS.to_vec();
        random.shuffle(&mut names);
        names.truncate(1 + random.below(7 - 2 * depth));
        for words in names {
            let holds = declared.field(random, words, depth);
            declared.fields.push(Field {
                words: words.to_vec(),
                holds,
            });
        }
        declared.alias = declared.alias(random);
        declared
    }

    /// Returns a former name of the secret, if its fields have no aliases. The ID of a version exists in one secret
    /// only.
    fn alias(&self, random: &mut Random) -> Option<String> {
        let can_have = self.fields.iter().all(|field| match &field.holds {
            Holds::Value(value) => {
                value.alias.is_none() && !matches!(value.version, Version::Id(_))
            }
            _ => true,
        });
        match &self.container {
            Container::OneSecret(given) if can_have && random.in_a_hundred(50) => {
                Some(format!("former/{}", given.name.replace('/', "-")))
            }
            _ => None,
        }
    }

    /// Returns a struct that needs one batch, or more.
    pub(crate) fn large(random: &mut Random) -> Self {
        let mut declared = Self {
            container: Container::Secrets { prefix: None },
            env_prefix: None,
            rename_all: None,
            denies_unknown_keys: false,
            alias: None,
            has_default: false,
            fields: Vec::new(),
        };
        let mut names = FIELDS.to_vec();
        random.shuffle(&mut names);
        // Close to the sizes of one and two batches.
        names.truncate(*random.one_of(&[11, 20, 21, 22, 40, 41, 42]));
        for words in names {
            let kind = *random.one_of(&KINDS);
            let value = Value {
                kind,
                is_newtype: kind.has_newtype() && random.in_a_hundred(25),
                necessity: Necessity::Required,
                given: None,
                json_key: None,
                alias: None,
                env_alias: None,
                version: Version::Current,
                variable: Variable::Derived,
                env_only: false,
            };
            let holds = Holds::Value(value);
            let words = words.to_vec();
            declared.fields.push(Field { words, holds });
        }
        declared
    }

    fn field(&self, random: &mut Random, words: &[&'static str], depth: usize) -> Holds {
        match random.below(100) {
            0..4 => Holds::Skipped,
            4..24 if depth < 2 => self.nested_field(random, depth),
            _ => Holds::Value(self.value(random, words)),
        }
    }

    fn nested_field(&self, random: &mut Random, depth: usize) -> Holds {
        let declared = self.nested(random, depth);
        let is_one_secret = matches!(declared.container, Container::OneSecret(_));
        let name = is_one_secret && random.in_a_hundred(80);
        Holds::Nested {
            declared,
            name: name.then(|| self.name_of_nested(random)),
            prefix: (!name && random.in_a_hundred(50)).then(|| naming::prefix(random)),
            env_prefix: random
                .in_a_hundred(30)
                .then(|| *random.one_of(&["IN_", "DEEP"])),
            optional: random.in_a_hundred(50),
        }
    }

    /// Returns a name, often that of the secret of this struct.
    fn name_of_nested(&self, random: &mut Random) -> Given {
        match &self.container {
            Container::OneSecret(given) if random.in_a_hundred(60) => given.clone(),
            _ => Given::written_as(random.one_of(&SECRETS).join("/"), 0, false),
        }
    }

    /// Returns a new nested struct, or one that is already used.
    fn nested(&self, random: &mut Random, depth: usize) -> Self {
        let known = self.fields.iter().find_map(|field| match &field.holds {
            Holds::Nested { declared, .. } => Some(declared.clone()),
            _ => None,
        });
        match known {
            Some(known) if random.in_a_hundred(60) => known,
            _ => Self::random(random, depth + 1),
        }
    }

    fn value(&self, random: &mut Random, words: &[&'static str]) -> Value {
        let env_only = random.in_a_hundred(8);
        let given = (!env_only && random.in_a_hundred(30)).then(|| self.given(random));
        let is_key = matches!(self.container, Container::OneSecret(_)) && given.is_none();
        let refers_to_key = given.as_ref().is_some_and(|given| given.json_key.is_some());
        let has_key =
            !env_only && !refers_to_key && random.in_a_hundred(if is_key { 20 } else { 40 });
        let version = match random.below(12) {
            0 if !env_only => Version::Stage("AWSPREVIOUS"),
            1 if !env_only => Version::Stage("AWSPENDING"),
            2 if !env_only => Version::Id("11111111-2222-4333-8444-555555555555"),
            _ => Version::Current,
        };
        let own = || format!("OWN_{}", naming::variable(words));
        let variable = match random.below(10) {
            0 | 1 if !env_only => Variable::None,
            2 | 3 => Variable::Given(own()),
            // Two versions cannot share a variable.
            _ if version != Version::Current => Variable::Given(own()),
            _ => Variable::Derived,
        };
        let kind = *random.one_of(&KINDS);
        Value {
            kind,
            is_newtype: kind.has_newtype() && random.in_a_hundred(25),
            necessity: *random.one_of(&[
                Necessity::Required,
                Necessity::Required,
                Necessity::Optional,
                Necessity::Defaulted,
            ]),
            given,
            json_key: has_key.then(|| key(random, words)),
            alias: alias(random, words, is_key || has_key, &version).filter(|_| !env_only),
            env_alias: (variable != Variable::None && random.in_a_hundred(15))
                .then(|| format!("FORMER_{}", naming::variable(words))),
            version,
            variable,
            env_only,
        }
    }

    /// Returns an explicit secret, often one that the struct or another field has too, by its name or its ARN.
    fn given(&self, random: &mut Random) -> Given {
        let known = self.fields.iter().find_map(|field| match &field.holds {
            Holds::Value(Value {
                given: Some(given), ..
            }) if given.json_key.is_none() => Some(given.clone()),
            _ => None,
        });
        match (&self.container, known) {
            (Container::OneSecret(own), _) if random.in_a_hundred(50) && own.region == REGION => {
                Given::written_as(own.name.clone(), random.below(4), true)
            }
            (_, Some(known)) if random.in_a_hundred(60) && known.region == REGION => {
                if random.in_a_hundred(50) {
                    known
                } else {
                    Given::written_as(known.name, random.below(4), true)
                }
            }
            _ => Given::random(random, true),
        }
    }

    /// Returns the case of secret names.
    pub(crate) fn secret_case(&self) -> &'static str {
        self.rename_all.unwrap_or("SCREAMING_SNAKE_CASE")
    }

    /// Returns the case of JSON keys.
    pub(crate) fn key_case(&self) -> &'static str {
        self.rename_all.unwrap_or("snake_case")
    }
}

/// Returns a former name. The ID of a version exists in one secret only.
fn alias(
    random: &mut Random,
    words: &[&'static str],
    is_key: bool,
    version: &Version,
) -> Option<Alias> {
    if !random.in_a_hundred(20) {
        return None;
    }
    match (is_key, version) {
        (true, _) => Some(Alias::JsonKey(format!("former_{}", words.join("_")))),
        (false, Version::Id(_)) => None,
        (false, _) => Some(Alias::Secret(format!("former/{}", words.join("-")))),
    }
}

/// Returns a JSON key or pointer.
fn key(random: &mut Random, words: &[&'static str]) -> (String, Words) {
    let mut key = words.to_vec();
    key.push("value");
    if random.in_a_hundred(25) {
        (
            format!("/within/{}", key.join("_")),
            [&["within"], &key[..]].concat(),
        )
    } else {
        let case = *random.one_of(&CASES);
        (spell(&key, case), key)
    }
}

const REGION: &str = "us-east-1";
const OTHER_REGION: &str = "eu-west-1";

impl Given {
    fn random(random: &mut Random, may_name_key: bool) -> Self {
        let words = *random.one_of(&SECRETS);
        Self::written_as(words.join("/"), random.below(7), may_name_key)
    }

    /// Returns a secret in one of the notations.
    fn written_as(name: String, notation: usize, may_name_key: bool) -> Self {
        let words: Words = SECRETS
            .iter()
            .find(|words| words.join("/") == name)
            .map(|words| words.to_vec())
            .unwrap_or_default();
        let by_arn = |region, name: &str, is_complete| {
            let id = naming::arn(region, name, is_complete);
            (id.clone(), id, region)
        };
        let other = format!("other/{}", words.join("-"));
        let (written, id, region) = match notation {
            1 => by_arn(REGION, &name, true),
            2 => by_arn(REGION, &name, false),
            3 => {
                let id = naming::arn(REGION, &name, true);
                (format!("{{{}_ARN}}", naming::variable(&words)), id, REGION)
            }
            4 => by_arn(OTHER_REGION, &other, true),
            5 if may_name_key => {
                let id = naming::arn(REGION, &name, true);
                (format!("{id}:login::"), id, REGION)
            }
            6 if may_name_key => {
                let written = format!("{{{{resolve:secretsmanager:{name}:SecretString:login}}}}");
                (written, name.clone(), REGION)
            }
            _ => (name.clone(), name.clone(), REGION),
        };
        let is_arn = id.starts_with("arn:");
        Self {
            json_key: written.contains("login").then(|| vec!["login"]),
            written,
            id,
            region,
            name: if region == REGION { name } else { other },
            words: (!is_arn).then_some(words),
        }
    }
}
