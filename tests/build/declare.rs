//! Random declarations.

use crate::kinds::{KINDS, Kind};
use crate::naming::{self, FIELDS, Prefix, SECRETS, SPELLINGS, Words, spelt};
use crate::random::Random;

/// A struct.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) home: Home,
    pub(crate) env_prefix: Option<&'static str>,
    pub(crate) rename_all: Option<&'static str>,
    pub(crate) fields: Vec<Field>,
}

/// Where the secrets of a struct are.
#[derive(Clone, Debug)]
pub(crate) enum Home {
    Secrets { prefix: Option<Prefix> },
    OneSecret(Given),
}

/// A secret whose name is given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// As the attribute has it.
    pub(crate) written: String,
    /// As it is asked for.
    pub(crate) id: String,
    pub(crate) region: &'static str,
    /// The secret's own name.
    pub(crate) name: String,
    /// What a variable has of it; none can be derived from an ARN.
    pub(crate) words: Option<Words>,
    /// What a reference says of the key.
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
        prefix: Option<Prefix>,
        env_prefix: Option<&'static str>,
        optional: bool,
    },
    Skipped,
}

#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    pub(crate) necessity: Necessity,
    pub(crate) given: Option<Given>,
    /// As written, and its words.
    pub(crate) json_key: Option<(String, Words)>,
    pub(crate) version: Version,
    pub(crate) variable: Variable,
    pub(crate) env_only: bool,
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
    /// Some struct, within so many others.
    pub(crate) fn random(random: &mut Random, depth: usize) -> Self {
        let home = if random.in_a_hundred(30) {
            Home::OneSecret(Given::random(random, false))
        } else {
            Home::Secrets {
                prefix: random.in_a_hundred(60).then(|| naming::prefix(random)),
            }
        };
        let env_prefix = random
            .in_a_hundred(35)
            .then(|| *random.one_of(&ENV_PREFIXES));
        let rename_all = random.in_a_hundred(50).then(|| *random.one_of(&SPELLINGS));
        let mut declared = Self {
            home,
            env_prefix,
            rename_all,
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
        declared
    }

    /// A struct of more secrets than a batch takes, once or twice.
    pub(crate) fn large(random: &mut Random) -> Self {
        let mut declared = Self {
            home: Home::Secrets { prefix: None },
            env_prefix: None,
            rename_all: None,
            fields: Vec::new(),
        };
        let mut names = FIELDS.to_vec();
        random.shuffle(&mut names);
        // Around the sizes of one batch and of two.
        names.truncate(*random.one_of(&[11, 20, 21, 22, 40, 41, 42]));
        for words in names {
            let value = Value {
                kind: *random.one_of(&KINDS),
                necessity: Necessity::Required,
                given: None,
                json_key: None,
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
            4..20 if depth < 2 => Holds::Nested {
                declared: self.nested(random, depth),
                prefix: random.in_a_hundred(50).then(|| naming::prefix(random)),
                env_prefix: random
                    .in_a_hundred(30)
                    .then(|| *random.one_of(&["IN_", "DEEP"])),
                optional: random.in_a_hundred(50),
            },
            _ => Holds::Value(self.value(random, words)),
        }
    }

    /// Another struct, or one that is nested here already.
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
        let is_key = matches!(self.home, Home::OneSecret(_)) && given.is_none();
        let refers_to_key = given.as_ref().is_some_and(|given| given.json_key.is_some());
        let says_key =
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
        Value {
            kind: *random.one_of(&KINDS),
            necessity: *random.one_of(&[
                Necessity::Required,
                Necessity::Required,
                Necessity::Optional,
                Necessity::Defaulted,
            ]),
            given,
            json_key: says_key.then(|| key(random, words)),
            version,
            variable,
            env_only,
        }
    }

    /// A given secret, often one that another field has too, by its name or its ARN.
    fn given(&self, random: &mut Random) -> Given {
        let known = self.fields.iter().find_map(|field| match &field.holds {
            Holds::Value(Value {
                given: Some(given), ..
            }) if given.json_key.is_none() => Some(given.clone()),
            _ => None,
        });
        match known {
            Some(known) if random.in_a_hundred(60) && known.region == HOME => {
                if random.in_a_hundred(50) {
                    known
                } else {
                    Given::written_as(known.name, random.below(4), true)
                }
            }
            _ => Given::random(random, true),
        }
    }

    /// How a field's name becomes the name of its secret.
    pub(crate) fn secret_spelling(&self) -> &'static str {
        self.rename_all.unwrap_or("SCREAMING_SNAKE_CASE")
    }

    /// How a field's name becomes a JSON key.
    pub(crate) fn key_spelling(&self) -> &'static str {
        self.rename_all.unwrap_or("snake_case")
    }
}

/// A key of its own, or a pointer to one.
fn key(random: &mut Random, words: &[&'static str]) -> (String, Words) {
    let mut said = words.to_vec();
    said.push("value");
    if random.in_a_hundred(25) {
        (
            format!("/within/{}", said.join("_")),
            [&["within"], &said[..]].concat(),
        )
    } else {
        let spelling = *random.one_of(&SPELLINGS);
        (spelt(&said, spelling), said)
    }
}

const HOME: &str = "us-east-1";
const ELSEWHERE: &str = "eu-west-1";

impl Given {
    fn random(random: &mut Random, may_name_key: bool) -> Self {
        let words = *random.one_of(&SECRETS);
        Self::written_as(words.join("/"), random.below(7), may_name_key)
    }

    /// In one of the ways in which a secret can be referred to.
    fn written_as(name: String, way: usize, may_name_key: bool) -> Self {
        let words: Words = SECRETS
            .iter()
            .find(|words| words.join("/") == name)
            .map(|words| words.to_vec())
            .unwrap_or_default();
        let by_arn = |region, name: &str, is_whole| {
            let id = naming::arn(region, name, is_whole);
            (id.clone(), id, region)
        };
        let elsewhere = format!("elsewhere/{}", words.join("-"));
        let (written, id, region) = match way {
            1 => by_arn(HOME, &name, true),
            2 => by_arn(HOME, &name, false),
            3 => {
                let id = naming::arn(HOME, &name, true);
                (format!("{{{}_ARN}}", naming::variable(&words)), id, HOME)
            }
            4 => by_arn(ELSEWHERE, &elsewhere, true),
            5 if may_name_key => {
                let id = naming::arn(HOME, &name, true);
                (format!("{id}:login::"), id, HOME)
            }
            6 if may_name_key => {
                let written = format!("{{{{resolve:secretsmanager:{name}:SecretString:login}}}}");
                (written, name.clone(), HOME)
            }
            _ => (name.clone(), name.clone(), HOME),
        };
        let is_arn = id.starts_with("arn:");
        Self {
            json_key: written.contains("login").then(|| vec!["login"]),
            written,
            id,
            region,
            name: if region == HOME { name } else { elsewhere },
            words: (!is_arn).then_some(words),
        }
    }
}
