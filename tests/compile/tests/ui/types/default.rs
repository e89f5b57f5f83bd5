use from_secrets::FromSecrets;

#[derive(serde::Deserialize)]
struct Level;

#[derive(FromSecrets)]
struct Config {
    #[secret(default)]
    level: Level,
    #[secret(default = 1)]
    host: String,
    #[secret(skip)]
    skipped: Level,
}

fn main() {}
