use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets("prod/db", alias = "prod/db", alias = "old/db", alias = "old/db")]
struct Database {
    #[secret(alias = "user", alias = "user", alias = "username", alias = "password")]
    username: SecretString,
    #[secret(alias = "host")]
    password: SecretString,
    #[secret(json_key = "hostname", alias = "host", alias = "")]
    host: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct Config {
    #[secret(alias = "POCKET_KEY", alias = "POCKET_TOKEN")]
    key: SecretString,
    #[secret(alias = "prod token")]
    token: SecretString,
    #[secret("prod/db", json_key = "password", alias = "pw", alias = "/pw~")]
    password: SecretString,
    #[secret("prod/db", json_key = "password", alias = "pass")]
    same_password: SecretString,
}

fn main() {}
