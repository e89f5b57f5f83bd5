//! The span of a call to a service.

use std::future::Future;
#[cfg(feature = "agent")]
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

use super::labels::CallLabels;
use super::{CANCELED, OK, metrics, record_end};

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CallOutcome<'a> {
    Ok,
    /// The service does not have the secret. This is not an error, because the next source can have it.
    Missing,
    /// No service is set up.
    NotConfigured,
    Failed {
        kind: &'static str,
        /// The error code of the service.
        code: Option<&'a str>,
    },
}

/// The span of one call, with all of its attempts.
pub(crate) struct CallSpan<'a> {
    span: Span,
    labels: CallLabels<'a>,
    began: Option<Instant>,
    attempts: AtomicU32,
    is_ended: bool,
}

impl<'a> CallSpan<'a> {
    /// Creates the span of a call that requests this number of secrets.
    /// <https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/>
    #[cfg(feature = "aws")]
    pub(crate) fn of_sdk(labels: CallLabels<'a>, secrets: usize) -> Self {
        let CallLabels {
            source,
            service,
            method,
            region,
        } = labels;
        let span = debug_span!(
            "from_secrets.call",
            otel.name = %format_args!("{service}.{method}"),
            otel.kind = "client",
            rpc.system = "aws-api",
            rpc.service = service,
            rpc.method = method,
            cloud.region = region,
            server.address = Empty,
            server.port = Empty,
            from_secrets.source = source,
            from_secrets.secrets = secrets,
            from_secrets.attempts = Empty,
            from_secrets.outcome = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        Self::new(labels, span)
    }

    /// Creates the span of a request for one secret. The path has no query, which contains the name of the secret.
    /// <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>
    #[cfg(feature = "agent")]
    pub(crate) fn of_agent(labels: CallLabels<'a>, port: u16, path: &'static str) -> Self {
        let host = Ipv4Addr::LOCALHOST;
        let span = debug_span!(
            "from_secrets.call",
            otel.name = %format_args!("GET {path}"),
            otel.kind = "client",
            http.request.method = "GET",
            http.response.status_code = Empty,
            url.full = %format_args!("http://{host}:{port}{path}"),
            server.address = %host,
            server.port = port,
            from_secrets.source = labels.source,
            from_secrets.secrets = 1,
            from_secrets.attempts = Empty,
            from_secrets.outcome = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        Self::new(labels, span)
    }

    fn new(labels: CallLabels<'a>, span: Span) -> Self {
        Self {
            span,
            labels,
            began: metrics::now(),
            attempts: AtomicU32::new(0),
            is_ended: false,
        }
    }

    /// Runs the call within its span.
    pub(crate) fn run<F: Future>(&self, call: F) -> impl Future<Output = F::Output> {
        call.instrument(self.span.clone())
    }

    /// Counts an attempt.
    #[cfg(feature = "agent")]
    pub(crate) fn count_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// Sets the number of attempts.
    #[cfg(feature = "aws")]
    pub(crate) fn set_attempts(&self, attempts: u32) {
        self.attempts.store(attempts, Ordering::Relaxed);
    }

    /// Records the status of the last response.
    #[cfg(feature = "agent")]
    pub(crate) fn record_status(&self, status: u16) {
        self.span.record("http.response.status_code", status);
    }

    /// Records the server of all attempts.
    #[cfg(feature = "aws")]
    pub(crate) fn record_server(&self, server: impl FnOnce() -> Option<(String, u16)>) {
        if !self.span.is_disabled()
            && let Some((address, port)) = server()
        {
            self.span.record("server.address", address);
            self.span.record("server.port", port);
        }
    }

    /// Ends the call.
    pub(crate) fn end(&mut self, outcome: CallOutcome<'_>) {
        match outcome {
            CallOutcome::Ok => self.end_as(OK, None),
            CallOutcome::Missing => self.end_as("missing", None),
            CallOutcome::NotConfigured => self.end_as("not_configured", None),
            CallOutcome::Failed { kind, code } => self.end_as(kind, Some(code.unwrap_or(kind))),
        }
    }

    /// Returns whether the outcome is recorded.
    #[cfg(feature = "aws")]
    pub(crate) fn is_ended(&self) -> bool {
        self.is_ended
    }

    fn end_as(&mut self, outcome: &'static str, error: Option<&str>) {
        self.is_ended = true;
        let attempts = self.attempts.load(Ordering::Relaxed);
        self.span.record("from_secrets.attempts", attempts);
        record_end(&self.span, outcome, error);
        metrics::record_call(&self.labels, outcome, self.began);
    }
}

impl Drop for CallSpan<'_> {
    fn drop(&mut self) {
        if !self.is_ended {
            self.end_as(CANCELED, None);
        }
    }
}
