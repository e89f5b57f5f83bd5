//! Facts about AWS that the SDK's sources and the agent share.

#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) mod errors;
#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) mod hints;
#[cfg(any(feature = "agent", feature = "generate", feature = "ssm"))]
pub(crate) mod parameter_name;
#[cfg(any(feature = "agent", feature = "ssm"))]
pub(crate) mod parameter_version;
#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) mod response_check;
#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) mod runtime;
#[cfg(any(feature = "agent", feature = "aws"))]
pub(crate) mod service;
