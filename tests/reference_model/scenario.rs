//! The contents of sources, and their faults.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use from_secrets::Loader;
use from_secrets::source::{Dotenv, Env, Files, Memory, SecretsManager, Source, SourceErrorKind};
use from_secrets_tests::Random;

use crate::content::{Content, Json, odd, right};
use crate::disk::{Disk, Form, Mounted, foldered};
use crate::structs::{Kind, Leaf, PARAMETERS, Secret, Struct, Wanted, leaves};

/// The environment of a load. `Debug` output does not contain values.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) chain: Vec<Place>,
    pub(crate) fall_back_on: Vec<SourceErrorKind>,
    pub(crate) secrets: BTreeMap<&'static str, Stored>,
    pub(crate) trouble: Trouble,
    pub(crate) variables: BTreeMap<&'static str, Content>,
    pub(crate) memory: BTreeMap<&'static str, Kept>,
    pub(crate) memory_is_configured: bool,
    /// The lines of the `.env` file. `None` if the file does not exist, although the chain contains its source.
    pub(crate) lines: Option<BTreeMap<&'static str, Content>>,
    /// The directory of secrets. `None` if it does not exist.
    pub(crate) files: Option<BTreeMap<&'static str, Mounted>>,
    pub(crate) placeholders: BTreeMap<&'static str, Origin>,
    /// Milliseconds.
    pub(crate) latency: u64,
}

/// A source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Aws,
    Env,
    Memory,
    Dotenv,
    Files,
}

impl Place {
    /// Returns whether the source is keyed by environment variables.
    pub(crate) fn has_variables(self) -> bool {
        matches!(self, Self::Env | Self::Dotenv)
    }
}

/// The origin of a placeholder's value. Places of lower precedence have a wrong value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Code,
    Env,
    Dotenv,
    Unset,
}

impl Origin {
    const ALL: [Self; 4] = [Self::Code, Self::Env, Self::Dotenv, Self::Unset];

    /// Returns the value of a placeholder in this place.
    pub(crate) fn value_in(self, place: Self, value: &'static str) -> Option<&'static str> {
        let order = |origin| Self::ALL.iter().position(|known| *known == origin);
        match order(place).cmp(&order(self)) {
            Ordering::Less => None,
            Ordering::Equal => Some(value),
            Ordering::Greater => Some("wrong"),
        }
    }
}

/// A secret of Secrets Manager, or its error.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    NoValue,
    Deleted,
    Denied,
    Undecryptable,
    Internal,
    Throttled,
    Versions {
        region: &'static str,
        versions: Vec<(Wanted, Content)>,
        /// Only requests that specify a stage can read the secret, which batches cannot do.
        only_by_stage: bool,
    },
}

/// The faults of whole requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    BatchDenied,
    /// A batch fails as a whole because of one entry.
    BatchFallsOver,
    /// Every request fails this many times, and then succeeds.
    Flaky {
        times: usize,
        throttled: bool,
    },
    Down,
    Expired,
}

/// A secret of the in-memory source, or its error.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    Content(Content),
    Failing(SourceErrorKind),
}

const CAUSES: [SourceErrorKind; 9] = [
    SourceErrorKind::Denied,
    SourceErrorKind::Credentials,
    SourceErrorKind::Throttled,
    SourceErrorKind::Internal,
    SourceErrorKind::Undecryptable,
    SourceErrorKind::ScheduledForDeletion,
    SourceErrorKind::Malformed,
    SourceErrorKind::Invalid,
    SourceErrorKind::Unreachable,
];

const CHAINS: [&[Place]; 13] = [
    &[Place::Aws, Place::Env],
    &[Place::Env, Place::Aws],
    &[Place::Aws],
    &[Place::Memory, Place::Aws, Place::Env],
    &[Place::Aws, Place::Memory],
    &[Place::Env, Place::Memory, Place::Aws],
    &[Place::Aws, Place::Env, Place::Memory],
    &[Place::Dotenv, Place::Aws],
    &[Place::Env, Place::Dotenv, Place::Aws],
    &[Place::Aws, Place::Dotenv, Place::Env],
    &[Place::Files, Place::Env],
    &[Place::Files, Place::Aws, Place::Dotenv],
    &[Place::Memory, Place::Env, Place::Files, Place::Aws],
];

impl Scenario {
    /// Returns a random scenario for a struct: often without faults, sometimes with many.
    pub(crate) fn random(random: &mut Random, declared: &Struct) -> Self {
        let leaves = leaves(declared.nodes);
        let oddity = *random.one_of(&[0, 0, 5, 20, 50]);
        let absence = *random.one_of(&[0, 10, 50]);
        let mut scenario = Self {
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
            lines: (!random.in_a_hundred(10)).then(BTreeMap::new),
            files: (!random.in_a_hundred(10)).then(BTreeMap::new),
            placeholders: placeholders(random),
            latency: *random.one_of(&[0, 1, 30]),
        };
        for leaf in &leaves {
            scenario.fill(random, leaf, &leaves, oddity, absence);
        }
        scenario
    }

    fn fill(
        &mut self,
        random: &mut Random,
        leaf: &Leaf,
        leaves: &[&Leaf],
        oddity: usize,
        absence: usize,
    ) {
        for variable in leaf.variables() {
            for variables in [Some(&mut self.variables), self.lines.as_mut()] {
                if let Some(variables) = variables
                    && !variables.contains_key(variable)
                    && random.in_a_hundred(60)
                {
                    variables.insert(variable, in_variable(random, leaf.kind, oddity));
                }
            }
        }
        for secret in leaf.secrets() {
            self.fill_secret(random, secret, leaves, oddity, absence);
        }
    }

    fn fill_secret(
        &mut self,
        random: &mut Random,
        secret: &Secret,
        leaves: &[&Leaf],
        oddity: usize,
        absence: usize,
    ) {
        if !self.secrets.contains_key(secret.name) && !random.in_a_hundred(absence) {
            let stored = stored(random, secret.name, secret.region, leaves, oddity);
            self.secrets.insert(secret.name, stored);
        }
        if let Some(files) = &mut self.files
            && !files.contains_key(secret.name)
            && random.in_a_hundred(50)
        {
            files.insert(secret.name, mounted(random, secret.name, leaves, oddity));
        }
        let mut ids = of_name(leaves, secret.name).map(|(_, other)| other.id);
        let kept = ids.any(|id| self.memory.contains_key(id));
        if !kept && random.in_a_hundred(50) {
            let content = content(random, secret.name, Wanted::Current, leaves, oddity);
            let kept = if random.in_a_hundred(oddity / 2) {
                Kept::Failing(*random.one_of(&CAUSES))
            } else {
                Kept::Content(content)
            };
            // The same for each ID of the secret.
            for (_, other) in of_name(leaves, secret.name) {
                self.memory.insert(other.id, kept.clone());
            }
        }
    }

    /// The content of a version in Secrets Manager.
    pub(crate) fn version(&self, name: &str, wanted: Wanted) -> Option<&Content> {
        match self.secrets.get(name)? {
            Stored::Versions { versions, .. } => {
                let version = versions.iter().find(|(version, _)| *version == wanted);
                version.map(|(_, content)| content)
            }
            _ => None,
        }
    }

    /// Returns a loader for this scenario, with the Secrets Manager of the given loader and the files of the disk.
    pub(crate) fn loader(&self, aws: Loader, disk: Option<&Disk>) -> Loader {
        let sources = self.chain.iter().map(|place| match (place, disk) {
            (Place::Aws, _) => Source::from(SecretsManager::new()),
            (Place::Env, _) => Env::new().into(),
            (Place::Memory, _) => self.memory().into(),
            (Place::Dotenv, Some(disk)) => Dotenv::new().path(disk.dotenv()).into(),
            (Place::Files, Some(disk)) => Files::new().directory(disk.files()).into(),
            (Place::Dotenv | Place::Files, None) => unreachable!("such a chain has a disk"),
        });
        let in_code = self.placeholders_in(Origin::Code);
        let loader = in_code.fold(aws, |loader, (name, value)| loader.placeholder(name, value));
        let variables = self
            .variables
            .iter()
            .filter_map(|(name, content)| Some(((*name).to_owned(), content.text()?)));
        let placeholders = self.placeholders_in(Origin::Env);
        let placeholders = placeholders.map(|(name, value)| (name.to_owned(), value.to_owned()));
        loader
            .sources(sources)
            .fall_back_on(self.fall_back_on.iter().copied())
            .env(Env::from_vars(variables.chain(placeholders)))
    }

    /// Returns the placeholders with a value in a place.
    pub(crate) fn placeholders_in(
        &self,
        place: Origin,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        PARAMETERS.iter().filter_map(move |(name, value)| {
            let origin = self.placeholders.get(name)?;
            Some((*name, origin.value_in(place, value)?))
        })
    }

    /// Returns whether the name of a secret contains a placeholder without a value.
    pub(crate) fn is_unfilled(&self, secret: &Secret) -> bool {
        let has_file = self.lines.is_some() && self.chain.contains(&Place::Dotenv);
        match secret.placeholder.map(|name| self.placeholders[name]) {
            None | Some(Origin::Code | Origin::Env) => false,
            Some(Origin::Dotenv) => !has_file,
            Some(Origin::Unset) => true,
        }
    }

    fn memory(&self) -> Memory {
        let memory = self
            .memory
            .iter()
            .fold(Memory::new(), |memory, (id, kept)| match kept {
                Kept::Failing(cause) => memory.with_error(id, *cause),
                Kept::Content(Content::Bytes(bytes)) => memory.with_binary(id, bytes),
                Kept::Content(content) => {
                    let text = content.text().unwrap_or_default();
                    match content {
                        Content::Text { as_bytes: true, .. } => {
                            memory.with_binary(id, text.as_bytes())
                        }
                        _ => memory.with_secret(id, &text),
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

/// Often, all placeholders have a value.
fn placeholders(random: &mut Random) -> BTreeMap<&'static str, Origin> {
    let known: &[Origin] = match random.below(4) {
        0 => &Origin::ALL,
        1 => &Origin::ALL[..3],
        _ => &Origin::ALL[..2],
    };
    let names = PARAMETERS.iter().map(|(name, _)| *name);
    names.map(|name| (name, *random.one_of(known))).collect()
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

fn in_variable(random: &mut Random, kind: Kind, oddity: usize) -> Content {
    let json = if random.in_a_hundred(oddity) {
        odd(random)
    } else {
        right(kind, random)
    };
    let newline = random.in_a_hundred(10) && json.bare() != "";
    Content::of(json, newline, false)
}

/// A file, or a directory if every field has a key.
fn mounted(random: &mut Random, name: &str, leaves: &[&Leaf], oddity: usize) -> Mounted {
    let content = content(random, name, Wanted::Current, leaves, oddity);
    match content {
        Content::Text {
            json: json @ Json::Object(_),
            ..
        } if of_name(leaves, name).all(|(_, secret)| secret.json_key.is_some())
            && random.in_a_hundred(40) =>
        {
            Mounted {
                form: Form::Folder,
                content: Content::of(foldered(json), false, false),
            }
        }
        content => Mounted {
            form: *random.one_of(&[Form::Flat, Form::Nested]),
            content,
        },
    }
}

fn stored(
    random: &mut Random,
    name: &str,
    region: &'static str,
    leaves: &[&Leaf],
    oddity: usize,
) -> Stored {
    if random.in_a_hundred(oddity / 2) {
        return random
            .one_of(&[
                Stored::NoValue,
                Stored::Deleted,
                Stored::Denied,
                Stored::Undecryptable,
                Stored::Internal,
                Stored::Throttled,
            ])
            .clone();
    }
    let mut wanted: Vec<Wanted> = vec![Wanted::Current];
    wanted.extend(of_name(leaves, name).map(|(_, secret)| secret.version));
    wanted.sort();
    wanted.dedup();
    wanted.retain(|version| *version == Wanted::Current || !random.in_a_hundred(20));
    let versions = wanted
        .into_iter()
        .map(|version| (version, content(random, name, version, leaves, oddity)));
    Stored::Versions {
        region,
        versions: versions.collect(),
        only_by_stage: random.in_a_hundred(oddity / 5),
    }
}

/// Returns the fields that read a secret, with their places in it.
fn of_name<'a>(
    leaves: &'a [&'a Leaf],
    name: &'a str,
) -> impl Iterator<Item = (&'a Leaf, &'a Secret)> {
    let places = leaves
        .iter()
        .flat_map(|leaf| leaf.secrets().map(|secret| (*leaf, secret)));
    places.filter(move |(_, secret)| secret.name == name)
}

/// Returns the content of a version, for all fields of the secret.
fn content(
    random: &mut Random,
    name: &str,
    wanted: Wanted,
    leaves: &[&Leaf],
    oddity: usize,
) -> Content {
    let all = || of_name(leaves, name);
    let takers: Vec<_> = all()
        .filter(|(_, secret)| secret.version == wanted)
        .collect();
    let takers = if takers.is_empty() {
        all().collect()
    } else {
        takers
    };
    let keys: Vec<(&str, &Leaf)> = takers
        .iter()
        .filter_map(|(leaf, secret)| Some((secret.json_key?, *leaf)))
        .collect();
    let (newline, as_bytes) = (random.in_a_hundred(10), random.in_a_hundred(10));
    let json = match &keys[..] {
        // Content that is not an object, although fields have keys.
        [_, ..] if !random.in_a_hundred(oddity / 3) => object(random, &keys, oddity),
        _ if random.in_a_hundred(oddity / 4) => return Content::Bytes(vec![0, 159, 146]),
        _ if random.in_a_hundred(oddity) => odd(random),
        _ => match takers.first() {
            Some((leaf, _)) => right(leaf.kind, random),
            None => odd(random),
        },
    };
    // Secrets Manager does not store empty bytes, which decode as an empty list of any type.
    let as_bytes = as_bytes && !json.bare().is_empty();
    Content::of(json, newline, as_bytes)
}

/// Returns an object with the requested keys, some of them missing, null, invalid or duplicate.
fn object(random: &mut Random, keys: &[(&str, &Leaf)], oddity: usize) -> Json {
    let (mut entries, mut within) = (Vec::new(), Vec::new());
    if random.in_a_hundred(30) {
        let unknown = *random.one_of(&["other", "former", "key_value2"]);
        entries.push((unknown.to_owned(), Json::Flag(true)));
    }
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
