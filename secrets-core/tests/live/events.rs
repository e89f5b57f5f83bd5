//! The log events of each struct.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

type Hook = Arc<dyn Fn(&str) + Send + Sync>;

static HOOKS: Mutex<Vec<(&'static str, Hook)>> = Mutex::new(Vec::new());

/// Calls a function for each event of a struct of that name, with the event's text.
pub(crate) fn on_event(name: &'static str, hook: impl Fn(&str) + Send + Sync + 'static) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(Hooks).unwrap());
    HOOKS.lock().unwrap().push((name, Arc::new(hook)));
}

/// Collects the events of a struct of that name.
pub(crate) fn collect(name: &'static str) -> Arc<Mutex<Vec<String>>> {
    let events: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&events);
    on_event(name, move |event| {
        seen.lock().unwrap().push(event.to_owned());
    });
    events
}

struct Hooks;

#[derive(Default)]
struct Text {
    name: String,
    text: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        if field.name() == "config" {
            value.trim_matches('"').clone_into(&mut self.name);
        }
        self.text.extend([" ", field.name(), "=", &value]);
    }
}

impl Subscriber for Hooks {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("from_secrets")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text {
            text: event.metadata().level().to_string(),
            ..Text::default()
        };
        event.record(&mut text);
        let hooks = HOOKS.lock().unwrap().clone();
        for (_, hook) in hooks.iter().filter(|(name, _)| *name == text.name) {
            hook(&text.text);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
