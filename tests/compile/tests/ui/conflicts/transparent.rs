use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(transparent, prefix = "prod/", default, rename_all = "kebab-case")]
struct Prefixed(SecretString);

#[derive(FromSecrets)]
#[secrets(transparent)]
struct Unnamed(#[secret(env = "TOKEN", parse)] String);

#[derive(FromSecrets)]
#[secrets(transparent, name = "prod/token")]
struct Named {
    #[secret(name = "token", default, version_id = "a", version_stage = "b")]
    token: String,
}

#[derive(FromSecrets)]
struct Config {
    prefixed: Prefixed,
    unnamed: Option<Unnamed>,
    #[secret(flatten)]
    named: Named,
}

fn main() {}
