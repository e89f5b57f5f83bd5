//! Compares a load with the reference.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use from_secrets::report::{FieldOutcome, LoadReport};
use from_secrets::{Error, ErrorKind};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::network_faults::{FaultPlan, Network};
use from_secrets_tests::{Call, FakeResponse, FakeSecretsManager, seeds};

use crate::content::Content;
use crate::disk::Disk;
use crate::reference::{Expected, UnfilledNames, expected};
use crate::requests;
use crate::scenario::{Scenario, Stored, Trouble};
use crate::structs::{Struct, Wanted, leaves};

/// Loads, and returns the first difference from the reference.
pub(crate) fn compared(declared: &Struct, scenario: &Scenario) -> Result<(), String> {
    seeds::paused_time(async {
        let network = Network::new(vault(scenario), FaultPlan::clear());
        let disk = Disk::of(scenario);
        let loader = scenario.loader(network.loader(), disk.as_ref());
        let expected = expected(declared, scenario);
        let result = (declared.load)(&loader).await;
        if let Some(needed) = &expected.unfilled {
            unfilled(needed, declared, result.as_ref().err())?;
            let sent = network.calls().all().len();
            return match (needed.refused, sent) {
                (0, 1..) => Err(format!("{sent} requests before the error")),
                _ => Ok(()),
            };
        }
        let (reported, report) = match &result {
            Ok((reported, report)) => (Some(reported), report),
            Err(error) => (None, error.report().ok_or_else(|| format!("{error:#}"))?),
        };
        same(&expected, reported, report)?;
        requests::checked(&expected.requested, scenario, network.calls())
    })
}

/// Compares the fields whose names contain placeholders without a value.
fn unfilled(
    needed: &UnfilledNames,
    declared: &Struct,
    error: Option<&Error>,
) -> Result<(), String> {
    let expected = &needed.paths;
    let details = match error {
        Some(error) if error.kind() == ErrorKind::Declaration => format!("{error:#}"),
        other => return Err(format!("expected unfilled {expected:?}, found {other:?}")),
    };
    let leaves = leaves(declared.nodes);
    let paths = leaves.iter().map(|leaf| leaf.path);
    let named: Vec<&str> = paths
        .filter(|path| details.contains(&format!("`{path}`")))
        .collect();
    let help = "requires a value for the placeholder";
    if named == *expected && details.contains(help) {
        return Ok(());
    }
    Err(format!("expected unfilled {expected:?}, found {details}"))
}

fn same(
    expected: &Expected,
    reported: Option<&Vec<Option<String>>>,
    report: &LoadReport,
) -> Result<(), String> {
    let (structs, fields): (Vec<_>, Vec<_>) =
        report.fields().iter().partition(|field| field.is_struct());
    let outcomes = fields
        .iter()
        .map(|field| (field.path().to_owned(), word(field.outcome())));
    let outcomes: Vec<_> = outcomes.collect();
    let mut rows: Vec<_> = structs.iter().map(|field| format!("{field:?}")).collect();
    rows.sort();
    if rows.windows(2).any(|rows| rows[0] == rows[1]) {
        return Err(format!("a struct is reported twice:\n{report}"));
    }
    let mut rejected: Vec<_> = structs
        .iter()
        .map(|field| (field.path(), word(field.outcome())))
        .collect();
    rejected.sort();
    rejected.dedup();
    let invalid = |path: &&'static str| (*path, "failed: invalid".to_owned());
    let of_structs: Vec<_> = expected.rejected.iter().map(invalid).collect();
    if rejected != of_structs {
        return Err(format!(
            "expected the structs {of_structs:?}, found {rejected:?}:\n{report}"
        ));
    }
    if let Some((expected, outcome)) = expected
        .outcomes
        .iter()
        .zip(&outcomes)
        .find(|(a, b)| a != b)
    {
        return Err(format!(
            "expected {expected:?}, found {outcome:?}:\n{report}"
        ));
    }
    if expected.outcomes.len() != outcomes.len() {
        return Err(format!(
            "{} leaves, expected {}",
            outcomes.len(),
            expected.outcomes.len()
        ));
    }
    match reported {
        None if expected.failed => Ok(()),
        None => Err("the load failed, and was expected not to".to_owned()),
        Some(_) if expected.failed => Err("the load did not fail, and was expected to".to_owned()),
        Some(reported) => match reported
            .iter()
            .zip(&expected.reported)
            .position(|(a, b)| a != b)
        {
            None => Ok(()),
            Some(place) => Err(format!("unexpected value in place {place}:\n{report}")),
        },
    }
}

fn word(outcome: &FieldOutcome) -> String {
    match outcome {
        FieldOutcome::Found(provenance) => provenance.source().to_owned(),
        FieldOutcome::Default => "default".to_owned(),
        FieldOutcome::Absent => "absent".to_owned(),
        FieldOutcome::Missing => "missing".to_owned(),
        FieldOutcome::Failed(failure) => format!("failed: {}", failure.kind()),
        other => format!("{other:?}"),
    }
}

pub(crate) fn vault(scenario: &Scenario) -> FakeSecretsManager {
    let vault = FakeSecretsManager::new()
        .latency(Duration::from_millis(scenario.latency))
        .entries_from_behind();
    let vault = scenario
        .secrets
        .iter()
        .fold(vault, |vault, (name, stored)| {
            vault.entry(name, entry(stored))
        });
    match scenario.trouble {
        Trouble::None => vault,
        Trouble::BatchDenied => vault.without_batch(),
        Trouble::BatchFallsOver => falling_over(vault, scenario),
        Trouble::Flaky { times, throttled } => flaky(vault, times, throttled),
        Trouble::Down => vault.when(|_| Some(FakeResponse::internal())),
        Trouble::Expired => vault.when(|_| {
            Some(FakeResponse::error(
                "ExpiredTokenException",
                "The security token is expired",
            ))
        }),
    }
}

fn entry(stored: &Stored) -> Entry {
    match stored {
        Stored::NoValue => Entry::without_value(),
        Stored::Deleted => Entry::refused(
            "InvalidRequestException",
            "because it was marked for deletion",
        ),
        Stored::Denied => Entry::refused(
            "AccessDeniedException",
            "not authorized to perform: secretsmanager:GetSecretValue",
        ),
        Stored::Undecryptable => Entry::refused("DecryptionFailure", "can't decrypt"),
        Stored::Internal => Entry::refused(
            "InternalServiceError",
            "An error occurred on the server side.",
        ),
        Stored::Throttled => Entry::refused("ThrottlingException", "Rate exceeded"),
        Stored::Versions {
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

/// A batch with an unreadable secret is rejected as a whole.
fn falling_over(vault: FakeSecretsManager, scenario: &Scenario) -> FakeSecretsManager {
    let scenario = scenario.clone();
    vault.when(move |call| {
        let is_there = |id: &String| {
            let mut names = scenario
                .secrets
                .iter()
                .filter(|(_, stored)| matches!(stored, Stored::Versions { .. }));
            names.any(|(name, _)| id == name || id.contains(&format!(":secret:{name}")))
        };
        let is_whole = call.ids.iter().all(is_there);
        let refusal = || {
            FakeResponse::error(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            )
        };
        (call.is_batch() && !is_whole).then(refusal)
    })
}

/// Each request fails this many times.
fn flaky(vault: FakeSecretsManager, times: usize, throttled: bool) -> FakeSecretsManager {
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
                FakeResponse::throttled()
            } else {
                FakeResponse::internal()
            }
        };
        (*count <= times).then(failure)
    })
}
