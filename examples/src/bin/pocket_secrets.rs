//! Provides a command line for the secrets of `pocket`: `check`, `push`, `policy` and more.
//!
//! ```sh
//! cargo run -p from-secrets-examples --features pocket-secrets --bin pocket-secrets -- check
//! ```

use std::process::ExitCode;

use from_secrets_examples::pocket::PocketConfig;

fn main() -> ExitCode {
    from_secrets::cli::run::<PocketConfig>()
}
