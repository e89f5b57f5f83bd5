//! Secrets as files, in real directories.
#![cfg(all(feature = "derive", feature = "files"))]

mod folders;
#[cfg(unix)]
mod kinds;
#[cfg(all(feature = "live", unix))]
mod live;
mod names;
mod places;
mod support;
#[cfg(unix)]
mod swaps;
mod variables;
#[cfg(unix)]
mod volume;
