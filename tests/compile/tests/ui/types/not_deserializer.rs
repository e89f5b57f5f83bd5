use from_secrets::FromSecrets;
use serde::{Deserialize, Deserializer};

#[derive(FromSecrets)]
struct Config {
    #[secret(with = of_text)]
    argument: u16,
    #[secret(with = optional)]
    option: Option<u16>,
    #[secret(with = absent)]
    function: u16,
}

mod of_text {
    pub fn deserialize(text: &str) -> Result<u16, std::num::ParseIntError> {
        text.parse()
    }
}

mod optional {
    use super::*;

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
        u16::deserialize(from).map(Some)
    }
}

mod absent {}

fn main() {}
