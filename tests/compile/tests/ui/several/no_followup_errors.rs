use from_secrets::{FromSecrets, SecretString};

// Errors in declarations cause no errors in the code that uses the types.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Database<T: Clone> {
    #[secret(nmae = "prod/db")]
    password: T,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Config {
    #[secret(flatten, prefix = "PRIMARY_", env_prefix = "PRIMARY_")]
    primary: Database<SecretString>,
    #[secret(flatten, name = "prod/replica")]
    replica: Database<SecretString>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
enum Shape<'a> {
    Borrowed(&'a str),
}

async fn load() -> Result<(), from_secrets::Error> {
    let database = Database::<SecretString>::load().await?;
    println!("{database:?} {:?}", Database::<SecretString>::SPEC);
    let config = Config::load_blocking()?;
    println!("{config:?}");
    let shape = from_secrets::Loader::new().load::<Shape<'static>>().await?;
    println!("{shape:?}");
    Ok(())
}

fn main() {
    let _ = load;
}
