use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config {
    #[secret(env_only, name = "PORT")]
    port: u16,
    #[secret(env_only, json_key = "host")]
    host: String,
    #[secret(env_only, version_stage = "AWSPREVIOUS")]
    user: String,
    #[secret(env_only, env = false)]
    nowhere: String,
}

fn main() {}
