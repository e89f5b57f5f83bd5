use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf")]
    arn: SecretString,
    #[secret("{POCKET_SECRET_ARN}")]
    placeholder: SecretString,
    #[secret("2fa/key")]
    digit: SecretString,
}

#[derive(FromSecrets)]
#[secrets("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf")]
struct PocketConfig {
    key: SecretString,
    token: SecretString,
    #[secret(env = "USER")]
    user: SecretString,
}

fn main() {}
