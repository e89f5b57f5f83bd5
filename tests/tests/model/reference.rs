//! The reference: from field to field, from source to source.

use std::collections::{BTreeMap, BTreeSet};

use from_secrets::Cause;

use crate::content::Content;
use crate::decode::{Taken, taken};
use crate::structs::{Leaf, Necessity, Node, Struct, Wanted};
use crate::world::{Held, Kept, Place, Trouble, World};

/// What a load must come to.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// What came of each leaf.
    pub(crate) outcomes: Vec<(String, String)>,
    /// What the struct tells, where no leaf failed.
    pub(crate) told: Vec<Option<String>>,
    pub(crate) failed: bool,
    pub(crate) asked: Asked,
}

/// What Secrets Manager is asked for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Region, id, version, and how many values the field had refused before.
    pub(crate) secrets: BTreeSet<(&'static str, &'static str, Wanted, usize)>,
    /// Whether every answer was a value, or that there is none.
    pub(crate) something_failed: bool,
}

/// What came of one leaf.
enum Verdict {
    Open,
    Found(&'static str, String),
    Failed(Cause),
}

enum Answer<'a> {
    Found(&'a Content),
    Missing,
    Failed(Cause),
}

pub(crate) fn expected(declared: &Struct, world: &World) -> Expected {
    let mut expected = Expected::default();
    let verdicts = Verdicts::of(declared.nodes, world, &mut expected.asked);
    verdicts.tell(declared.nodes, false, &mut expected);
    expected
}

/// The verdicts of a struct's leaves, and of those within.
struct Verdicts(Vec<Judged>);

enum Judged {
    Leaf(Verdict),
    Group(Verdicts),
}

impl Verdicts {
    fn of(nodes: &'static [Node], world: &World, asked: &mut Asked) -> Self {
        let judged = nodes.iter().map(|node| match node {
            Node::Leaf(leaf) => Judged::Leaf(verdict(leaf, world, asked)),
            Node::Group { within, .. } => Judged::Group(Self::of(within, world, asked)),
        });
        Self(judged.collect())
    }

    fn are_open(&self) -> bool {
        self.0.iter().all(|judged| match judged {
            Judged::Leaf(verdict) => matches!(verdict, Verdict::Open),
            Judged::Group(verdicts) => verdicts.are_open(),
        })
    }

    /// Nothing of an optional struct was found: then it is not there.
    fn tell(&self, nodes: &'static [Node], is_absent: bool, expected: &mut Expected) {
        for (node, judged) in nodes.iter().zip(&self.0) {
            match (node, judged) {
                (Node::Leaf(leaf), Judged::Leaf(verdict)) => {
                    let (outcome, told) = if is_absent {
                        ("absent".to_owned(), None)
                    } else {
                        outcome(leaf, verdict, &mut expected.failed)
                    };
                    expected.outcomes.push((leaf.path.to_owned(), outcome));
                    expected.told.push(told);
                }
                (
                    Node::Group {
                        optional, within, ..
                    },
                    Judged::Group(verdicts),
                ) => {
                    let is_absent = is_absent || *optional && verdicts.are_open();
                    expected.told.push((!is_absent).then(|| "there".to_owned()));
                    verdicts.tell(within, is_absent, expected);
                }
                _ => unreachable!("verdicts are as their nodes"),
            }
        }
    }
}

fn outcome(leaf: &Leaf, verdict: &Verdict, failed: &mut bool) -> (String, Option<String>) {
    match (verdict, &leaf.necessity) {
        (Verdict::Found(source, told), _) => ((*source).to_owned(), Some(told.clone())),
        (Verdict::Failed(cause), _) => {
            *failed = true;
            (format!("failed: {cause}"), None)
        }
        (Verdict::Open, Necessity::Defaulted(told)) => {
            ("default".to_owned(), Some((*told).to_owned()))
        }
        (Verdict::Open, Necessity::Optional) => ("absent".to_owned(), None),
        (Verdict::Open, Necessity::Required) => {
            *failed = true;
            ("missing".to_owned(), None)
        }
    }
}

fn verdict(leaf: &Leaf, world: &World, asked: &mut Asked) -> Verdict {
    let is_secret = leaf.secret.is_some();
    let chain = if is_secret {
        behind_environment(&world.chain)
    } else {
        settings(&world.chain)
    };
    let mut refused = 0;
    for (i, place) in chain.iter().enumerate() {
        let could_answer = |place: &Place| !place.has_variables() || leaf.variable.is_some();
        if !could_answer(place) {
            continue;
        }
        let leads_on = |cause: Cause| {
            let later = &chain[i + 1..];
            is_secret && world.fall_back_on.contains(&cause) && later.iter().any(could_answer)
        };
        let cause = match asked_for(leaf, *place, world, refused, asked) {
            Answer::Missing => continue,
            Answer::Failed(cause) => cause,
            Answer::Found(content) => {
                let in_variable = place.has_variables();
                let key = leaf
                    .secret
                    .as_ref()
                    .and_then(|secret| secret.json_key)
                    .filter(|_| !in_variable);
                match taken(content, key, leaf.kind, in_variable) {
                    Taken::Told(told) => return Verdict::Found(name(*place), told),
                    Taken::Missing => continue,
                    Taken::Unreadable => Cause::Malformed,
                    Taken::Refused => {
                        refused += 1;
                        Cause::Malformed
                    }
                }
            }
        };
        if !leads_on(cause) {
            return Verdict::Failed(cause);
        }
    }
    Verdict::Open
}

/// A `.env` file never overrides the environment, which is asked before it in any case.
fn behind_environment(chain: &[Place]) -> Vec<Place> {
    let mut asked = Vec::new();
    for place in chain {
        if *place == Place::Dotenv && !asked.contains(&Place::Environment) {
            asked.push(Place::Environment);
        }
        if !asked.contains(place) {
            asked.push(*place);
        }
    }
    asked
}

/// What answers the fields that are no secrets.
fn settings(chain: &[Place]) -> Vec<Place> {
    let files = chain.iter().filter(|place| **place == Place::Dotenv);
    std::iter::once(&Place::Environment)
        .chain(files)
        .copied()
        .collect()
}

fn name(place: Place) -> &'static str {
    match place {
        Place::Aws => "aws",
        Place::Environment => "env",
        Place::Memory => "memory",
        Place::Dotenv => "dotenv",
        Place::Files => "files",
    }
}

fn asked_for<'a>(
    leaf: &Leaf,
    place: Place,
    world: &'a World,
    refused: usize,
    asked: &mut Asked,
) -> Answer<'a> {
    match (place, &leaf.secret) {
        (Place::Environment, _) => variable(leaf, &world.variables),
        (Place::Dotenv, _) => match &world.lines {
            Some(lines) => variable(leaf, lines),
            None => Answer::Failed(Cause::Unreachable),
        },
        (Place::Files, Some(secret)) => match &world.files {
            None => Answer::Failed(Cause::Unreachable),
            Some(_) if secret.version != Wanted::Current => Answer::Missing,
            Some(files) => match files.get(secret.name) {
                Some(mounted) if !mounted.is_empty() => Answer::Found(&mounted.content),
                _ => Answer::Missing,
            },
        },
        (Place::Memory, Some(secret)) if world.memory_is_configured => {
            match world.memory.get(secret.id) {
                Some(Kept::Failing(cause)) => Answer::Failed(*cause),
                Some(Kept::Content(content)) if secret.version == Wanted::Current => {
                    Answer::Found(content)
                }
                _ => Answer::Missing,
            }
        }
        (Place::Aws, Some(secret)) => {
            asked
                .secrets
                .insert((secret.region, secret.id, secret.version, refused));
            let answer = aws(world, secret.name, secret.version);
            asked.something_failed |= matches!(answer, Answer::Failed(_));
            answer
        }
        _ => Answer::Missing,
    }
}

/// One that is empty counts as unset.
fn variable<'a>(leaf: &Leaf, variables: &'a BTreeMap<&str, Content>) -> Answer<'a> {
    let variable = leaf.variable.and_then(|name| variables.get(name));
    match variable {
        Some(content) if content.text().is_some_and(|text| !text.is_empty()) => {
            Answer::Found(content)
        }
        _ => Answer::Missing,
    }
}

fn aws<'a>(world: &'a World, name: &str, version: Wanted) -> Answer<'a> {
    match world.trouble {
        Trouble::Down => return Answer::Failed(Cause::Internal),
        Trouble::Expired => return Answer::Failed(Cause::Credentials),
        _ => {}
    }
    match world.secrets.get(name) {
        None | Some(Held::NoValue) => Answer::Missing,
        Some(Held::Deleted) => Answer::Failed(Cause::ScheduledForDeletion),
        Some(Held::Denied) => Answer::Failed(Cause::Denied),
        Some(Held::Undecryptable) => Answer::Failed(Cause::Undecryptable),
        Some(Held::Internal) => Answer::Failed(Cause::Internal),
        Some(Held::Throttled) => Answer::Failed(Cause::Throttled),
        Some(Held::Versions {
            only_by_stage: true,
            ..
        }) if matches!(version, Wanted::Id(_)) => Answer::Failed(Cause::Denied),
        Some(Held::Versions { .. }) => world
            .version(name, version)
            .map_or(Answer::Missing, Answer::Found),
    }
}
