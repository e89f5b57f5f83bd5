//! The reference, which queries each source for each field.

use std::collections::BTreeSet;

use from_secrets::source::SourceErrorKind;

use crate::content::Content;
use crate::decode::{Taken, taken};
use crate::scenario::{Kept, Place, Scenario, Stored, Trouble};
use crate::structs::{Leaf, Necessity, Node, Secret, Struct, Wanted};
use crate::unknown_keys;

/// The expected result of a load.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// The verdict of each leaf.
    pub(crate) outcomes: Vec<(String, String)>,
    /// The values of the struct, if no leaf failed.
    pub(crate) reported: Vec<Option<String>>,
    pub(crate) failed: bool,
    /// The paths of the structs whose secrets have unknown keys, sorted.
    pub(crate) rejected: Vec<&'static str>,
    pub(crate) requested: Requested,
    /// The names that a source needs first, if they contain placeholders without a value.
    pub(crate) unfilled: Option<UnfilledNames>,
}

/// Names that a source needs, with placeholders without a value.
#[derive(Debug)]
pub(crate) struct UnfilledNames {
    /// The number of values that the fields rejected before.
    pub(crate) refused: usize,
    /// The place of the source in the chain.
    place: usize,
    pub(crate) paths: Vec<&'static str>,
}

/// The requests to Secrets Manager.
#[derive(Debug, Default)]
pub(crate) struct Requested {
    /// Region, ID, version, and the number of values that the field rejected before.
    pub(crate) secrets: BTreeSet<(&'static str, &'static str, Wanted, usize)>,
    /// Whether a request had a result other than a value or a missing secret.
    pub(crate) something_failed: bool,
    /// The secrets of all sources.
    pub(crate) read: Vec<(Place, &'static Secret)>,
}

/// The result of one leaf.
enum Verdict {
    Open,
    Found(&'static str, String),
    Failed(SourceErrorKind),
    /// A source in this place needs the name. Before, the field rejected this number of values.
    Unfilled {
        refused: usize,
        place: usize,
    },
}

pub(crate) enum FetchResult<'a> {
    Found(&'a Content),
    Missing,
    Failed(SourceErrorKind),
}

pub(crate) fn expected(declared: &Struct, scenario: &Scenario) -> Expected {
    let mut expected = Expected::default();
    let verdicts = Verdicts::of(declared.nodes, scenario, &mut expected.requested);
    verdicts.report_to(declared.nodes, false, &mut expected);
    expected.rejected = unknown_keys::rejected(declared, scenario, &expected.requested.read);
    expected.failed |= !expected.rejected.is_empty();
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
                (Node::Leaf(leaf), Judged::Leaf(Verdict::Unfilled { refused, place })) => {
                    expected.need(leaf, *refused, *place);
                }
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

impl Expected {
    /// Adds a name that a source needs. The first source ends the load, with all names that it needs.
    fn need(&mut self, leaf: &'static Leaf, refused: usize, place: usize) {
        let needed = (refused, place);
        match &mut self.unfilled {
            Some(first) if (first.refused, first.place) < needed => {}
            Some(first) if (first.refused, first.place) == needed => first.paths.push(leaf.path),
            unfilled => {
                let paths = vec![leaf.path];
                *unfilled = Some(UnfilledNames {
                    refused,
                    place,
                    paths,
                });
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
        (Verdict::Unfilled { .. }, _) => unreachable!("the load has no outcomes"),
    }
}

fn verdict(leaf: &'static Leaf, scenario: &Scenario, requested: &mut Requested) -> Verdict {
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
        let has_later = is_secret && chain[i + 1..].iter().any(could_provide);
        let leads_on = |cause: SourceErrorKind, has_alias: bool| {
            scenario.fall_back_on.contains(&cause) && (has_alias || has_later)
        };
        let needs_name =
            !place.has_variables() && leaf.secrets().any(|secret| scenario.is_unfilled(secret));
        if needs_name && is_ready(*place, scenario) {
            return Verdict::Unfilled { refused, place: i };
        }
        let mut failed = None;
        let mut results = results(leaf, *place, scenario, refused, requested).into_iter();
        let mut secrets = leaf.secrets();
        while let Some((result, json_key)) = results.next() {
            let secret = secrets.next().filter(|_| !place.has_variables());
            let has_alias = results.len() > 0;
            let content = match result {
                FetchResult::Missing => continue,
                FetchResult::Failed(cause) if leads_on(cause, has_alias) => {
                    failed = Some(cause);
                    continue;
                }
                FetchResult::Failed(cause) => return Verdict::Failed(cause),
                FetchResult::Found(content) => content,
            };
            let taken = taken(content, json_key, leaf.kind, place.has_variables());
            // An alias counts if it provides the value.
            if !matches!(taken, Taken::Missing | Taken::Unreadable) {
                requested.read.extend(secret.map(|secret| (*place, secret)));
            }
            let cause = match taken {
                Taken::Reported(reported) => return Verdict::Found(name(*place), reported),
                Taken::Missing => continue,
                Taken::Unreadable if leads_on(SourceErrorKind::Malformed, has_alias) => {
                    failed = Some(SourceErrorKind::Malformed);
                    continue;
                }
                Taken::Unreadable => return Verdict::Failed(SourceErrorKind::Malformed),
                Taken::Refused => SourceErrorKind::Malformed,
                Taken::Invalid => SourceErrorKind::Invalid,
            };
            // After a value that the type rejects, the next source is queried, without the aliases.
            if !leads_on(cause, false) {
                return Verdict::Failed(cause);
            }
            refused += 1;
            failed = None;
            break;
        }
        // Only an alias could have had the value.
        if let (Some(cause), false) = (failed, has_later) {
            return Verdict::Failed(cause);
        }
    }
    Verdict::Open
}

/// Returns whether a source of secrets can be queried. Otherwise, every secret has the same result.
fn is_ready(place: Place, scenario: &Scenario) -> bool {
    match place {
        Place::Memory => scenario.memory_is_configured,
        Place::Files => scenario.files.is_some(),
        Place::Aws => true,
        Place::Env | Place::Dotenv => unreachable!("these have no names of secrets"),
    }
}

/// Returns the result of each name in a source, and the JSON key to select.
fn results<'a>(
    leaf: &'static Leaf,
    place: Place,
    scenario: &'a Scenario,
    refused: usize,
    requested: &mut Requested,
) -> Vec<(FetchResult<'a>, Option<&'static str>)> {
    if place.has_variables() {
        let variables = leaf.variables();
        let result = |variable| (in_variable(variable, place, scenario), None);
        return variables.map(result).collect();
    }
    requested
        .read
        .extend(leaf.secret.iter().map(|secret| (place, secret)));
    let secrets = leaf.secrets().map(|secret| {
        if place == Place::Aws {
            let request = (secret.region, secret.id, secret.version, refused);
            requested.secrets.insert(request);
        }
        let result = in_secret(secret, place, scenario);
        requested.something_failed |=
            place == Place::Aws && matches!(result, FetchResult::Failed(_));
        (result, secret.json_key)
    });
    secrets.collect()
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

pub(crate) fn in_secret<'a>(
    secret: &Secret,
    place: Place,
    scenario: &'a Scenario,
) -> FetchResult<'a> {
    match place {
        Place::Files => match &scenario.files {
            None => FetchResult::Failed(SourceErrorKind::Unreachable),
            Some(_) if secret.version != Wanted::Current => FetchResult::Missing,
            Some(files) => match files.get(secret.name) {
                Some(mounted) if !mounted.is_empty() => FetchResult::Found(&mounted.content),
                _ => FetchResult::Missing,
            },
        },
        Place::Memory if scenario.memory_is_configured => match scenario.memory.get(secret.id) {
            Some(Kept::Failing(cause)) => FetchResult::Failed(*cause),
            Some(Kept::Content(content)) if secret.version == Wanted::Current => {
                FetchResult::Found(content)
            }
            _ => FetchResult::Missing,
        },
        Place::Aws => aws(scenario, secret.name, secret.version),
        _ => FetchResult::Missing,
    }
}

/// An empty variable counts as unset.
fn in_variable<'a>(variable: &str, place: Place, scenario: &'a Scenario) -> FetchResult<'a> {
    let variables = match (place, &scenario.lines) {
        (Place::Env, _) => &scenario.variables,
        (_, Some(lines)) => lines,
        (_, None) => return FetchResult::Failed(SourceErrorKind::Unreachable),
    };
    match variables.get(variable) {
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
