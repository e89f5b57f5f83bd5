use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(rename_all = "kebab_case")]
struct Misspelled {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(rename_all = "Title Case")]
struct Unknown {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(rename_all = kebab)]
struct NoString {
    key: SecretString,
}

fn main() {}
