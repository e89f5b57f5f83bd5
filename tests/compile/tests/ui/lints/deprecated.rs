#![deny(deprecated)]

use from_secrets::FromSecrets;

#[deprecated]
fn old() -> u8 {
    0
}

#[deprecated]
#[derive(FromSecrets)]
#[secrets(debug)]
struct Deprecated {
    #[deprecated]
    key: String,
    #[deprecated]
    #[secret(env_only, default = 1)]
    setting: u8,
    #[deprecated]
    #[secret(skip)]
    calls: u8,
}

#[derive(FromSecrets)]
struct Config {
    #[deprecated]
    key: String,
    #[secret(default = old())]
    level: u8,
    #[allow(deprecated)]
    #[secret(skip, default = old())]
    allowed: u8,
    #[secret(flatten)]
    nested: Deprecated,
}

fn read(config: &Config) -> &str {
    &config.key
}

fn main() {
    let _ = read;
}
