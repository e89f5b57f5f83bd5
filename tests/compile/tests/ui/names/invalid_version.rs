use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(version_stage = "blue\tgreen")]
    stage_with_tab: SecretString,
    #[secret(version_id = "01234567\n")]
    id_with_line_break: SecretString,
    #[secret(version_id = "01234567-89ab-cdef-0123-456789abcdef-01234567-89ab-cdef-0123-456789abcdef")]
    long_id: SecretString,
    #[secret(name = "{{resolve:secretsmanager:prod/db:SecretString::blue\tgreen}}", env = "A")]
    stage_in_reference: SecretString,
    #[secret(name = "{{resolve:ssm:/prod/db:0}}", env = "B")]
    number_of_parameter: SecretString,
    #[secret(name = "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db:AWSPREVIOUS", env = "C")]
    label_of_parameter: SecretString,
}

fn main() {}
