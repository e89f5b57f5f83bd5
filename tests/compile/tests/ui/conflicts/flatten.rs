use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Database {
    password: SecretString,
}

#[derive(FromSecrets)]
struct Config {
    #[secret(flatten, json_key = "db", env = "DB")]
    primary: Database,
    #[secret(flatten, default)]
    replica: Database,
    #[secret(flatten, parse)]
    other: Database,
}

fn main() {}
