use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(version_stage = "")]
    no_stage: SecretString,
    #[secret(version_id = " ")]
    no_id: SecretString,
}

fn main() {}
