use from_secrets::FromSecrets;

struct Opaque;

#[derive(FromSecrets)]
struct Config {
    key: Opaque,
    optional: Option<Opaque>,
}

fn main() {}
