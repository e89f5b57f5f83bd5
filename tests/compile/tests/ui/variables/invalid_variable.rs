use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(env = "POCKET-KEY")]
    hyphen: SecretString,
    #[secret(env = "2FA")]
    digit: SecretString,
    #[secret(env = "")]
    empty: SecretString,
}

#[derive(FromSecrets)]
#[secrets(env_prefix = "pocket.")]
struct Prefixed {
    key: SecretString,
    token: SecretString,
}

#[derive(FromSecrets)]
struct Nested {
    password: SecretString,
}

#[derive(FromSecrets)]
struct Flattened {
    #[secret(flatten, env_prefix = "PRIMARY-")]
    primary: Nested,
}

fn main() {}
