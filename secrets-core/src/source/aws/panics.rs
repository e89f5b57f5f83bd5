//! A net under the SDK's code, whose panics would otherwise end the task of a load.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;

use crate::source::{SourceError, SourceErrorKind};

/// Runs code, and returns its panic as an error.
pub(crate) fn caught<T>(code: impl FnOnce() -> T) -> Result<T, SourceError> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|panic| panicked(&*panic))
}

/// Awaits a future, and returns its panic as an error.
pub(crate) async fn caught_async<T>(future: impl Future<Output = T>) -> Result<T, SourceError> {
    let caught = AssertUnwindSafe(future).catch_unwind().await;
    caught.map_err(|panic| panicked(&*panic))
}

/// Returns an error without the panic's own text, which can contain a value and goes to the panic hook.
fn panicked(panic: &(dyn Any + Send)) -> SourceError {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    if text.is_some_and(|text| text.contains("enable_io")) {
        let message = "this Tokio runtime does not have an I/O driver";
        return SourceError::new(SourceErrorKind::Configuration, message)
            .with_hint("build the runtime with `enable_all`, or use `#[tokio::main]`");
    }
    SourceError::new(SourceErrorKind::Internal, "the AWS SDK panicked").with_hint(
        "check the AWS settings in variables and profiles, and report the panic's message",
    )
}
