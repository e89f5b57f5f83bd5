use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config {
    #[secret(default = "8080")]
    port: u16,
    #[secret(default = "")]
    verbose: bool,
}

fn main() {}
