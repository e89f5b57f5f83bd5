//! Spans, events and metrics of loads, refreshes and calls.

mod blocked;
mod canaries;
mod changes;
mod exported;
mod guide;
mod loads;
mod metrics;
mod refreshes;

use std::fs;
use std::path::Path;

/// Returns a file of the repository.
fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
