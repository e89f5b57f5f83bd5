use from_secrets::{FromSecrets, SecretString};

// An unparsable key does not hide the errors of other keys.
#[derive(FromSecrets)]
#[secrets(prefix "POCKET_", debgu, rename_all = "shout")]
struct Config {
    #[secret(name "POCKET_KEY", jsonkey = "key", env = "1")]
    key: SecretString,
    #[secret(!, env = "2")]
    #[secret(binary = 1)]
    token: Vec<u8>,
}

fn main() {}
