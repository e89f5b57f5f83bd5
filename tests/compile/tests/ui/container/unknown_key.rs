use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefx = "POCKET_")]
struct Misspelled {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(rename = "kebab-case")]
struct Shortened {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(color = "red")]
struct Dissimilar {
    key: SecretString,
}

fn main() {}
