use from_secrets::FromSecrets;

#[derive(FromSecrets)]
#[secrets(default)]
struct Config {
    port: u16,
}

fn main() {}
