//! The number of requests of a load.

use std::collections::BTreeMap;

use from_secrets_tests::Calls;

use crate::reference::Requested;
use crate::scenario::{Scenario, Stored, Trouble};
use crate::structs::Wanted;

/// The number of attempts of the SDK.
const ATTEMPTS: usize = 3;

/// The requests of a load without failures.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    batches: usize,
    gets: usize,
    /// The number of secrets in batches.
    in_batches: usize,
}

impl Tally {
    /// A batch has up to 20 secrets of one region. A single secret and each pinned version has its own request.
    fn documented(requested: &Requested) -> Self {
        let mut current: BTreeMap<(&str, usize), usize> = BTreeMap::new();
        let mut tally = Self::default();
        for (region, _, version, round) in &requested.secrets {
            match version {
                Wanted::Current => *current.entry((region, *round)).or_default() += 1,
                _ => tally.gets += 1,
            }
        }
        for count in current.into_values() {
            let alone = usize::from(count % 20 == 1);
            tally.gets += alone;
            tally.in_batches += count - alone;
            tally.batches += (count - alone).div_ceil(20);
        }
        tally
    }

    fn of(calls: &Calls) -> Self {
        let calls = calls.all();
        let batches = calls.iter().filter(|call| call.is_batch());
        Self {
            batches: batches.clone().count(),
            gets: calls.iter().filter(|call| call.is_get()).count(),
            in_batches: batches.map(|call| call.ids.len()).sum(),
        }
    }
}

/// Returns the difference from the expected requests.
pub(crate) fn checked(
    requested: &Requested,
    scenario: &Scenario,
    calls: &Calls,
) -> Result<(), String> {
    let (documented, made) = (Tally::documented(requested), Tally::of(calls));
    let only_by_stage = scenario.secrets.values().any(|stored| {
        matches!(
            stored,
            Stored::Versions {
                only_by_stage: true,
                ..
            }
        )
    });
    let first_round_only = requested.secrets.iter().all(|(.., round)| *round == 0);
    if requested.something_failed || only_by_stage || !first_round_only {
        return bounded(requested, &documented, &made);
    }
    let expected = match scenario.trouble {
        Trouble::BatchDenied => Tally {
            gets: documented.gets + documented.in_batches,
            ..documented
        },
        // A throttled batch continues as single requests.
        Trouble::Flaky {
            times,
            throttled: true,
        } => Tally {
            batches: documented.batches,
            gets: (documented.gets + documented.in_batches) * (times + 1),
            in_batches: documented.in_batches,
        },
        Trouble::Flaky { times, .. } => Tally {
            batches: documented.batches * (times + 1),
            gets: documented.gets * (times + 1),
            in_batches: documented.in_batches * (times + 1),
        },
        Trouble::BatchFallsOver => return bounded(requested, &documented, &made),
        _ => documented,
    };
    if made == expected {
        Ok(())
    } else {
        Err(format!(
            "expected the requests {expected:?}, found {made:?}"
        ))
    }
}

/// The reference requests each secret once, with retries. The loader sends batches in addition.
fn bounded(requested: &Requested, documented: &Tally, made: &Tally) -> Result<(), String> {
    let most = ATTEMPTS * (requested.secrets.len() + documented.batches);
    let total = made.batches + made.gets;
    if total <= most {
        Ok(())
    } else {
        Err(format!("expected at most {most} requests, found {total}"))
    }
}
