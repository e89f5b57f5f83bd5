//! The span of a load.

use std::future::Future;
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::{CANCELED, FAILED, OK, metrics, record_end};

const NAME: &str = "from_secrets.load";
pub(super) const REFRESH_NAME: &str = "from_secrets.refresh";

/// The span of one load. It is a child of the caller's span.
pub(crate) struct LoadSpan {
    span: Span,
    config: &'static str,
    began: Option<Instant>,
    is_ended: bool,
}

impl LoadSpan {
    pub(crate) fn new(config: &'static str) -> Self {
        let span = info_span!(
            NAME,
            from_secrets.config = config,
            from_secrets.secrets = Empty,
            from_secrets.outcome = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        Self {
            span,
            config,
            began: metrics::now(),
            is_ended: false,
        }
    }

    /// Runs the load within its span.
    pub(crate) fn run<F: Future>(&self, load: F) -> impl Future<Output = F::Output> {
        load.instrument(self.span.clone())
    }

    /// Ends the load, with the cause of its error if it failed.
    pub(crate) fn end(mut self, error: Option<&str>) {
        let outcome = if error.is_some() { FAILED } else { OK };
        self.end_as(outcome, error);
    }

    fn end_as(&mut self, outcome: &'static str, error: Option<&str>) {
        self.is_ended = true;
        record_end(&self.span, outcome, error);
        metrics::record_load(self.config, outcome, self.began);
    }
}

impl Drop for LoadSpan {
    fn drop(&mut self) {
        if !self.is_ended {
            self.end_as(CANCELED, None);
        }
    }
}

/// Records the number of secrets in the span of the current load or refresh.
pub(crate) fn record_secrets(count: impl FnOnce() -> usize) {
    let span = Span::current();
    let name = span.metadata().map(tracing::Metadata::name);
    if name.is_some_and(|name| [NAME, REFRESH_NAME].contains(&name)) {
        span.record("from_secrets.secrets", count());
    }
}
