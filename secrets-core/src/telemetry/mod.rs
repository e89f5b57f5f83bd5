//! Spans and metrics of loads, refreshes and calls, for monitoring systems such as OpenTelemetry and Prometheus.
//!
//! They contain the names of structs, sources, services and regions. They never contain a value, the name or ARN of a
//! secret, or the value of a placeholder, because they leave the process.
//!
//! Loads and refreshes have level `INFO`: there are few of them, and they are the parents of all other spans. Calls
//! have level `DEBUG`, like the spans of operations in the AWS SDK. Without a subscriber, a span only checks an atomic.

#[cfg(any(feature = "agent", feature = "aws"))]
mod call_span;
mod labels;
mod load_span;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "no_metrics.rs"]
mod metrics;
#[cfg(feature = "live")]
mod refresh_span;

use tracing::Span;

#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) use call_span::{CallOutcome, CallSpan};
#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) use labels::CallLabels;
pub(crate) use labels::{code_label, source_label};
pub(crate) use load_span::{LoadSpan, record_secrets};
pub(crate) use metrics::record_fallback;
#[cfg(feature = "live")]
pub(crate) use metrics::{begin_live, end_live, set_live};
#[cfg(feature = "live")]
pub(crate) use refresh_span::RefreshSpan;

/// The outcome of a load or call that succeeded.
pub(crate) const OK: &str = "ok";
/// The outcome of a load or refresh with an error.
const FAILED: &str = "failed";
/// The outcome of work that was dropped before it ended.
const CANCELED: &str = "canceled";

/// Records how the work of a span ended.
///
/// The status of a success stays unset, because only the application decides that an operation is `Ok`.
/// <https://opentelemetry.io/docs/specs/otel/trace/api/#set-status>
fn record_end(span: &Span, outcome: &str, error: Option<&str>) {
    span.record("from_secrets.outcome", outcome);
    if let Some(error) = error {
        span.record("error.type", error);
        span.record("otel.status_code", "ERROR");
    }
}
