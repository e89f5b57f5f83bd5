//! What the `.env` file promises, whatever bytes it has.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use from_secrets::source::Dotenv;
use from_secrets::{ExposeSecret as _, FromSecrets, SecretString};

use crate::loading::{self, DIGITS, Given, is_silent};

/// A variable of each kind. All are optional, so that a file needs not have them all.
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

/// One file for each process, in memory where the system has such a place.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("from-secrets-fuzz-{}.env", std::process::id()))
});

/// Loads from a file of these bytes.
pub fn check(bytes: &[u8]) {
    fs::write(&*FILE, bytes).expect("a file");
    let text = String::from_utf8_lossy(bytes);
    let given = Given {
        loader: loading::loader([Dotenv::new().path(&*FILE)]),
        // Digits may be a part of a name, and names are told.
        is_secret: !is_silent(&text) && !text.contains(DIGITS) && !has_canary_in_braces(&text),
    };
    let settings = given.load::<Settings>();
    let text = given.load::<Text>();
    fs::remove_file(&*FILE).expect("the file that was written");
    match (Said::read(bytes), text) {
        (said, Ok(text)) => said.assert_loaded(text.text.as_ref().map(SecretString::expose_secret)),
        (Said::Something, Err(_)) => {}
        (_, Err(error)) => panic!("a plain file is refused: {error:#}"),
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

/// Whether a canary is a part of the name in a `${NAME}`, which an error tells if the variable is unset.
fn has_canary_in_braces(text: &str) -> bool {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = text.split("${").skip(1);
    names.any(|rest| {
        let end = rest.find(|c| !is_in_name(c)).unwrap_or(rest.len());
        !is_silent(&rest[..end])
    })
}

/// What a file says of `A`.
enum Said {
    Nothing,
    Text(String),
    /// More than is understood here.
    Something,
}

impl Said {
    /// Reads a file without quotes, spaces and braces, in which a `$` is literal: the last line for a name holds, and nothing counts as unset.
    fn read(bytes: &[u8]) -> Self {
        let mut said = Self::Nothing;
        for line in String::from_utf8_lossy(bytes).lines() {
            let Some((name, value)) = line.split_once('=') else {
                return Self::Something;
            };
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase());
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"$:/@-".contains(&b);
            if !is_name || !value.bytes().all(is_plain) {
                return Self::Something;
            }
            if name == "A" {
                said = Self::of(value);
            }
        }
        said
    }

    fn of(value: &str) -> Self {
        if value.is_empty() {
            Self::Nothing
        } else {
            Self::Text(value.to_owned())
        }
    }

    fn assert_loaded(&self, loaded: Option<&str>) {
        match self {
            Self::Nothing => assert_eq!(loaded, None),
            Self::Text(text) => assert_eq!(loaded, Some(text.as_str())),
            Self::Something => {}
        }
    }
}
