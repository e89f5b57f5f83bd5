//! Two secrets declared. The program is the same whatever they come from: features and the environment decide.

use from_secrets::{ExposeSecret, FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct PocketConfig {
    key: SecretString,
    token: SecretString,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), from_secrets::Error> {
    let config = PocketConfig::load().await?;
    println!("{}", config.key.expose_secret().len() + config.token.expose_secret().len());
    // The test measures the process before it ends.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("standard input");
    Ok(())
}
