use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret("")]
    empty: SecretString,
    #[secret("prod db")]
    space: SecretString,
    #[secret(name = "prod:db")]
    colon: SecretString,
    #[secret("schlüssel")]
    not_ascii: SecretString,
    #[secret("{stage}/prod db")]
    in_template: SecretString,
}

#[derive(FromSecrets)]
#[secrets("prod db")]
struct OneSecret {
    key: SecretString,
    token: SecretString,
}

#[derive(FromSecrets)]
struct Nested {
    #[secret(flatten, name = "prod db")]
    space: Named,
    #[secret(flatten, name = "{{resolve:secretsmanager:prod/db:SecretString:key}}")]
    json_key: Named,
}

#[derive(FromSecrets)]
#[secrets("prod/db")]
struct Named {
    key: SecretString,
}

fn main() {}
