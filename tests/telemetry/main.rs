//! What operators see of loads, refreshes and calls.

mod canaries;
mod exported;
mod guide;
mod loads;
mod metrics;
mod refreshes;

use std::fs;
use std::path::Path;

use from_secrets_tests::FakeSecretsManager;

/// Secrets of the structs of this suite.
fn pocket() -> FakeSecretsManager {
    FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}

/// Returns a file of the repository.
fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
