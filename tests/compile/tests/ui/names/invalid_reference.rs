use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(name = "arn:aws:s3:us-east-1:123456789012:bucket/db", env = "A")]
    other_service: SecretString,
    #[secret(name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf:k:s:v:w", env = "B")]
    too_many_parts: SecretString,
    #[secret(name = "{{resolve:s3:prod/db}}", env = "C")]
    other_resolver: SecretString,
    #[secret(name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf:k:AWSPREVIOUS:v", env = "D")]
    two_versions: SecretString,
    #[secret(name = "arn:aws:secretsmanager:us east 1:123456789012:secret:prod/db-AbCdEf", env = "E")]
    region_with_spaces: SecretString,
    #[secret(name = "arn:aws:secretsmanager:us-east-1:12345678901:secret:prod/db-AbCdEf", env = "F")]
    short_account: SecretString,
    #[secret(name = "arn:AWS:ssm:us-east-1:123456789012:parameter/prod/db", env = "G")]
    uppercase_partition: SecretString,
    #[secret(name = "arn:aws:secretsmanager:us east-{number}:123456789012:secret:prod/db-AbCdEf", env = "H")]
    space_beside_placeholder: SecretString,
    #[secret(name = "arn:aws:secretsmanager:cn-north-1:123456789012:secret:prod/db-AbCdEf", env = "I")]
    region_of_other_partition: SecretString,
}

fn main() {}
