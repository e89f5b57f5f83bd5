use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret("prod/db", json_key = "")]
    empty: SecretString,
    #[secret("prod/db", json_key = "/users/~/name")]
    tilde: SecretString,
}

fn main() {}
