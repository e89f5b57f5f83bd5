use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(env = "KEY", env = "TOKEN")]
    in_one_attribute: SecretString,
    #[secret(name = "a")]
    #[secret(json_key = "b")]
    #[secret(name = "c")]
    in_two_attributes: SecretString,
    #[secret("a", "b")]
    name_twice: SecretString,
    #[secret(binary, binary, binary)]
    thrice: Vec<u8>,
}

fn main() {}
