use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Database {
    password: SecretString,
}

#[derive(FromSecrets)]
struct Config {
    #[secret(env_only, alias = "LISTEN_PORT")]
    port: u16,
    #[secret(env = false, env_alias = "OLD_TOKEN")]
    token: SecretString,
    #[secret(skip, alias = "calls")]
    calls: u64,
    #[secret(flatten, alias = "db", env_alias = "DB")]
    database: Database,
    #[secret(alias = "old", version_id = "01234567-89ab-cdef-0123-456789abcdef")]
    pinned: SecretString,
    #[secret(
        version_stage = "AWSPREVIOUS",
        alias = "{{resolve:secretsmanager:y:SecretString:z:AWSPREVIOUS}}"
    )]
    twice: SecretString,
    #[secret(
        "{{resolve:secretsmanager:x:SecretString:::01234567-89ab-cdef-0123-456789abcdef}}",
        alias = "old/x",
        env = "PINNED_IN_NAME"
    )]
    pinned_in_name: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "prod/", alias = "prod/old")]
struct NoName {
    token: SecretString,
}

#[derive(FromSecrets)]
#[secrets(name = "prod/new", alias = "{{resolve:secretsmanager:prod/old:SecretString::AWSPREVIOUS}}")]
struct Versions {
    #[secret(version_id = "01234567-89ab-cdef-0123-456789abcdef")]
    pinned: SecretString,
    #[secret(version_stage = "AWSPREVIOUS")]
    staged: SecretString,
}

#[derive(FromSecrets)]
#[secrets(
    "{{resolve:secretsmanager:y:SecretString:::01234567-89ab-cdef-0123-456789abcdef}}",
    alias = "old/y",
    env_prefix = "Y_"
)]
struct PinnedInName {
    token: SecretString,
    key: SecretString,
}

fn main() {}
