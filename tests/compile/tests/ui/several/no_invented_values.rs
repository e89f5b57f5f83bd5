//! An unreadable value leads to one error, and to none about a value that was not written.

use from_secrets::FromSecrets;

#[derive(FromSecrets)]
#[secrets(name = "prod/db", alias = 1, alias = 2)]
struct Database {
    #[secret(alias = 1, alias = 2)]
    password: String,
    #[secret(env = 1, env_alias = "OLD_USER")]
    user: String,
    #[secret(env_alias = 1, env_alias = 2)]
    host: String,
    #[secret(env_only, env = 1)]
    port: u16,
}

fn main() {}
