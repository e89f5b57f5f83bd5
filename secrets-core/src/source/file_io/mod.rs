//! Files of this machine, read within limits of time and size.

mod blocking;
#[cfg(any(feature = "agent", feature = "files"))]
pub(super) mod buffer;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
mod permissions;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
mod read;

pub(super) use blocking::{Reading, run};
#[cfg(any(feature = "dotenv", feature = "files"))]
pub(super) use permissions::TooOpen;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
pub(super) use permissions::warn;
#[cfg(any(feature = "dotenv", feature = "files"))]
pub(super) use read::LARGEST;
#[cfg(all(feature = "cli", feature = "aws"))]
pub(super) use read::read_stream;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
pub(super) use read::{Unread, read};
#[cfg(feature = "files")]
pub(super) use read::{failure, is_absence, unread};
