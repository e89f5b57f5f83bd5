//! The `.env` source with any bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use from_secrets::source::Dotenv;
use from_secrets::{ExposeSecret as _, FromSecrets, SecretString};

use crate::loading::{self, Case, DIGITS, is_silent};

/// Variables of all kinds. They are optional, so that a file does not need all of them.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Settings {
    #[secret("A")]
    text: Option<SecretString>,
    #[secret("B")]
    number: Option<u16>,
    #[secret("C")]
    list: Option<Vec<String>>,
    #[secret("D", binary)]
    bytes: Option<Vec<u8>>,
    #[secret("E", parse)]
    address: Option<std::net::IpAddr>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Text {
    #[secret("A")]
    text: Option<SecretString>,
}

/// One file for each process, in memory if possible.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    directory.join(format!("from-secrets-fuzz-{}.env", std::process::id()))
});

/// Loads from a file with these bytes.
pub fn check(bytes: &[u8]) {
    fs::write(&*FILE, bytes).expect("a file");
    let text = String::from_utf8_lossy(bytes);
    let case = Case {
        loader: loading::loader([Dotenv::new().path(&*FILE)]),
        // Digits may be a part of a name, and errors show names.
        is_secret: !is_silent(&text) && !text.contains(DIGITS) && !has_canary_in_braces(&text),
    };
    let settings = case.load::<Settings>();
    let text = case.load::<Text>();
    fs::remove_file(&*FILE).expect("the file that was written");
    match (Expected::read(bytes), text) {
        (expected, Ok(text)) => {
            expected.assert_loaded(text.text.as_ref().map(SecretString::expose_secret))
        }
        (Expected::Unknown, Err(_)) => {}
        (_, Err(error)) => panic!("a plain file is rejected: {error:#}"),
    }
    if let Ok(Settings {
        text,
        number,
        list,
        bytes,
        address,
    }) = settings
    {
        drop((text, number, list, bytes, address));
    }
}

/// Returns whether a canary is part of the name in `${NAME}`, which an error shows if the variable is not set.
fn has_canary_in_braces(text: &str) -> bool {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = text.split("${").skip(1);
    names.any(|rest| {
        let end = rest.find(|c| !is_in_name(c)).unwrap_or(rest.len());
        !is_silent(&rest[..end])
    })
}

/// The expected value of `A`.
enum Expected {
    Missing,
    Text(String),
    /// Unknown, because the file has syntax that this check does not support.
    Unknown,
}

impl Expected {
    /// Reads a file without quotes, spaces and braces. `$` is literal, the last line of a name applies, and an empty
    /// value is missing.
    fn read(bytes: &[u8]) -> Self {
        let mut expected = Self::Missing;
        for line in String::from_utf8_lossy(bytes).lines() {
            let Some((name, value)) = line.split_once('=') else {
                return Self::Unknown;
            };
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase());
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"$:/@-".contains(&b);
            if !is_name || !value.bytes().all(is_plain) {
                return Self::Unknown;
            }
            if name == "A" {
                expected = Self::of(value);
            }
        }
        expected
    }

    fn of(value: &str) -> Self {
        if value.is_empty() {
            Self::Missing
        } else {
            Self::Text(value.to_owned())
        }
    }

    fn assert_loaded(&self, loaded: Option<&str>) {
        match self {
            Self::Missing => assert_eq!(loaded, None),
            Self::Text(text) => assert_eq!(loaded, Some(text.as_str())),
            Self::Unknown => {}
        }
    }
}
