//! The functions of the module `metrics` without the feature `metrics`: they are empty.

use std::time::Instant;
#[cfg(feature = "live")]
use std::time::{Duration, SystemTime};

#[cfg(any(feature = "agent", feature = "aws"))]
use super::labels::CallLabels;

pub(super) fn now() -> Option<Instant> {
    None
}

pub(super) fn record_load(_: &'static str, _: &'static str, _: Option<Instant>) {}

#[cfg(feature = "live")]
pub(super) fn record_refresh(_: &'static str, _: &'static str, _: Option<Instant>) {}

#[cfg(any(feature = "agent", feature = "aws"))]
pub(super) fn record_call(_: &CallLabels<'_>, _: &'static str, _: Option<Instant>) {}

pub(crate) fn record_fallback(_: &'static str, _: &str, _: &'static str) {}

#[cfg(feature = "live")]
pub(crate) fn begin_live(_: &'static str, _: SystemTime, _: Duration) {}

#[cfg(feature = "live")]
pub(crate) fn set_live(_: &'static str, _: SystemTime, _: Duration) {}

#[cfg(feature = "live")]
pub(crate) fn end_live(_: &'static str) {}
