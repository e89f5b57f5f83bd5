//! The labels of a call, which its span and its metrics share.

/// A call to a service.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(any(feature = "aws", feature = "metrics")),
    expect(dead_code, reason = "only metrics and spans of the SDK use all labels")
)]
pub(crate) struct CallLabels<'a> {
    /// The source in the chain.
    pub(crate) source: &'static str,
    /// The service, as the AWS SDKs call it.
    pub(crate) service: &'static str,
    /// The operation of the service.
    pub(crate) method: &'static str,
    /// The region of the service, unless only the agent has it.
    pub(crate) region: Option<&'a str>,
}
