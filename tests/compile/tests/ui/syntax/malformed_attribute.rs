use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets]
struct Nothing {
    #[secret]
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets = "prod/pocket"]
struct EqualsSign {
    #[secret = "POCKET_KEY"]
    key: SecretString,
}

fn main() {}
