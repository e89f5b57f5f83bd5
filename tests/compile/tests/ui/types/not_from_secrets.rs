use std::collections::HashMap;
use std::sync::Arc;

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
    #[secret(flatten, prefix = "A_", env_prefix = "A_")]
    prefixed: Database,
    #[secret(flatten)]
    shared: Arc<Database>,
    #[secret(flatten)]
    map: HashMap<String, String>,
}

fn main() {
    let _ = Config::load_blocking();
}
