use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(nmae = "POCKET_KEY")]
    misspelt: SecretString,
    #[secret(stage = "AWSPREVIOUS")]
    shortened: SecretString,
    #[secret(colour = "red")]
    like_none: SecretString,
    #[secret(type = "text")]
    keyword: SecretString,
}

fn main() {}
