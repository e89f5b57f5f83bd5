//! The span of a refresh.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::load_span::REFRESH_NAME;
use super::{CANCELED, FAILED, metrics, record_end};

/// The span of one refresh, which contains the calls of its load and the functions that follow changes. The load has no
/// span of its own, because it would last as long as the refresh in most traces.
///
/// It is the root of a trace, because a refresh outlives the code that starts it, and several callers share it. If a
/// caller starts it, it follows from the caller's span, which OpenTelemetry calls a link.
#[derive(Debug)]
pub(crate) struct RefreshSpan {
    span: Span,
    config: &'static str,
    began: Option<Instant>,
    is_ended: AtomicBool,
}

impl RefreshSpan {
    /// Creates the span of a refresh. In the background, the current span is not the one of a caller.
    pub(crate) fn new(config: &'static str, trigger: &'static str, has_caller: bool) -> Self {
        let span = info_span!(
            parent: None,
            REFRESH_NAME,
            from_secrets.config = config,
            from_secrets.trigger = trigger,
            from_secrets.secrets = Empty,
            from_secrets.outcome = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        if has_caller {
            span.follows_from(Span::current());
        }
        Self {
            span,
            config,
            began: metrics::now(),
            is_ended: AtomicBool::new(false),
        }
    }

    /// Returns the span, in which the work of the refresh runs.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Ends the load of the refresh: whether the struct has changed, or the cause of the error.
    ///
    /// Only the first end counts: a refresh that was counted as a failure can still end.
    pub(crate) fn end(&self, result: Result<bool, &str>) {
        match result {
            Ok(true) => self.end_as("changed", None),
            Ok(false) => self.end_as("unchanged", None),
            Err(cause) => self.end_as(FAILED, Some(cause)),
        }
    }

    fn end_as(&self, outcome: &'static str, error: Option<&str>) {
        if self.is_ended.swap(true, Ordering::Relaxed) {
            return;
        }
        record_end(&self.span, outcome, error);
        metrics::record_refresh(self.config, outcome, self.began);
    }
}

impl Drop for RefreshSpan {
    fn drop(&mut self) {
        self.end_as(CANCELED, None);
    }
}
