use from_secrets::FromSecrets;

#[derive(FromSecrets)]
#[secrets(debug)]
union Config {
    key: u32,
    token: f32,
}

fn main() {}
