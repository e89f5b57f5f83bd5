use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefx = "POCKET_")]
struct Misspelt {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(rename = "kebab-case")]
struct Shortened {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(colour = "red")]
struct LikeNone {
    key: SecretString,
}

fn main() {}
