use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret("")]
    empty: SecretString,
    #[secret("prod db")]
    space: SecretString,
    #[secret(name = "prod:db")]
    colon: SecretString,
    #[secret("schlüssel")]
    not_ascii: SecretString,
    #[secret("{stage}/prod db")]
    in_template: SecretString,
}

#[derive(FromSecrets)]
#[secrets("prod db")]
struct OneSecret {
    key: SecretString,
    token: SecretString,
}

fn main() {}
