use from_secrets::FromSecrets;

#[derive(serde::Deserialize)]
struct Database {
    password: String,
}

#[derive(FromSecrets)]
struct Config {
    #[secret(flatten)]
    database: Database,
    #[secret(flatten)]
    optional: Option<Database>,
}

fn main() {}
