use from_secrets::FromSecrets;

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", prefx = "POCKET_")]
struct Config;

fn main() {}
