//! What the decoder promises of any value: a type gets what its own parser would make of it, or an error that does not
//! show it.

mod structures;
mod texts;

use std::fmt::Debug;

use from_secrets::source::{Env, Memory};
use from_secrets::{Error, FromSecrets, Loader};
use serde::de::DeserializeOwned;

use crate::canary;
use crate::loading::{self, DIGITS, Given, is_silent};

/// Gives the value to every type, as it is, and with a canary in it.
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

/// The text with a canary somewhere within, as it is, as JSON escapes it, or as a number.
fn marked(text: &str) -> String {
    let chosen: usize = text.bytes().map(usize::from).sum();
    let mut place = chosen % (text.len() + 1);
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    let escaped = canary::MARK.replace('"', "\\\"");
    let mark = [canary::MARK, &escaped, DIGITS][chosen % 3];
    format!("{}{mark}{}", &text[..place], &text[place..])
}

/// A struct of one value.
#[derive(FromSecrets)]
#[secrets(debug)]
struct One<T> {
    #[secret("value")]
    value: T,
}

/// What is known of how a type takes a value.
enum Expected<T> {
    /// This is what it becomes.
    Is(T),
    Refused,
    /// Either may be right.
    Unknown,
}

impl<T> From<Option<T>> for Expected<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Refused, Self::Is)
    }
}

impl<T: PartialEq + Debug> Expected<T> {
    /// Compares. What is told names the type alone; the input is the fuzzer's to show.
    #[track_caller]
    fn assert_met(self, loaded: Result<T, Error>) {
        let name = std::any::type_name::<T>();
        match (self, loaded) {
            (Self::Is(expected), Ok(loaded)) => assert!(
                expected == loaded,
                "`{name}` is {loaded:?}, not {expected:?}"
            ),
            (Self::Is(expected), Err(error)) => panic!("`{name}` is not {expected:?}: {error:#}"),
            (Self::Refused, Ok(loaded)) => panic!("`{name}` is {loaded:?}, and should be refused"),
            (Self::Refused, Err(_)) | (Self::Unknown, _) => {}
        }
    }
}

/// A value in memory.
fn memory(text: &str) -> Given {
    given(
        loading::loader([Memory::new().with_secret("value", text)]),
        text,
    )
}

/// A value that is bytes.
fn binary(bytes: &[u8]) -> Given {
    let memory = Memory::new().with_binary("value", bytes);
    given(loading::loader([memory]), &String::from_utf8_lossy(bytes))
}

/// A value in the environment.
fn variable(text: &str) -> Given {
    let loader = Loader::new()
        .env(Env::from_vars([("VALUE", text)]))
        .source(Env::new());
    given(loader, text)
}

fn given(loader: Loader, text: &str) -> Given {
    Given {
        loader,
        is_secret: !is_silent(text),
    }
}

/// Decodes with serde.
fn decode<T: DeserializeOwned>(given: &Given) -> Result<T, Error> {
    given.load::<One<T>>().map(|one| one.value)
}
