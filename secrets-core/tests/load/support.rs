//! Two structs, and their loads from memory and variables.

use from_secrets::source::{Env, Memory};
use from_secrets::{Error, FromSecrets, Loader, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
pub(crate) struct Pocket {
    /// Consumer key of the Pocket application.
    pub(crate) key: SecretString,
    /// Access token of the user whose list is read.
    pub(crate) token: SecretString,
}

#[derive(FromSecrets)]
#[secrets("prod/db", debug)]
pub(crate) struct Database {
    pub(crate) host: String,
    pub(crate) port: u16,
    #[secret(default = "app")]
    pub(crate) user: String,
    pub(crate) replica: Option<String>,
}

pub(crate) const DATABASE: &str = r#"{"host":"h","port":"5432","replica":null}"#;

pub(crate) fn loader(memory: &Memory, vars: &[(&str, &str)]) -> Loader {
    Loader::new()
        .source(memory.clone())
        .source(Env::new())
        .env(Env::from_vars(vars.iter().copied()))
}

pub(crate) fn load<T: FromSecrets>(memory: &Memory, vars: &[(&str, &str)]) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(loader(memory, vars).load())
}

pub(crate) fn failure<T: FromSecrets>(memory: &Memory, vars: &[(&str, &str)]) -> Error {
    match load::<T>(memory, vars) {
        Ok(_) => panic!("the load should have failed"),
        Err(error) => error,
    }
}
