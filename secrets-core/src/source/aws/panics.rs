//! A net under code of others, whose panics would otherwise end the task that loads.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

use crate::source::{SourceError, SourceErrorKind};

/// Runs code whose panic becomes a failure.
pub(crate) fn caught<T>(code: impl FnOnce() -> T) -> Result<T, SourceError> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|panic| failure(&*panic))
}

/// Awaits a future whose panic becomes a failure.
pub(crate) async fn caught_async<T>(future: impl Future<Output = T>) -> Result<T, SourceError> {
    let mut future = pin!(future);
    let polled =
        poll_fn(
            |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
                Ok(poll) => poll.map(Ok),
                Err(panic) => std::task::Poll::Ready(Err(failure(&*panic))),
            },
        );
    polled.await
}

/// The panic's own text is left to the panic hook: it can contain a value.
fn failure(panic: &(dyn Any + Send)) -> SourceError {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or_default();
    if text.contains("enable_io") {
        return SourceError::new(
            SourceErrorKind::Configuration,
            "this Tokio runtime has no I/O driver",
        )
        .with_hint("build the runtime with `enable_all`, or use `#[tokio::main]`");
    }
    SourceError::new(SourceErrorKind::Internal, "the AWS SDK panicked").with_hint(
        "check the AWS settings in variables and profiles, and report the panic's message",
    )
}
