use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", prefix = "OTHER_")]
struct InOneAttribute {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[secrets(debug)]
struct InTwoAttributes {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets("prod/pocket", name = "prod/pocket")]
struct NameTwice {
    key: SecretString,
}

fn main() {}
