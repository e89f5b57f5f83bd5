use from_secrets::FromSecrets;

struct Opaque;

#[derive(FromSecrets)]
struct Config {
    #[secret(binary)]
    key: Opaque,
}

fn main() {}
