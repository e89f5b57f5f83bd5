//! Loading without `async`.

use std::future::{Future, pending};
use std::io;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};
use std::time::Duration;

use tokio::runtime::{self, Handle};

use crate::Error;
use crate::per_process::PerProcess;

/// Runs a load to its end on a thread of its own, because a thread that already drives a runtime must not block on
/// another.
pub(crate) fn run<T: Send>(
    subject: &'static str,
    load: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    let unable = |error: io::Error| {
        Error::runtime(
            subject,
            format!("no thread or runtime can be started: {error}"),
        )
    };
    let runtime = background().map_err(unable)?;
    scope(|scope| {
        let thread = Builder::new().name("from-secrets-load".to_owned());
        let thread = thread
            .spawn_scoped(scope, || runtime.block_on(load))
            .map_err(unable)?;
        // A panic of the user's own code, as of a `default` expression, stays theirs.
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// The runtime of all blocking loads of a process. It lives as long as the process: its connections stay open from load
/// to load, and nothing that a load leaves behind, as a name that is still being resolved, is waited for.
pub(crate) fn background() -> io::Result<Handle> {
    static RUNTIME: PerProcess<Option<Handle>> = PerProcess::new();
    RUNTIME.with(|runtime| {
        if let Some(handle) = runtime {
            return Ok(handle.clone());
        }
        let driver = runtime::Builder::new_current_thread()
            .enable_all()
            // With Tokio's feature `parking_lot`, an idle thread is in a global list, which a child would inherit after
            // `fork()` without the thread.
            .thread_keep_alive(Duration::ZERO)
            .build()?;
        let handle = driver.handle().clone();
        let drive = move || driver.block_on(pending::<()>());
        Builder::new()
            .name("from-secrets-io".to_owned())
            .spawn(drive)?;
        Ok(runtime.insert(handle).clone())
    })
}
