//! The reference, which queries each source for each field.

use std::collections::{BTreeMap, BTreeSet};

use from_secrets::source::SourceErrorKind;

use crate::content::Content;
use crate::decode::{Taken, taken};
use crate::scenario::{Kept, Place, Scenario, Stored, Trouble};
use crate::structs::{Leaf, Necessity, Node, Struct, Wanted};

/// The expected result of a load.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// The verdict of each leaf.
    pub(crate) outcomes: Vec<(String, String)>,
    /// The values of the struct, if no leaf failed.
    pub(crate) reported: Vec<Option<String>>,
    pub(crate) failed: bool,
    pub(crate) requested: Requested,
}

/// The requests to Secrets Manager.
#[derive(Debug, Default)]
pub(crate) struct Requested {
    /// Region, ID, version, and the number of values that the field rejected before.
    pub(crate) secrets: BTreeSet<(&'static str, &'static str, Wanted, usize)>,
    /// Whether a request had a result other than a value or a missing secret.
    pub(crate) something_failed: bool,
}

/// The result of one leaf.
enum Verdict {
    Open,
    Found(&'static str, String),
    Failed(SourceErrorKind),
}

enum FetchResult<'a> {
    Found(&'a Content),
    Missing,
    Failed(SourceErrorKind),
}

pub(crate) fn expected(declared: &Struct, scenario: &Scenario) -> Expected {
    let mut expected = Expected::default();
    let verdicts = Verdicts::of(declared.nodes, scenario, &mut expected.requested);
    verdicts.report_to(declared.nodes, false, &mut expected);
    expected
}

/// The verdicts of a struct's leaves, including those of nested structs.
struct Verdicts(Vec<Judged>);

enum Judged {
    Leaf(Verdict),
    Group(Verdicts),
}

impl Verdicts {
    fn of(nodes: &'static [Node], scenario: &Scenario, requested: &mut Requested) -> Self {
        let judged = nodes.iter().map(|node| match node {
            Node::Leaf(leaf) => Judged::Leaf(verdict(leaf, scenario, requested)),
            Node::Group { within, .. } => Judged::Group(Self::of(within, scenario, requested)),
        });
        Self(judged.collect())
    }

    fn are_open(&self) -> bool {
        self.0.iter().all(|judged| match judged {
            Judged::Leaf(verdict) => matches!(verdict, Verdict::Open),
            Judged::Group(verdicts) => verdicts.are_open(),
        })
    }

    /// Reports the verdicts. `is_absent`: the optional struct is `None`, because none of its leaves was found.
    fn report_to(&self, nodes: &'static [Node], is_absent: bool, expected: &mut Expected) {
        for (node, judged) in nodes.iter().zip(&self.0) {
            match (node, judged) {
                (Node::Leaf(leaf), Judged::Leaf(verdict)) => {
                    let (outcome, reported) = if is_absent {
                        ("absent".to_owned(), None)
                    } else {
                        outcome(leaf, verdict, &mut expected.failed)
                    };
                    expected.outcomes.push((leaf.path.to_owned(), outcome));
                    expected.reported.push(reported);
                }
                (
                    Node::Group {
                        optional, within, ..
                    },
                    Judged::Group(verdicts),
                ) => {
                    let is_absent = is_absent || *optional && verdicts.are_open();
                    expected
                        .reported
                        .push((!is_absent).then(|| "there".to_owned()));
                    verdicts.report_to(within, is_absent, expected);
                }
                _ => unreachable!("verdicts are as their nodes"),
            }
        }
    }
}

fn outcome(leaf: &Leaf, verdict: &Verdict, failed: &mut bool) -> (String, Option<String>) {
    match (verdict, &leaf.necessity) {
        (Verdict::Found(source, reported), _) => ((*source).to_owned(), Some(reported.clone())),
        (Verdict::Failed(cause), _) => {
            *failed = true;
            (format!("failed: {cause}"), None)
        }
        (Verdict::Open, Necessity::Defaulted(reported)) => {
            ("default".to_owned(), Some((*reported).to_owned()))
        }
        (Verdict::Open, Necessity::Optional) => ("absent".to_owned(), None),
        (Verdict::Open, Necessity::Required) => {
            *failed = true;
            ("missing".to_owned(), None)
        }
    }
}

fn verdict(leaf: &Leaf, scenario: &Scenario, requested: &mut Requested) -> Verdict {
    let is_secret = leaf.secret.is_some();
    let chain = if is_secret {
        behind_environment(&scenario.chain)
    } else {
        settings(&scenario.chain)
    };
    let mut refused = 0;
    for (i, place) in chain.iter().enumerate() {
        let could_provide = |place: &Place| !place.has_variables() || leaf.variable.is_some();
        if !could_provide(place) {
            continue;
        }
        let leads_on = |cause: SourceErrorKind| {
            let later = &chain[i + 1..];
            is_secret && scenario.fall_back_on.contains(&cause) && later.iter().any(could_provide)
        };
        let cause = match requested_ids(leaf, *place, scenario, refused, requested) {
            FetchResult::Missing => continue,
            FetchResult::Failed(cause) => cause,
            FetchResult::Found(content) => {
                let in_variable = place.has_variables();
                let key = leaf
                    .secret
                    .as_ref()
                    .and_then(|secret| secret.json_key)
                    .filter(|_| !in_variable);
                match taken(content, key, leaf.kind, in_variable) {
                    Taken::Reported(reported) => return Verdict::Found(name(*place), reported),
                    Taken::Missing => continue,
                    Taken::Unreadable => SourceErrorKind::Malformed,
                    Taken::Refused => {
                        refused += 1;
                        SourceErrorKind::Malformed
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

/// A `.env` file never overrides the environment, which is always queried before it.
fn behind_environment(chain: &[Place]) -> Vec<Place> {
    let mut requested = Vec::new();
    for place in chain {
        if *place == Place::Dotenv && !requested.contains(&Place::Env) {
            requested.push(Place::Env);
        }
        if !requested.contains(place) {
            requested.push(*place);
        }
    }
    requested
}

/// Returns the sources of fields that are not secrets.
fn settings(chain: &[Place]) -> Vec<Place> {
    let files = chain.iter().filter(|place| **place == Place::Dotenv);
    std::iter::once(&Place::Env).chain(files).copied().collect()
}

fn name(place: Place) -> &'static str {
    match place {
        Place::Aws => "aws",
        Place::Env => "env",
        Place::Memory => "memory",
        Place::Dotenv => "dotenv",
        Place::Files => "files",
    }
}

fn requested_ids<'a>(
    leaf: &Leaf,
    place: Place,
    scenario: &'a Scenario,
    refused: usize,
    requested: &mut Requested,
) -> FetchResult<'a> {
    match (place, &leaf.secret) {
        (Place::Env, _) => variable(leaf, &scenario.variables),
        (Place::Dotenv, _) => match &scenario.lines {
            Some(lines) => variable(leaf, lines),
            None => FetchResult::Failed(SourceErrorKind::Unreachable),
        },
        (Place::Files, Some(secret)) => match &scenario.files {
            None => FetchResult::Failed(SourceErrorKind::Unreachable),
            Some(_) if secret.version != Wanted::Current => FetchResult::Missing,
            Some(files) => match files.get(secret.name) {
                Some(mounted) if !mounted.is_empty() => FetchResult::Found(&mounted.content),
                _ => FetchResult::Missing,
            },
        },
        (Place::Memory, Some(secret)) if scenario.memory_is_configured => {
            match scenario.memory.get(secret.id) {
                Some(Kept::Failing(cause)) => FetchResult::Failed(*cause),
                Some(Kept::Content(content)) if secret.version == Wanted::Current => {
                    FetchResult::Found(content)
                }
                _ => FetchResult::Missing,
            }
        }
        (Place::Aws, Some(secret)) => {
            requested
                .secrets
                .insert((secret.region, secret.id, secret.version, refused));
            let response = aws(scenario, secret.name, secret.version);
            requested.something_failed |= matches!(response, FetchResult::Failed(_));
            response
        }
        _ => FetchResult::Missing,
    }
}

/// An empty variable counts as unset.
fn variable<'a>(leaf: &Leaf, variables: &'a BTreeMap<&str, Content>) -> FetchResult<'a> {
    let variable = leaf.variable.and_then(|name| variables.get(name));
    match variable {
        Some(content) if content.text().is_some_and(|text| !text.is_empty()) => {
            FetchResult::Found(content)
        }
        _ => FetchResult::Missing,
    }
}

fn aws<'a>(scenario: &'a Scenario, name: &str, version: Wanted) -> FetchResult<'a> {
    match scenario.trouble {
        Trouble::Down => return FetchResult::Failed(SourceErrorKind::Internal),
        Trouble::Expired => return FetchResult::Failed(SourceErrorKind::Credentials),
        _ => {}
    }
    match scenario.secrets.get(name) {
        None | Some(Stored::NoValue) => FetchResult::Missing,
        Some(Stored::Deleted) => FetchResult::Failed(SourceErrorKind::ScheduledForDeletion),
        Some(Stored::Denied) => FetchResult::Failed(SourceErrorKind::Denied),
        Some(Stored::Undecryptable) => FetchResult::Failed(SourceErrorKind::Undecryptable),
        Some(Stored::Internal) => FetchResult::Failed(SourceErrorKind::Internal),
        Some(Stored::Throttled) => FetchResult::Failed(SourceErrorKind::Throttled),
        Some(Stored::Versions {
            only_by_stage: true,
            ..
        }) if matches!(version, Wanted::Id(_)) => FetchResult::Failed(SourceErrorKind::Denied),
        Some(Stored::Versions { .. }) => scenario
            .version(name, version)
            .map_or(FetchResult::Missing, FetchResult::Found),
    }
}
