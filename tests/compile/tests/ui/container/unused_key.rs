use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "prod/")]
struct PrefixWithoutDerivedName {
    #[secret("POCKET_KEY")]
    key: SecretString,
    #[secret(env_only, env = "PORT")]
    port: u16,
}

#[derive(FromSecrets)]
#[secrets(env_prefix = "POCKET_")]
struct PrefixWithoutDerivedVariable {
    #[secret(env = "KEY")]
    key: SecretString,
    #[secret(env = false)]
    token: SecretString,
}

#[derive(FromSecrets)]
#[secrets("prod/pocket")]
struct SecretWithoutKeys {
    #[secret("POCKET_KEY")]
    key: SecretString,
    #[secret(skip)]
    calls: u64,
}

#[derive(FromSecrets)]
struct Database {
    password: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "PRIMARY_", env_prefix = "PRIMARY_")]
struct PrefixMeantForNested {
    #[secret(flatten)]
    primary: Database,
}

#[derive(FromSecrets)]
#[secrets(default)]
struct Defaulted {
    #[secret(default = 1)]
    own: u16,
    #[secret(flatten)]
    nested: Nested,
}

#[derive(FromSecrets)]
#[secrets("prod/pocket", rename_all = "kebab-case")]
struct CaseWithoutDerivedName {
    #[secret(json_key = "key")]
    key: SecretString,
}

fn main() {}
