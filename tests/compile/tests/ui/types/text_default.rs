use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config {
    #[secret(default = "8080")]
    port: u16,
    #[secret(default = "")]
    verbose: bool,
    #[secret(parse, default = "1")]
    parsed: f64,
}

fn main() {}
