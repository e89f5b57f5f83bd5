use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Database {
    #[secret("prod/db", env = "DB_PASSWORD")]
    password: SecretString,
}

#[derive(FromSecrets)]
struct Names {
    #[secret(flatten, prefix = "PRIMARY_")]
    database: Database,
}

#[derive(FromSecrets)]
struct Variables {
    #[secret(flatten, env_prefix = "PRIMARY_")]
    database: Database,
}

#[derive(FromSecrets)]
#[secrets("prod/cache")]
struct Cache {
    password: SecretString,
}

#[derive(FromSecrets)]
struct NamedStruct {
    #[secret(flatten, prefix = "PRIMARY_")]
    cache: Cache,
}

#[derive(FromSecrets)]
struct NoSecretOfAllFields {
    #[secret(flatten, name = "prod/replica")]
    database: Database,
}

#[derive(FromSecrets)]
struct Outer {
    #[secret(flatten)]
    cache: Cache,
}

#[derive(FromSecrets)]
struct WithinNested {
    #[secret(flatten, name = "prod/replica")]
    outer: Option<Outer>,
}

fn main() {}
