//! Looks after the secrets of `pocket`: checks them, puts them into Secrets Manager, writes their policy.
//!
//! ```sh
//! cargo run -p from-secrets-examples --features pocket-secrets --bin pocket-secrets -- check
//! ```

use std::process::ExitCode;

use from_secrets_examples::pocket::PocketConfig;

fn main() -> ExitCode {
    from_secrets::cli::run::<PocketConfig>()
}
