//! The decoder with any value: the result equals that of the type's own parser, and errors do not show the value.

mod structures;
mod texts;

use std::fmt::Debug;

use from_secrets::source::{Env, Memory};
use from_secrets::{Error, FromSecrets, Loader};
use serde::de::DeserializeOwned;

use crate::canary;
use crate::loading::{self, Case, DIGITS, is_silent};

/// Decodes the value into all types, unchanged and with a canary in it.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check_text(&text);
    check_text(&marked(&text));
    texts::check_bytes(data);
}

fn check_text(text: &str) {
    texts::check(text);
    structures::check(text);
}

/// Inserts a canary into the text: plain, with JSON escapes, or as a number.
fn marked(text: &str) -> String {
    let seed: usize = text.bytes().map(usize::from).sum();
    let mut position = seed % (text.len() + 1);
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    let escaped = canary::MARK.replace('"', "\\\"");
    let mark = [canary::MARK, &escaped, DIGITS][seed % 3];
    format!("{}{mark}{}", &text[..position], &text[position..])
}

/// A struct with one value.
#[derive(FromSecrets)]
#[secrets(debug)]
struct One<T> {
    #[secret("value")]
    value: T,
}

/// The expected result of a conversion.
enum Expected<T> {
    /// The value.
    Is(T),
    Rejected,
    /// Unknown, because the check does not model the conversion.
    Unknown,
}

impl<T> From<Option<T>> for Expected<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Rejected, Self::Is)
    }
}

impl<T: PartialEq + Debug> Expected<T> {
    /// Compares the results. The message contains the type, but not the input, which the fuzzer shows.
    #[track_caller]
    fn assert_met(self, loaded: Result<T, Error>) {
        let name = std::any::type_name::<T>();
        match (self, loaded) {
            (Self::Is(expected), Ok(loaded)) => assert!(
                expected == loaded,
                "`{name}` is {loaded:?}, not {expected:?}"
            ),
            (Self::Is(expected), Err(error)) => panic!("`{name}` is not {expected:?}: {error:#}"),
            (Self::Rejected, Ok(loaded)) => {
                panic!("`{name}` is {loaded:?}, and should be rejected")
            }
            (Self::Rejected, Err(_)) | (Self::Unknown, _) => {}
        }
    }
}

/// Returns a case with a text secret.
fn memory(text: &str) -> Case {
    case(
        loading::loader([Memory::new().with_secret("value", text)]),
        text,
    )
}

/// Returns a case with a binary secret.
fn binary(bytes: &[u8]) -> Case {
    let memory = Memory::new().with_binary("value", bytes);
    case(loading::loader([memory]), &String::from_utf8_lossy(bytes))
}

/// Returns a case with an environment variable.
fn variable(text: &str) -> Case {
    let loader = Loader::new()
        .env(Env::from_vars([("VALUE", text)]))
        .source(Env::new());
    case(loader, text)
}

fn case(loader: Loader, text: &str) -> Case {
    Case {
        loader,
        is_secret: !is_silent(text),
    }
}

/// Decodes with serde.
fn decode<T: DeserializeOwned>(case: &Case) -> Result<T, Error> {
    case.load::<One<T>>().map(|one| one.value)
}
