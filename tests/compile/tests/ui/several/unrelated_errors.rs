use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefx = "POCKET_")]
struct Config {
    #[secret("prod db")]
    key: SecretString,
    #[secret(env = "POCKET-TOKEN")]
    token: SecretString,
    #[secret(default = 8080)]
    port: Option<u16>,
    #[secret(binary = true)]
    certificate: Vec<u8>,
}

fn main() {}
