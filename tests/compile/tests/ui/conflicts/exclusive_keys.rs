use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(version_stage = "AWSPREVIOUS", version_id = "a1b2")]
    versions: SecretString,
    #[secret(parse, binary)]
    decoders: Vec<u8>,
}

#[derive(FromSecrets)]
#[secrets(prefix = "prod/", name = "pocket")]
struct PrefixedSecret {
    key: SecretString,
}

fn main() {}
