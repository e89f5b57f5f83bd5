use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secret(prefix = "POCKET_")]
struct OnStruct {
    key: SecretString,
}

#[derive(FromSecrets)]
struct OnField {
    #[secrets(name = "POCKET_KEY")]
    key: SecretString,
    #[secrets(rename_all = "kebab-case")]
    token: SecretString,
}

#[derive(FromSecrets)]
#[secrets(binary)]
struct KeyOfField {
    key: SecretString,
}

#[derive(FromSecrets)]
struct KeyOfStruct {
    #[secret(debug)]
    key: SecretString,
}

fn main() {}
