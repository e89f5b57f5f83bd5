//! What the sources have, and what goes wrong with them.

use std::collections::BTreeMap;

use from_secrets::{Cause, Environment, Loader, Memory, Source};
use from_secrets_tests::Random;

use crate::content::{Content, Json, odd, right};
use crate::structs::{Leaf, PARAMETERS, Struct, Wanted, leaves};

/// Everything that a load meets. `Debug` shows no value.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) chain: Vec<Place>,
    pub(crate) fall_back_on: Vec<Cause>,
    pub(crate) secrets: BTreeMap<&'static str, Held>,
    pub(crate) trouble: Trouble,
    pub(crate) variables: BTreeMap<&'static str, Content>,
    pub(crate) memory: BTreeMap<&'static str, Kept>,
    pub(crate) memory_is_configured: bool,
    /// Milliseconds.
    pub(crate) latency: u64,
}

/// A source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Aws,
    Environment,
    Memory,
}

/// What Secrets Manager says of a secret. One that it does not have is not there.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    NoValue,
    Deleted,
    Denied,
    Undecryptable,
    Internal,
    Throttled,
    Versions {
        region: &'static str,
        versions: Vec<(Wanted, Content)>,
        /// It can be read only by requests that name a stage, as batches cannot.
        only_by_stage: bool,
    },
}

/// What goes wrong with whole requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    BatchDenied,
    /// A batch fails as a whole over one entry.
    BatchFallsOver,
    /// Every request fails that often, and then no more.
    Flaky {
        times: usize,
        throttled: bool,
    },
    Down,
    Expired,
}

/// What the source in memory has of a secret.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    Content(Content),
    Failing(Cause),
}

const CAUSES: [Cause; 7] = [
    Cause::Denied,
    Cause::Credentials,
    Cause::Throttled,
    Cause::Internal,
    Cause::Undecryptable,
    Cause::ScheduledForDeletion,
    Cause::Malformed,
];

const CHAINS: [&[Place]; 7] = [
    &[Place::Aws, Place::Environment],
    &[Place::Environment, Place::Aws],
    &[Place::Aws],
    &[Place::Memory, Place::Aws, Place::Environment],
    &[Place::Aws, Place::Memory],
    &[Place::Environment, Place::Memory, Place::Aws],
    &[Place::Aws, Place::Environment, Place::Memory],
];

impl World {
    /// Some world for a struct: often nothing fails, and sometimes much does.
    pub(crate) fn random(random: &mut Random, declared: &Struct) -> Self {
        let leaves = leaves(declared.nodes);
        let oddity = *random.one_of(&[0, 0, 5, 20, 50]);
        let absence = *random.one_of(&[0, 10, 50]);
        let mut world = Self {
            chain: random.one_of(&CHAINS).to_vec(),
            fall_back_on: CAUSES
                .into_iter()
                .filter(|_| random.in_a_hundred(25))
                .collect(),
            secrets: BTreeMap::new(),
            trouble: if oddity == 0 {
                Trouble::None
            } else {
                trouble(random)
            },
            variables: BTreeMap::new(),
            memory: BTreeMap::new(),
            memory_is_configured: !random.in_a_hundred(10),
            latency: *random.one_of(&[0, 1, 30]),
        };
        for leaf in &leaves {
            world.fill(random, leaf, &leaves, oddity, absence);
        }
        world
    }

    fn fill(
        &mut self,
        random: &mut Random,
        leaf: &Leaf,
        leaves: &[&Leaf],
        oddity: usize,
        absence: usize,
    ) {
        if let Some(variable) = leaf.variable
            && !self.variables.contains_key(variable)
            && random.in_a_hundred(60)
        {
            let json = if random.in_a_hundred(oddity) {
                odd(random)
            } else {
                right(leaf.kind, random)
            };
            let newline = random.in_a_hundred(10) && json.bare() != "";
            self.variables
                .insert(variable, Content::of(json, newline, false));
        }
        let Some(secret) = &leaf.secret else {
            return;
        };
        if !self.secrets.contains_key(secret.name) && !random.in_a_hundred(absence) {
            let held = held(random, secret.name, secret.region, leaves, oddity);
            self.secrets.insert(secret.name, held);
        }
        let kept = self.memory.keys().any(|id| {
            leaves.iter().any(|leaf| {
                leaf.secret
                    .as_ref()
                    .is_some_and(|other| other.id == *id && other.name == secret.name)
            })
        });
        if !kept && random.in_a_hundred(50) {
            let content = content(random, secret.name, Wanted::Current, leaves, oddity);
            let kept = if random.in_a_hundred(oddity / 2) {
                Kept::Failing(*random.one_of(&CAUSES))
            } else {
                Kept::Content(content)
            };
            // The same under each of the secret's ids.
            let ids = leaves.iter().filter_map(|leaf| leaf.secret.as_ref());
            for other in ids.filter(|other| other.name == secret.name) {
                self.memory.insert(other.id, kept.clone());
            }
        }
    }

    /// What Secrets Manager has of a version.
    pub(crate) fn version(&self, name: &str, wanted: Wanted) -> Option<&Content> {
        match self.secrets.get(name)? {
            Held::Versions { versions, .. } => {
                let version = versions.iter().find(|(version, _)| *version == wanted);
                version.map(|(_, content)| content)
            }
            _ => None,
        }
    }

    /// A loader that meets this world, with Secrets Manager as that loader has it.
    pub(crate) fn loader(&self, aws: Loader) -> Loader {
        let sources = self.chain.iter().map(|place| match place {
            Place::Aws => Source::aws(),
            Place::Environment => Source::environment(),
            Place::Memory => self.memory().into(),
        });
        // A parameter is said in code or in the environment.
        let (said, in_environment) = PARAMETERS.split_at(PARAMETERS.len() / 2);
        let loader = said
            .iter()
            .fold(aws, |loader, (name, value)| loader.parameter(*name, *value));
        let variables = self
            .variables
            .iter()
            .filter_map(|(name, content)| Some(((*name).to_owned(), content.text()?)));
        let parameters = in_environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        loader
            .sources(sources)
            .fall_back_on(self.fall_back_on.iter().copied())
            .environment(Environment::from_vars(variables.chain(parameters)))
    }

    fn memory(&self) -> Memory {
        let memory = self
            .memory
            .iter()
            .fold(Memory::new(), |memory, (id, kept)| match kept {
                Kept::Failing(cause) => memory.failing(id, *cause),
                Kept::Content(Content::Bytes(bytes)) => memory.binary(id, bytes),
                Kept::Content(content) => {
                    let text = content.text().unwrap_or_default();
                    match content {
                        Content::Text { as_bytes: true, .. } => memory.binary(id, text.as_bytes()),
                        _ => memory.secret(id, &text),
                    }
                }
            });
        if self.memory_is_configured {
            memory
        } else {
            memory.unconfigured()
        }
    }
}

fn trouble(random: &mut Random) -> Trouble {
    match random.below(12) {
        0 | 1 => Trouble::BatchDenied,
        2 => Trouble::BatchFallsOver,
        3 | 4 => Trouble::Flaky {
            times: 1 + random.below(2),
            throttled: random.in_a_hundred(50),
        },
        5 => Trouble::Down,
        6 => Trouble::Expired,
        _ => Trouble::None,
    }
}

fn held(
    random: &mut Random,
    name: &str,
    region: &'static str,
    leaves: &[&Leaf],
    oddity: usize,
) -> Held {
    if random.in_a_hundred(oddity / 2) {
        return random
            .one_of(&[
                Held::NoValue,
                Held::Deleted,
                Held::Denied,
                Held::Undecryptable,
                Held::Internal,
                Held::Throttled,
            ])
            .clone();
    }
    let mut wanted: Vec<Wanted> = vec![Wanted::Current];
    wanted.extend(
        of_name(leaves, name)
            .filter_map(|leaf| leaf.secret.as_ref())
            .map(|secret| secret.version),
    );
    wanted.sort();
    wanted.dedup();
    wanted.retain(|version| *version == Wanted::Current || !random.in_a_hundred(20));
    let versions = wanted
        .into_iter()
        .map(|version| (version, content(random, name, version, leaves, oddity)));
    Held::Versions {
        region,
        versions: versions.collect(),
        only_by_stage: random.in_a_hundred(oddity / 5),
    }
}

fn of_name<'a>(leaves: &'a [&'a Leaf], name: &'a str) -> impl Iterator<Item = &'a Leaf> {
    let is_of = move |leaf: &&Leaf| {
        leaf.secret
            .as_ref()
            .is_some_and(|secret| secret.name == name)
    };
    leaves.iter().copied().filter(is_of)
}

/// What a version of a secret holds, for all fields that take it.
fn content(
    random: &mut Random,
    name: &str,
    wanted: Wanted,
    leaves: &[&Leaf],
    oddity: usize,
) -> Content {
    let takers: Vec<&Leaf> = of_name(leaves, name)
        .filter(|leaf| {
            leaf.secret
                .as_ref()
                .is_some_and(|secret| secret.version == wanted)
        })
        .collect();
    let takers = if takers.is_empty() {
        of_name(leaves, name).collect()
    } else {
        takers
    };
    let keys: Vec<(&str, &Leaf)> = takers
        .iter()
        .filter_map(|leaf| Some((leaf.secret.as_ref()?.json_key?, *leaf)))
        .collect();
    let (newline, as_bytes) = (random.in_a_hundred(10), random.in_a_hundred(10));
    let json = match &keys[..] {
        // What is no object where keys are asked for.
        [_, ..] if !random.in_a_hundred(oddity / 3) => object(random, &keys, oddity),
        _ if random.in_a_hundred(oddity / 4) => return Content::Bytes(vec![0, 159, 146]),
        _ if random.in_a_hundred(oddity) => odd(random),
        _ => match takers.first() {
            Some(leaf) => right(leaf.kind, random),
            None => odd(random),
        },
    };
    // Secrets Manager stores no empty bytes, which are an empty list of anything.
    let as_bytes = as_bytes && !json.bare().is_empty();
    Content::of(json, newline, as_bytes)
}

/// An object with the keys that are asked for, some of them missing, null, odd or there twice.
fn object(random: &mut Random, keys: &[(&str, &Leaf)], oddity: usize) -> Json {
    let (mut entries, mut within) = (vec![("other".to_owned(), Json::Flag(true))], Vec::new());
    let mut done = Vec::new();
    for (key, leaf) in keys {
        if done.contains(key) {
            continue;
        }
        done.push(key);
        let (entries, key) = match key.strip_prefix("/within/") {
            Some(key) => (&mut within, key.to_owned()),
            None => (&mut entries, (*key).to_owned()),
        };
        let is_odd = random.in_a_hundred(oddity);
        match random.below(5) {
            0 if is_odd => {}
            1 if is_odd => entries.push((key, Json::Null)),
            2 if is_odd => {
                entries.push((key.clone(), right(leaf.kind, random)));
                entries.push((key, right(leaf.kind, random)));
            }
            _ if is_odd => entries.push((key, odd(random))),
            _ => entries.push((key, right(leaf.kind, random))),
        }
    }
    if !within.is_empty() {
        entries.push(("within".to_owned(), Json::Object(within)));
    }
    random.shuffle(&mut entries);
    Json::Object(entries)
}
