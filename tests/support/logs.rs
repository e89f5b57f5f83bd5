//! What the library logs while a test runs.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The log lines of this thread, from the moment of [`Logs::capture`] until it is dropped.
#[derive(Debug)]
pub struct Logs {
    lines: Lines,
    _until_dropped: DefaultGuard,
}

type Lines = Arc<Mutex<Vec<Line>>>;

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// How loud it is.
    pub level: Level,
    /// The crate and module that logged it.
    pub target: String,
    /// The message and every field. For a span, its name or what was recorded later.
    pub text: String,
}

impl Logs {
    /// Begins to listen, at every level.
    pub fn capture() -> Self {
        // While a process has a single subscriber, `tracing` lets the thread that first comes by a log statement decide
        // whether it is on, for all threads. A thread of another test, which has no subscriber, would turn it off.
        static SECOND: OnceLock<Dispatch> = OnceLock::new();
        SECOND.get_or_init(|| listener(Lines::default()));
        let lines = Lines::default();
        Self {
            _until_dropped: tracing::dispatcher::set_default(&listener(Arc::clone(&lines))),
            lines,
        }
    }

    /// The lines of this library.
    pub fn own(&self) -> Vec<Line> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines
            .iter()
            .filter(|line| is_own(&line.target))
            .cloned()
            .collect()
    }

    /// The lines of this library that warn.
    pub fn warnings(&self) -> Vec<String> {
        self.own()
            .into_iter()
            .filter(|line| line.level == Level::WARN)
            .map(|line| line.text)
            .collect()
    }

    /// The lines of this library in one text.
    pub fn text(&self) -> String {
        self.own()
            .into_iter()
            .map(|line| line.text + "\n")
            .collect()
    }
}

fn listener(lines: Lines) -> Dispatch {
    Dispatch::new(Registry::default().with(Listener(lines)))
}

fn is_own(target: &str) -> bool {
    target == "from_secrets" || target.starts_with("from_secrets::")
}

#[derive(Debug)]
struct Listener(Lines);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        is_own(metadata.target())
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.push(event.metadata(), text);
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut text = Text(format!("span {} ", span.metadata().name()));
        span.record(&mut text);
        self.push(span.metadata(), text);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut text = Text("span records ".to_owned());
        values.record(&mut text);
        if let Some(metadata) = context.metadata(id) {
            self.push(metadata, text);
        }
    }
}

impl Listener {
    fn push(&self, metadata: &Metadata<'_>, text: Text) {
        let line = Line {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            text: text.0,
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

/// Writes to standard error, from now on, whom this process's HTTP client connects to.
pub fn announce_connections() {
    let subscriber = Registry::default().with(Connections);
    tracing::subscriber::set_global_default(subscriber).expect("no other subscriber is set");
}

#[derive(Debug)]
struct Connections;

impl<S: Subscriber> Layer<S> for Connections {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata
            .target()
            .starts_with("hyper_util::client::legacy::connect")
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        // Logged before the DNS lookup, so that the log also contains failed lookups.
        if text.0.contains("Http::connect;") {
            let _ = writeln!(std::io::stderr(), "CONNECTS: {}", text.0);
        }
    }
}

/// Writes the events of all crates at all levels, of `tracing` and `log`, to standard error. [`heard`] parses the
/// lines.
pub fn write_everything() {
    let subscriber = Registry::default().with(Everything);
    tracing::subscriber::set_global_default(subscriber).expect("no other subscriber is set");
    log::set_logger(&Everything).expect("no other subscriber is set");
    log::set_max_level(log::LevelFilter::Trace);
}

/// Writes the events of this library at all levels, and those of other crates at level `INFO` and above. This is the
/// filter that the documentation recommends.
pub fn write_own() {
    let filter = Targets::new()
        .with_default(Level::INFO)
        .with_target("from_secrets", Level::TRACE);
    let subscriber = Registry::default().with(Everything.with_filter(filter));
    tracing::subscriber::set_global_default(subscriber).expect("no other subscriber is set");
}

/// Parses the lines of [`write_everything`]. Returns all other text, such as messages of panics, separately.
pub fn heard(stderr: &str) -> (Vec<Line>, String) {
    let (mut lines, mut rest) = (Vec::new(), String::new());
    for line in stderr.lines() {
        match read_line(line) {
            Some(line) => lines.push(line),
            None => rest = rest + line + "\n",
        }
    }
    (lines, rest)
}

const MARK: &str = "LOG\t";

fn write_line(level: &str, target: &str, text: &str) {
    let text = text.replace('\n', "\\n");
    let _ = writeln!(std::io::stderr(), "{MARK}{level}\t{target}\t{text}");
}

fn read_line(line: &str) -> Option<Line> {
    let mut parts = line.strip_prefix(MARK)?.splitn(3, '\t');
    Some(Line {
        level: parts.next()?.parse().ok()?,
        target: parts.next()?.to_owned(),
        text: parts.next()?.to_owned(),
    })
}

#[derive(Debug)]
struct Everything;

impl<S: Subscriber> Layer<S> for Everything {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        let metadata = event.metadata();
        write_line(metadata.level().as_str(), metadata.target(), &text.0);
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut text = Text(String::new());
        span.record(&mut text);
        let metadata = span.metadata();
        write_line(metadata.level().as_str(), metadata.target(), &text.0);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        values.record(&mut text);
        write_line("TRACE", "a span", &text.0);
    }
}

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        write_line(
            record.level().as_str(),
            record.target(),
            &record.args().to_string(),
        );
    }

    fn flush(&self) {}
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, "{}={value} ", field.name());
    }
}
