use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(name "POCKET_KEY")]
    no_equals_sign: SecretString,
    #[secret(name: "POCKET_KEY")]
    colon: SecretString,
    #[secret(name = )]
    no_value: SecretString,
    #[secret(name = "POCKET_KEY" json_key = "key")]
    no_comma: SecretString,
    #[secret(name = "POCKET_KEY" "OTHER")]
    garbage: SecretString,
    #[secret(, name = "POCKET_KEY")]
    comma_first: SecretString,
    #[secret(5)]
    number: SecretString,
    #[secret(=)]
    sign: SecretString,
    #[secret(default = 1 +)]
    cut: u16,
}

fn main() {}
