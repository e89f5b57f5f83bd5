//! One load, compared with the reference.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use from_secrets::{Outcome, Report};
use from_secrets_tests::faults::{Network, Weather};
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, Call, Vault, seeds};

use crate::content::Content;
use crate::disk::Disk;
use crate::reference::{Expected, expected};
use crate::requests;
use crate::structs::{Struct, Wanted};
use crate::world::{Held, Trouble, World};

/// Loads, and says what is not as the reference has it.
pub(crate) fn compared(declared: &Struct, world: &World) -> Result<(), String> {
    seeds::paused_time(async {
        let network = Network::new(vault(world), Weather::clear());
        let disk = Disk::of(world);
        let loader = world.loader(network.loader(), disk.as_ref());
        let expected = expected(declared, world);
        let result = (declared.load)(&loader).await;
        let (told, report) = match &result {
            Ok((told, report)) => (Some(told), report),
            Err(error) => (None, error.report().ok_or_else(|| format!("{error:#}"))?),
        };
        same(&expected, told, report)?;
        requests::checked(&expected.asked, world, network.calls())
    })
}

fn same(
    expected: &Expected,
    told: Option<&Vec<Option<String>>>,
    report: &Report,
) -> Result<(), String> {
    let outcomes = report
        .fields()
        .iter()
        .map(|field| (field.path().to_owned(), word(field.outcome())));
    let outcomes: Vec<_> = outcomes.collect();
    if let Some((expected, outcome)) = expected
        .outcomes
        .iter()
        .zip(&outcomes)
        .find(|(a, b)| a != b)
    {
        return Err(format!(
            "expected {expected:?}, and it was {outcome:?}:\n{report}"
        ));
    }
    if expected.outcomes.len() != outcomes.len() {
        return Err(format!(
            "{} leaves, and {} were expected",
            outcomes.len(),
            expected.outcomes.len()
        ));
    }
    match told {
        None if expected.failed => Ok(()),
        None => Err("the load failed, and was expected not to".to_owned()),
        Some(_) if expected.failed => Err("the load did not fail, and was expected to".to_owned()),
        Some(told) => match told.iter().zip(&expected.told).position(|(a, b)| a != b) {
            None => Ok(()),
            Some(place) => Err(format!(
                "the value in place {place} is not what was expected:\n{report}"
            )),
        },
    }
}

fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered { source, .. } => source.clone(),
        Outcome::Default => "default".to_owned(),
        Outcome::Absent => "absent".to_owned(),
        Outcome::Missing => "missing".to_owned(),
        Outcome::Failed(failure) => format!("failed: {}", failure.cause()),
        other => format!("{other:?}"),
    }
}

pub(crate) fn vault(world: &World) -> Vault {
    let vault = Vault::new()
        .latency(Duration::from_millis(world.latency))
        .entries_from_behind();
    let vault = world
        .secrets
        .iter()
        .fold(vault, |vault, (name, held)| vault.entry(name, entry(held)));
    match world.trouble {
        Trouble::None => vault,
        Trouble::BatchDenied => vault.without_batch(),
        Trouble::BatchFallsOver => falling_over(vault, world),
        Trouble::Flaky { times, throttled } => flaky(vault, times, throttled),
        Trouble::Down => vault.when(|_| Some(Answer::internal())),
        Trouble::Expired => vault.when(|_| {
            Some(Answer::error(
                "ExpiredTokenException",
                "The security token is expired",
            ))
        }),
    }
}

fn entry(held: &Held) -> Entry {
    match held {
        Held::NoValue => Entry::without_value(),
        Held::Deleted => Entry::refused(
            "InvalidRequestException",
            "because it was marked for deletion",
        ),
        Held::Denied => Entry::refused(
            "AccessDeniedException",
            "not authorized to perform: secretsmanager:GetSecretValue",
        ),
        Held::Undecryptable => Entry::refused("DecryptionFailure", "can't decrypt"),
        Held::Internal => Entry::refused(
            "InternalServiceError",
            "An error occurred on the server side.",
        ),
        Held::Throttled => Entry::refused("ThrottlingException", "Rate exceeded"),
        Held::Versions {
            region,
            versions,
            only_by_stage,
        } => {
            let entry = versions.iter().fold(Entry::without_value(), with);
            let entry = if *region == "us-east-1" {
                entry
            } else {
                entry.in_region(region)
            };
            if *only_by_stage {
                entry.only_by_stage()
            } else {
                entry
            }
        }
    }
}

fn with(entry: Entry, (version, content): &(Wanted, Content)) -> Entry {
    let stage = match version {
        Wanted::Current => "AWSCURRENT",
        Wanted::Stage(stage) => stage,
        Wanted::Id(_) => "retired",
    };
    let entry = match content {
        Content::Bytes(bytes) => entry.version_of_bytes(stage, bytes),
        Content::Text { as_bytes, .. } => {
            let text = content.text().unwrap_or_default();
            if *as_bytes {
                entry.version_of_bytes(stage, text.as_bytes())
            } else {
                entry.version(stage, text)
            }
        }
    };
    match version {
        Wanted::Id(id) => entry.with_id(*id),
        _ => entry,
    }
}

/// A batch with a secret that cannot be read is refused as a whole.
fn falling_over(vault: Vault, world: &World) -> Vault {
    let world = world.clone();
    vault.when(move |call| {
        let is_there = |id: &String| {
            let mut names = world
                .secrets
                .iter()
                .filter(|(_, held)| matches!(held, Held::Versions { .. }));
            names.any(|(name, _)| id == name || id.contains(&format!(":secret:{name}")))
        };
        let is_whole = call.ids.iter().all(is_there);
        let refusal = || {
            Answer::error(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            )
        };
        (call.is_batch() && !is_whole).then(refusal)
    })
}

/// Each request fails so many times.
fn flaky(vault: Vault, times: usize, throttled: bool) -> Vault {
    let seen: Mutex<HashMap<String, usize>> = Mutex::default();
    vault.when(move |call| {
        let Call {
            operation,
            ids,
            version_stage,
            version_id,
            region,
            ..
        } = call;
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let request = format!("{operation} {ids:?} {version_stage:?} {version_id:?} {region}");
        let count = seen.entry(request).or_default();
        *count += 1;
        let failure = || {
            if throttled {
                Answer::throttled()
            } else {
                Answer::internal()
            }
        };
        (*count <= times).then(failure)
    })
}
