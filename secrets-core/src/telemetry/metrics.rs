//! Metrics, through the facade `metrics`. The application installs a recorder before the first load.
//!
//! All labels have few values: names of structs, sources, services, methods and regions, outcomes and causes. Durations
//! are in seconds, as in Prometheus and OpenTelemetry.

#[cfg(feature = "live")]
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
#[cfg(feature = "live")]
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(feature = "live")]
use metrics::gauge;
use metrics::{Label, Unit};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, histogram};

#[cfg(any(feature = "agent", feature = "aws"))]
use super::labels::CallLabels;
#[cfg(feature = "live")]
use crate::per_process::PerProcess;

const LOADS: &str = "from_secrets_loads_total";
const LOAD_DURATION: &str = "from_secrets_load_duration_seconds";
const REFRESHES: &str = "from_secrets_refreshes_total";
const REFRESH_DURATION: &str = "from_secrets_refresh_duration_seconds";
const CALLS: &str = "from_secrets_calls_total";
const CALL_DURATION: &str = "from_secrets_call_duration_seconds";
const FALLBACKS: &str = "from_secrets_fallbacks_total";
const LAST_SUCCESS: &str = "from_secrets_live_last_success_timestamp_seconds";
const MAX_STALE: &str = "from_secrets_live_max_stale_seconds";

/// Returns the time from which a duration is measured.
#[expect(
    clippy::unnecessary_wraps,
    reason = "without metrics, no clock is read"
)]
pub(super) fn now() -> Option<Instant> {
    Some(Instant::now())
}

pub(super) fn record_load(config: &'static str, outcome: &'static str, began: Option<Instant>) {
    let labels = vec![label("config", config), label("outcome", outcome)];
    record(LOADS, LOAD_DURATION, labels, began);
}

#[cfg(feature = "live")]
pub(super) fn record_refresh(config: &'static str, outcome: &'static str, began: Option<Instant>) {
    let labels = vec![label("config", config), label("outcome", outcome)];
    record(REFRESHES, REFRESH_DURATION, labels, began);
}

#[cfg(any(feature = "agent", feature = "aws"))]
pub(super) fn record_call(call: &CallLabels<'_>, outcome: &'static str, began: Option<Instant>) {
    let mut labels = vec![
        label("source", call.source),
        label("service", call.service),
        label("method", call.method),
        label("outcome", outcome),
    ];
    let region = |region: &str| Label::new("region", region.to_owned());
    labels.extend(call.region.map(region));
    record(CALLS, CALL_DURATION, labels, began);
}

/// Counts a field whose source failed, so that the next one is queried.
pub(crate) fn record_fallback(config: &'static str, source: &str, cause: &'static str) {
    describe();
    let source = source.to_owned();
    counter!(FALLBACKS, "config" => config, "source" => source, "cause" => cause).increment(1);
}

/// The number of live structs with each name.
#[cfg(feature = "live")]
static LIVE: PerProcess<BTreeMap<&'static str, usize>> = PerProcess::new();

/// Begins the gauges of a live struct, whose name can be that of others.
#[cfg(feature = "live")]
pub(crate) fn begin_live(config: &'static str, began_at: SystemTime, max_stale: Duration) {
    LIVE.with(|live| {
        *live.entry(config).or_default() += 1;
        // Within the lock, so that the end of another struct with this name does not replace the values.
        set_live(config, began_at, max_stale);
    });
}

/// Sets when the load of a live struct began, and the age past which access is an error.
///
/// A gauge of the age would be correct only when it is set, and would not grow while refreshes do not run, when it
/// matters most. Queries compute the age from this time.
#[cfg(feature = "live")]
pub(crate) fn set_live(config: &'static str, began_at: SystemTime, max_stale: Duration) {
    describe();
    let began_at = began_at.duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!(LAST_SUCCESS, "config" => config).set(began_at.as_secs_f64());
    gauge!(MAX_STALE, "config" => config).set(max_stale.as_secs_f64());
}

/// Ends the gauges of a live struct whose last handle was dropped, unless there is another one with its name, so that
/// alerts on its age end. The facade cannot remove a gauge, but a comparison with NaN is never true.
#[cfg(feature = "live")]
pub(crate) fn end_live(config: &'static str) {
    LIVE.with(|live| {
        let left = live
            .remove(config)
            .map_or(0, |count| count.saturating_sub(1));
        if left > 0 {
            live.insert(config, left);
            return;
        }
        gauge!(LAST_SUCCESS, "config" => config).set(f64::NAN);
        gauge!(MAX_STALE, "config" => config).set(f64::NAN);
    });
}

fn label(name: &'static str, value: &'static str) -> Label {
    Label::from_static_parts(name, value)
}

fn record(total: &'static str, duration: &'static str, labels: Vec<Label>, began: Option<Instant>) {
    describe();
    counter!(total, labels.clone()).increment(1);
    if let Some(began) = began {
        histogram!(duration, labels).record(began.elapsed());
    }
}

/// Describes all metrics once.
fn describe() {
    /// The process that described them. A forked child can have another recorder.
    static DESCRIBED_BY: AtomicU32 = AtomicU32::new(0);
    let process = std::process::id();
    if DESCRIBED_BY.swap(process, Ordering::Relaxed) == process {
        return;
    }
    let (count, seconds) = (Unit::Count, Unit::Seconds);
    describe_counter!(LOADS, count, "Loads, without those of refreshes");
    describe_histogram!(LOAD_DURATION, seconds, "Duration of loads");
    describe_counter!(REFRESHES, count, "Refreshes of live structs");
    describe_histogram!(
        REFRESH_DURATION,
        seconds,
        "Duration of refreshes, without followers"
    );
    describe_counter!(
        CALLS,
        count,
        "Calls to services; retries are part of a call"
    );
    describe_histogram!(
        CALL_DURATION,
        seconds,
        "Duration of calls to services, with retries"
    );
    describe_counter!(
        FALLBACKS,
        count,
        "Fields whose source failed, so that the next source was queried"
    );
    describe_gauge!(
        LAST_SUCCESS,
        seconds,
        "Unix time at which the last successful load of a live struct began"
    );
    describe_gauge!(
        MAX_STALE,
        seconds,
        "Age past which access to a live struct is an error"
    );
}
