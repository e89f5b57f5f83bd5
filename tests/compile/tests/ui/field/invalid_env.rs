use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(env = true)]
    turned_on: SecretString,
    #[secret(env)]
    no_value: SecretString,
    #[secret(env = 5)]
    number: SecretString,
    #[secret(env("KEY"))]
    list: SecretString,
}

fn main() {}
