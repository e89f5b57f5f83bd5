//! File reads with limits of time and size.

mod blocking;
#[cfg(all(test, shuttle))]
mod interleavings;
#[cfg_attr(
    not(any(feature = "agent", feature = "dotenv", feature = "files")),
    expect(dead_code, reason = "only the sources of files check permissions")
)]
mod permissions;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
mod read;

#[cfg(any(feature = "aws", feature = "files"))]
pub(super) use blocking::*;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
pub(super) use read::*;
