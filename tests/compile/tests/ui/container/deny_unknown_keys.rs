use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "prod/", deny_unknown_keys)]
struct Config {
    token: SecretString,
}

#[derive(FromSecrets)]
#[secrets(transparent, name = "prod/token", deny_unknown_keys = true)]
struct Token(SecretString);

fn main() {}
