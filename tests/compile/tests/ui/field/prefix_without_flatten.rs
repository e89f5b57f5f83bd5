use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(prefix = "POCKET_")]
    key: SecretString,
    #[secret(env_prefix = "POCKET_")]
    token: SecretString,
}

fn main() {}
