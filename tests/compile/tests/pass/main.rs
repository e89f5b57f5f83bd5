//! Valid declarations compile without warnings and load the expected values.

mod addresses;
mod containers;
mod debug;
mod fields;
mod generics;
mod hygiene;
mod lints;
mod macros;
mod nesting;
mod optional;
mod structs;
mod validation;

use from_secrets::report::LoadReport;
use from_secrets::source::{Env, Memory};
use from_secrets::{Error, FromSecrets, Loader};

/// Loads from the secrets, and then from the variables.
fn load<T: FromSecrets + Send + 'static>(
    memory: Memory,
    variables: &[(&str, &str)],
) -> Result<T, Error> {
    loader(memory, variables).load_blocking()
}

/// Returns one line for each loaded field: `path: secret#key@version $VARIABLE`.
fn addresses<T: FromSecrets>(memory: Memory, variables: &[(&str, &str)]) -> Vec<String> {
    let (_, report) = load_with_report::<T>(memory, variables);
    report
        .fields()
        .iter()
        .map(|field| {
            let secret = field.secret_id().unwrap_or_default();
            let key = field
                .json_key()
                .map(|key| format!("#{key}"))
                .unwrap_or_default();
            let variable = field
                .variable()
                .map(|variable| format!(" ${variable}"))
                .unwrap_or_default();
            format!("{}: {secret}{key}{variable}", field.path())
        })
        .collect()
}

fn load_with_report<T: FromSecrets>(memory: Memory, variables: &[(&str, &str)]) -> (T, LoadReport) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(loader(memory, variables).load_with_report())
        .expect("a load")
}

fn loader(memory: Memory, variables: &[(&str, &str)]) -> Loader {
    let environment = Env::from_vars(variables.iter().copied());
    Loader::new()
        .source(memory)
        .source(Env::new())
        .env(environment)
}
