use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Database {
    password: SecretString,
}

#[derive(FromSecrets)]
struct Config {
    #[secret(flatten, name = "prod/db", env = "DB")]
    primary: Database,
    #[secret(flatten, default)]
    replica: Database,
    #[secret(flatten, parse)]
    other: Database,
}

fn main() {}
