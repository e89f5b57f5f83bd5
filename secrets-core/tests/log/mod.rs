//! A subscriber that records log events. `tracing` caches for all threads whether an event is enabled, so a test that
//! uses it needs its own process.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span;
use tracing::{Event, Level, Metadata, Subscriber};

/// Records log events.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<(Level, String)>>>);

impl Log {
    /// Returns the lines that were logged since the last call.
    pub(crate) fn lines(&self) -> Vec<(Level, String)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Returns the warnings that were logged since the last call.
    #[allow(dead_code, reason = "each test program uses some methods")]
    pub(crate) fn warnings(&self) -> Vec<String> {
        let warnings = self.lines().into_iter();
        let warnings = warnings.filter(|(level, _)| *level == Level::WARN);
        warnings.map(|(_, text)| text).collect()
    }

    /// Returns the lines that were logged since the last call, without those of each field.
    #[allow(dead_code, reason = "each test program uses some methods")]
    pub(crate) fn lines_without_fields(&self) -> Vec<(Level, String)> {
        let lines = self.lines().into_iter();
        lines
            .filter(|(_, text)| !text.contains("a field was resolved"))
            .collect()
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("from_secrets")
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                let _ = write!(self.0, "{}={value:?} ", field.name());
            }
        }
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0
            .lock()
            .unwrap()
            .push((*event.metadata().level(), line.0));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
