//! Loading without `async`.

use std::future::Future;
use std::panic::resume_unwind;

use crate::Error;

/// Runs a load to its end on a thread and a runtime of its own, because a thread that already drives a runtime must
/// not block on another.
pub(crate) fn run<T: Send>(
    subject: &'static str,
    load: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime
            .map_err(|error| {
                Error::runtime(subject, format!("the runtime cannot be built: {error}"))
            })?
            .block_on(load)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("from-secrets".to_owned())
            .spawn_scoped(scope, work);
        match thread
            .map_err(|error| Error::runtime(subject, format!("no thread can be started: {error}")))?
            .join()
        {
            Ok(result) => result,
            // A panic of the user's own code, as of a `default` expression, stays theirs.
            Err(panic) => resume_unwind(panic),
        }
    })
}
