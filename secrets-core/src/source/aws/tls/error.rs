//! What goes wrong around a request: its set-up, and its way through a proxy.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::source::SourceError;
use crate::source::aws::sdk_text::chain;

/// A failure of the set-up, on its way through the SDK.
#[derive(Debug)]
pub(super) struct SetupError(pub(super) SourceError);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message())
    }
}

impl Error for SetupError {}

impl From<SetupError> for ConnectorError {
    /// The SDK does not try again over an error of the user.
    fn from(error: SetupError) -> Self {
        Self::user(error.into())
    }
}

/// An error of a request that a proxy was to forward.
#[derive(Debug)]
struct ThroughProxy {
    variable: &'static str,
    source: BoxError,
}

impl fmt::Display for ThroughProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "through the proxy in `{}`", self.variable)
    }
}

impl Error for ThroughProxy {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// Returns the error with the variable that names the proxy, and of the same kind, which decides about retries.
pub(super) fn through_proxy(variable: &'static str, error: ConnectorError) -> ConnectorError {
    let (timeout, io, user) = (error.is_timeout(), error.is_io(), error.is_user());
    let kind = error.as_other();
    let source = Box::new(ThroughProxy {
        variable,
        source: error.into_source(),
    });
    if timeout {
        ConnectorError::timeout(source)
    } else if io {
        ConnectorError::io(source)
    } else if user {
        ConnectorError::user(source)
    } else {
        ConnectorError::other(source, kind)
    }
}

/// Returns the failure of the HTTP client's set-up in a chain of errors of the SDK: its certificates or its proxy.
pub(in crate::source::aws) fn setup_failure<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a SourceError> {
    let mut chain = chain(error);
    chain.find_map(|error| Some(&error.downcast_ref::<SetupError>()?.0))
}

/// Returns the variable that names the proxy of a request that failed.
pub(in crate::source::aws) fn proxy_of(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut chain = chain(error);
    chain.find_map(|error| Some(error.downcast_ref::<ThroughProxy>()?.variable))
}
