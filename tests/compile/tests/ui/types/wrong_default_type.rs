use std::time::Duration;

use from_secrets::FromSecrets;

#[derive(serde::Deserialize)]
struct Level;

#[derive(FromSecrets)]
struct Config {
    #[secret(default)]
    level: Level,
    #[secret(default = 1)]
    host: String,
    #[secret(default = Duration::from_secs(30))]
    seconds: u64,
    #[secret(default = [1, 2])]
    list: Vec<u8>,
    #[secret(default = seconds)]
    call: u8,
    #[secret(parse, default = (1, 2))]
    pair: u16,
    #[secret(skip)]
    skipped: Level,
    #[secret(skip, default = "")]
    cache: Level,
    #[secret(skip, default = 5)]
    calls: String,
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

fn main() {}
