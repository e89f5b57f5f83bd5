use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config<'a> {
    key: &'static str,
    token: Option<&'a str>,
    #[secret(binary)]
    bytes: &'a [u8],
}

fn main() {}
