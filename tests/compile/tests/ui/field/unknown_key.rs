use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(nmae = "POCKET_KEY")]
    misspelled: SecretString,
    #[secret(stage = "AWSPREVIOUS")]
    shortened: SecretString,
    #[secret(color = "red")]
    dissimilar: SecretString,
    #[secret(type = "text")]
    keyword: SecretString,
}

fn main() {}
