use from_secrets::FromSecrets;

#[derive(FromSecrets)]
#[secrets(validate = of_port)]
struct Config {
    #[secret(validate = of_text)]
    argument: u16,
    #[secret(validate = is_even)]
    result: u16,
}

fn of_text(_: &str) -> Result<(), String> {
    Ok(())
}

fn is_even(port: &u16) -> bool {
    port % 2 == 0
}

fn of_port(_: &u16) -> Result<(), String> {
    Ok(())
}

fn main() {}
