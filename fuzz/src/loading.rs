//! Loads, and all of their output.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};

use from_secrets::report::LoadReport;
use from_secrets::source::{Env, Source};
use from_secrets::{Error, FromSecrets, Loader};
use tokio::runtime::{Builder, Runtime};

use crate::canary;

/// A canary for types that require a number.
pub const DIGITS: &str = "7305918264";

thread_local! {
    /// The clock is paused, so that waiting takes no time.
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
}

/// Returns a loader with these sources and an empty environment.
pub fn loader(sources: impl IntoIterator<Item = impl Into<Source>>) -> Loader {
    let no_variables: [(&str, &str); 0] = [];
    Loader::new()
        .env(Env::from_vars(no_variables))
        .sources(sources)
}

/// Runs a future in paused time.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// A loader, and whether its values are canaries.
#[derive(Debug)]
pub struct Case {
    /// The loader.
    pub loader: Loader,
    /// Whether the values contain a canary, which must not be shown.
    pub is_secret: bool,
}

impl Case {
    /// Loads a struct, and checks that its `Debug` output, the error and the report do not contain a canary.
    ///
    /// # Errors
    ///
    /// Returns the error of the load.
    pub fn load<T: FromSecrets + Debug>(&self) -> Result<T, Error> {
        let loaded = run(self.loader.load_with_report::<T>());
        let shown = shown(&loaded);
        if self.is_secret {
            assert_silent(&shown);
        }
        loaded.map(|(loaded, _)| loaded)
    }
}

/// Returns all output of a load. Panics if a terminal could interpret a part of it.
pub fn shown<T: Debug>(loaded: &Result<(T, LoadReport), Error>) -> String {
    let shown = match loaded {
        Ok((loaded, report)) => format!("{loaded:?}\n{report}\n{report:?}"),
        Err(error) => render(error),
    };
    assert_eq!(printable(&shown), shown);
    shown
}

/// Returns a text as errors show it, without characters that a terminal could interpret.
pub fn printable(text: &str) -> String {
    let is_shown = |c: &char| {
        let changes_others = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}');
        matches!(c, '\n' | '\t') || !c.is_control() && !changes_others
    };
    text.chars().filter(is_shown).collect()
}

/// Returns all output of an error. `{:#}` and `{:?}` are the same.
fn render(error: &Error) -> String {
    let details = format!("{error:#}");
    assert_eq!(details, format!("{error:?}"));
    let mut output = format!("{error}\n{details}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(output, "\n{cause:#}\n{cause:?}");
        source = cause.source();
    }
    if let Some(report) = error.report() {
        let _ = write!(output, "\n{report}\n{report:?}");
    }
    output
}

/// Returns whether a text contains no canary in any encoding.
pub fn is_silent(text: &str) -> bool {
    let shows = |text: &str| canary::shown(text).is_some() || text.contains(DIGITS);
    let escaped = format!("{text:?}");
    !shows(text) && !shows(&escaped) && !shows(&printable(text))
}

/// Panics if a text contains a canary.
#[track_caller]
pub fn assert_silent(text: &str) {
    canary::assert_absent(text);
    assert!(!text.contains(DIGITS), "a number is shown in:\n{text}");
}
