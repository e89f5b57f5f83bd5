use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Config(String, u16);

#[derive(FromSecrets)]
struct Newtype<T>(T)
where
    T: Clone;

fn main() {}
