use from_secrets::FromSecrets;

#[derive(FromSecrets)]
enum Config {
    Pocket { key: String },
    None,
}

fn main() {}
