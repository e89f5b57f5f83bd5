use from_secrets::FromSecrets;

#[derive(FromSecrets)]
struct Nested {
    port: u16,
}

#[derive(FromSecrets)]
struct Config {
    #[secret(flatten, validate = check)]
    nested: Nested,
    #[secret(skip, validate = check)]
    skipped: u16,
}

#[derive(FromSecrets)]
#[secrets(validate)]
struct Pathless {
    #[secret(validate = "check")]
    quoted: u16,
    #[secret(validate = |port| Ok(()))]
    closure: u16,
    #[secret(validate(check))]
    list: u16,
}

fn main() {}
