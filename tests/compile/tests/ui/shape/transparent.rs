use from_secrets::FromSecrets;

#[derive(FromSecrets)]
#[secrets(transparent)]
struct Two(String, u16);

#[derive(FromSecrets)]
#[secrets(transparent)]
struct Unit;

#[derive(FromSecrets)]
#[secrets(transparent)]
enum Level {
    Low,
}

#[derive(FromSecrets)]
#[secrets(transparent)]
struct Borrowed(&'static str);

#[derive(FromSecrets)]
struct Config {
    two: Two,
    unit: Unit,
    level: Level,
    borrowed: Borrowed,
}

fn main() {}
