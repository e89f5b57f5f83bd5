use from_secrets::FromSecrets;

struct Opaque;

#[derive(FromSecrets)]
struct Config {
    #[secret(parse)]
    key: Opaque,
    #[secret(parse = from_number)]
    number: Opaque,
}

fn from_number(_: u16) -> Result<Opaque, std::fmt::Error> {
    Ok(Opaque)
}

fn main() {}
