use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config {
    #[secret(default = 8080)]
    port: Option<u16>,
    #[secret(env_only, default)]
    host: std::option::Option<String>,
}

fn main() {}
