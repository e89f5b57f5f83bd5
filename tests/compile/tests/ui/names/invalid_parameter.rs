use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(name = "arn:aws:ssm:us-east-1:123456789012:document/db", env = "A")]
    other_resource: SecretString,
    #[secret(name = "arn:aws:ssm:us-east-1:123456789012:parameter/db:password::", env = "B")]
    too_many_parts: SecretString,
    #[secret(name = "{{resolve:ssm:/prod/db:good}}", env = "C")]
    label: SecretString,
    #[secret(name = "{{resolve:ssm:/prod/d!b}}", env = "D")]
    character: SecretString,
    #[secret(name = "{{resolve:ssm:/prod//db}}", env = "E")]
    empty_level: SecretString,
    #[secret(name = "arn:aws:ssm:us-east-1:123456789012:parameter/db:3")]
    no_variable: SecretString,
    #[secret(name = "{{resolve:ssm:/prod/db:3}}", version_id = "4", env = "F")]
    two_versions: SecretString,
}

fn main() {}
