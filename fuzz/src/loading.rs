//! A load, and all that it shows.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};

use from_secrets::report::LoadReport;
use from_secrets::source::{Env, Source};
use from_secrets::{Error, FromSecrets, Loader};
use tokio::runtime::{Builder, Runtime};

use crate::canary;

/// A value that is recognised where a type wants a number. None of our own texts has it.
pub const DIGITS: &str = "7305918264";

thread_local! {
    /// Its clock goes on by itself when all wait, so that no time is waited for.
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
}

/// A loader that knows these sources, and nothing of the process that it runs in.
pub fn loader(sources: impl IntoIterator<Item = impl Into<Source>>) -> Loader {
    let nothing: [(&str, &str); 0] = [];
    Loader::new().env(Env::from_vars(nothing)).sources(sources)
}

/// Runs to the end, in time that nobody waits for.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// A loader, and what is known of what it loads.
#[derive(Debug)]
pub struct Given {
    /// The loader.
    pub loader: Loader,
    /// Whether there is a canary in it, and nothing may show it.
    pub is_secret: bool,
}

impl Given {
    /// Loads a struct. Neither it nor an error nor a report shows a canary.
    ///
    /// # Errors
    ///
    /// As the loader has them.
    pub fn load<T: FromSecrets + Debug>(&self) -> Result<T, Error> {
        let loaded = run(self.loader.load_with_report::<T>());
        if self.is_secret {
            assert_silent(&shown(&loaded));
        }
        loaded.map(|(loaded, _)| loaded)
    }
}

/// All that can be read of what came of a load.
pub fn shown<T: Debug>(loaded: &Result<(T, LoadReport), Error>) -> String {
    match loaded {
        Ok((loaded, report)) => format!("{loaded:?}\n{report}\n{report:?}"),
        Err(error) => told(error),
    }
}

/// All that can be read of an error. The whole story is the same by either name.
fn told(error: &Error) -> String {
    let story = format!("{error:#}");
    assert_eq!(story, format!("{error:?}"));
    let mut told = format!("{error}\n{story}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(told, "\n{cause:#}\n{cause:?}");
        source = cause.source();
    }
    if let Some(report) = error.report() {
        let _ = write!(told, "\n{report}\n{report:?}");
    }
    told
}

/// Whether a text has nothing of a canary, however it is written, so that it may be told.
pub fn is_silent(text: &str) -> bool {
    let shows = |text: &str| canary::shown(text).is_some() || text.contains(DIGITS);
    let escaped = format!("{text:?}");
    // What others say is told without the characters that a terminal would act on.
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    !shows(text) && !shows(&escaped) && !shows(&printable)
}

/// Fails where a text shows a canary of either kind.
#[track_caller]
pub fn assert_silent(text: &str) {
    canary::assert_absent(text);
    assert!(!text.contains(DIGITS), "a number is shown in:\n{text}");
}
