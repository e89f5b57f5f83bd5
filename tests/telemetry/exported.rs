//! The spans of this process, exported through `tracing-opentelemetry` into memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use opentelemetry::trace::{SpanId, SpanKind, Status, TraceId, TracerProvider};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;

/// Exports spans from now on, of this library and of the tests. All tests share the exporter, so each loads a struct
/// with a name of its own.
pub(crate) fn export() {
    exporter();
}

fn exporter() -> &'static InMemorySpanExporter {
    static EXPORTER: OnceLock<InMemorySpanExporter> = OnceLock::new();
    EXPORTER.get_or_init(|| {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("tests"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false);
        let filter = Targets::new()
            .with_target("from_secrets", Level::TRACE)
            .with_target("telemetry", Level::TRACE);
        let subscriber = Registry::default().with(layer.with_filter(filter));
        tracing::subscriber::set_global_default(subscriber).expect("no other subscriber is set");
        exporter
    })
}

/// The traces with a load or a refresh of one struct, in the order of their starts.
pub(crate) fn traces_of(config: &str) -> Vec<Trace> {
    let spans = exporter().get_finished_spans().expect("spans in memory");
    let is_of_config =
        |span: &&SpanData| attribute(span, "from_secrets.config") == Some(config.to_owned());
    let ids = spans.iter().filter(is_of_config);
    let ids: Vec<TraceId> = ids.map(|span| span.span_context.trace_id()).collect();
    let mut traces: BTreeMap<_, Vec<SpanData>> = BTreeMap::new();
    for span in spans {
        let id = span.span_context.trace_id();
        if ids.contains(&id) {
            traces.entry(id.to_bytes()).or_default().push(span);
        }
    }
    let mut traces: Vec<Trace> = traces.into_values().map(Trace::new).collect();
    traces.sort_by_key(|trace| trace.0[0].start_time);
    traces
}

/// Waits for a number of traces, which are exported after the result of a refresh is available.
pub(crate) async fn exported_traces(config: &str, count: usize) -> Vec<Trace> {
    /// No test waits longer for an expected result.
    const PATIENCE: Duration = Duration::from_secs(30);
    let began = Instant::now();
    loop {
        let traces = traces_of(config);
        if traces.len() >= count {
            return traces;
        }
        assert!(began.elapsed() < PATIENCE, "{traces:?}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The only trace of a struct.
#[track_caller]
pub(crate) fn trace_of(config: &str) -> Trace {
    let mut traces = traces_of(config);
    assert_eq!(traces.len(), 1, "{traces:?}");
    traces.remove(0)
}

/// The spans of one trace, in the order of their starts.
#[derive(Debug)]
pub(crate) struct Trace(Vec<SpanData>);

impl Trace {
    fn new(mut spans: Vec<SpanData>) -> Self {
        spans.sort_by_key(|span| span.start_time);
        Self(spans)
    }

    /// Returns the first span with this name.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> &SpanData {
        let found = self.0.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no span `{name}` in\n{}", self.text()))
    }

    /// Returns the tree of spans, with kind, status and attributes, then their events. Ports are replaced with `PORT`.
    pub(crate) fn text(&self) -> String {
        let ids: Vec<SpanId> = self.ids();
        let mut text = String::new();
        for span in &self.0 {
            if !ids.contains(&span.parent_span_id) {
                self.write(&mut text, span, 0);
            }
        }
        text
    }

    fn ids(&self) -> Vec<SpanId> {
        self.0
            .iter()
            .map(|span| span.span_context.span_id())
            .collect()
    }

    fn write(&self, text: &mut String, span: &SpanData, depth: usize) {
        let indent = "  ".repeat(depth);
        let kind = match span.span_kind {
            SpanKind::Client => " (client)",
            _ => "",
        };
        let status = match span.status {
            Status::Error { .. } => " ERROR",
            _ => "",
        };
        let _ = writeln!(text, "{indent}{}{kind}{status}", span.name);
        let _ = writeln!(text, "{indent}    {}", listed(&span.attributes));
        for event in &span.events.events {
            let attributes = listed(&event.attributes);
            let _ = writeln!(text, "{indent}  - {}: {attributes}", event.name);
        }
        for child in &self.0 {
            if child.parent_span_id == span.span_context.span_id() {
                self.write(text, child, depth + 1);
            }
        }
    }
}

/// Returns an attribute of a span as text.
pub(crate) fn attribute(span: &SpanData, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|pair| pair.key.as_str() == key);
    found.map(|pair| pair.value.to_string())
}

fn listed(attributes: &[KeyValue]) -> String {
    let one = |pair: &KeyValue| {
        let value = match (pair.key.as_str(), &pair.value) {
            ("server.port", _) => "PORT".to_owned(),
            ("url.full", Value::String(url)) => without_port(url.as_str()),
            (_, value) => value.to_string(),
        };
        format!("{}={value}", pair.key)
    };
    // `tracing-opentelemetry` adds these to events only.
    let is_own = |pair: &&KeyValue| !["level", "target"].contains(&pair.key.as_str());
    let listed: Vec<String> = attributes.iter().filter(is_own).map(one).collect();
    listed.join(" ")
}

fn without_port(url: &str) -> String {
    let (host, rest) = url.rsplit_once(':').expect("a URL with a port");
    let path = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{host}:PORT{path}")
}
