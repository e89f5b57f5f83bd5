use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
struct Config {
    #[secret(name = 5)]
    no_string: SecretString,
    #[secret(json_key)]
    no_value: SecretString,
    #[secret(version_stage("AWSPREVIOUS"))]
    list: SecretString,
    #[secret(name = concat!("POCKET_", "KEY"))]
    no_literal: SecretString,
    #[secret(binary = true)]
    value_of_flag: Vec<u8>,
    #[secret(skip(default = 1))]
    list_of_flag: u16,
    #[secret(parse = "parse_port")]
    path_in_quotes: u16,
    #[secret(parse = |text| text.parse())]
    closure: u16,
    #[secret(default(8080))]
    default_in_parentheses: u16,
    #[secret(binary())]
    empty_list: Vec<u8>,
}

fn main() {}
