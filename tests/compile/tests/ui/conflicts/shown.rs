use from_secrets::{FromSecrets, SecretBox, SecretString, secrecy};

#[derive(FromSecrets)]
struct Nested {
    #[secret(shown)]
    without_debug: u16,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Config {
    #[secret(shown, env_only)]
    setting: u16,
    #[secret(shown, binary)]
    bytes: Vec<u8>,
    #[secret(shown, skip)]
    skipped: u16,
    #[secret(shown, flatten)]
    nested: Nested,
    #[secret(shown)]
    secret: SecretString,
    #[secret(shown)]
    optional: Option<secrecy::SecretString>,
    #[secret(shown)]
    boxed: SecretBox<u16>,
    #[secret(shown = true)]
    value: u16,
}

fn main() {}
