use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(name = "{{resolve:secretsmanager:prod/db:SecretString:password}}", json_key = "user")]
    json_keys: SecretString,
    #[secret(name = "{{resolve:secretsmanager:prod/db:SecretString::AWSPREVIOUS}}", version_stage = "AWSCURRENT")]
    stages: SecretString,
    #[secret(name = "{DB_ARN}:password::a1b2", version_stage = "AWSCURRENT", env = "DB_PASSWORD")]
    versions: SecretString,
}

#[derive(FromSecrets)]
#[secrets("{{resolve:secretsmanager:prod/db:SecretString:password}}")]
struct KeyOfOneSecret {
    user: SecretString,
}

#[derive(FromSecrets)]
#[secrets("{{resolve:secretsmanager:prod/db:SecretString::AWSPREVIOUS}}")]
struct VersionOfOneSecret {
    #[secret(version_stage = "AWSCURRENT")]
    user: SecretString,
}

fn main() {}
