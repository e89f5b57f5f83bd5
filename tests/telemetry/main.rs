//! What operators see of loads, refreshes and calls.

mod canaries;
mod exported;
mod loads;
mod refreshes;

use from_secrets_tests::FakeSecretsManager;

/// Secrets of the structs of this suite.
fn pocket() -> FakeSecretsManager {
    FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}
