use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret("{stage/pocket")]
    unclosed: SecretString,
    #[secret("stage}/pocket")]
    unopened: SecretString,
    #[secret("{}/pocket")]
    empty: SecretString,
    #[secret("{the stage}/pocket")]
    space: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "{stage/")]
struct Prefixed {
    key: SecretString,
    token: SecretString,
}

fn main() {}
