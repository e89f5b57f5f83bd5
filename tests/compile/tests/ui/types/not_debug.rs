use from_secrets::FromSecrets;

#[derive(serde::Deserialize)]
struct Level(u8);

#[derive(FromSecrets)]
#[secrets(debug)]
struct Config {
    key: Level,
    #[secret(env_only)]
    level: Level,
    #[secret(shown)]
    shown: Level,
}

fn main() {
    let _ = |level: Level| level.0;
}
