use from_secrets::FromSecrets;

struct Plain;

#[derive(FromSecrets)]
#[secrets(transparent)]
struct Inner(Plain);

#[derive(FromSecrets)]
#[secrets(transparent)]
struct Token(String);

#[derive(FromSecrets)]
struct Config {
    #[secret(flatten)]
    token: Token,
}

fn main() {}
