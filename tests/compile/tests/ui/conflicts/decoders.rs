use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config {
    #[secret(with = seconds, parse)]
    with_parse: u16,
    #[secret(binary, deserialize_with = seconds::deserialize)]
    with_binary: Vec<u8>,
    #[secret(with = seconds, deserialize_with = seconds::deserialize)]
    twice: u16,
    #[secret(separator = ",", parse = list)]
    separated_parse: Vec<u16>,
    #[secret(separator = ",", binary)]
    separated_binary: Vec<u8>,
    #[secret(flatten, separator = ",", with = seconds)]
    nested: Nested,
    #[secret(skip, deserialize_with = seconds::deserialize)]
    skipped: u16,
    #[secret(separator = "")]
    empty: Vec<u16>,
    #[secret(separator = ',')]
    character: Vec<u16>,
    #[secret(with = "seconds")]
    quoted: u16,
    #[secret(with)]
    no_module: u16,
}

fn main() {}
