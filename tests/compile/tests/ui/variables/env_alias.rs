use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct Config {
    #[secret(env_alias = "POCKET_KEY", env_alias = "KEY", env_alias = "KEY")]
    key: SecretString,
    #[secret(env_alias = "KEY")]
    token: SecretString,
    #[secret(env_alias = "", env_alias = "OLD-LIST")]
    list: SecretString,
    #[secret(env_only, env = "PORT", env_alias = "PORT")]
    port: u16,
}

fn main() {}
