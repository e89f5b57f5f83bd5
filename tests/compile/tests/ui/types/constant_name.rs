use from_secrets::{FromSecrets, SecretString};

const SPACE: &str = "prod db";
const EMPTY: &str = "";
const NUMBER: u8 = 5;

#[derive(FromSecrets)]
#[secrets(name = SPACE)]
struct Database {
    password: SecretString,
}

#[derive(FromSecrets)]
struct Config {
    #[secret(name = EMPTY)]
    token: SecretString,
}

#[derive(FromSecrets)]
struct Number {
    #[secret(name = NUMBER)]
    token: SecretString,
}

#[derive(FromSecrets)]
struct Unknown {
    #[secret(name = UNKNOWN)]
    token: SecretString,
}

fn main() {}
