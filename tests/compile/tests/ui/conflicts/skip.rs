use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    key: SecretString,
    #[secret(skip, name = "POCKET_CALLS", env_only)]
    calls: u64,
    #[secret(skip, flatten)]
    nested: u64,
}

fn main() {}
