use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct TwoSecrets {
    #[secret("prod/db", env = "PASSWORD")]
    db: SecretString,
    #[secret("prod/cache", env = "PASSWORD")]
    cache: SecretString,
}

#[derive(FromSecrets)]
struct TwoKeys {
    #[secret("prod/db", json_key = "user", env = "DB")]
    user: SecretString,
    #[secret("prod/db", json_key = "password", env = "DB")]
    password: SecretString,
}

#[derive(FromSecrets)]
struct TwoVersions {
    #[secret("prod/db")]
    current: SecretString,
    #[secret("prod/db", version_stage = "AWSPREVIOUS")]
    previous: SecretString,
}

#[derive(FromSecrets)]
struct SameDerivedName {
    #[secret("prod/db")]
    slash: SecretString,
    #[secret("prod-db")]
    hyphen: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct SettingAndSecret {
    key: SecretString,
    #[secret(env_only, env = "POCKET_KEY")]
    setting: String,
}

#[derive(FromSecrets)]
struct Three {
    #[secret(env = "KEY")]
    one: SecretString,
    #[secret(env = "KEY")]
    two: SecretString,
    #[secret(env = "KEY")]
    three: SecretString,
}

fn main() {}
