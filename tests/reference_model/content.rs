//! The content of secrets and variables. It is generated here and serialized for the loader, so that the reference does
//! not have to parse it.

use from_secrets_tests::Random;

use crate::structs::Kind;

/// JSON.
#[derive(Clone, PartialEq)]
pub(crate) enum Json {
    Text(String),
    Number(i64),
    Fraction,
    Flag(bool),
    Null,
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A string that contains JSON, as the console's editor stores it.
    Encoded(Box<Json>),
}

/// The content of a secret or a variable.
#[derive(Clone, PartialEq)]
pub(crate) enum Content {
    /// Text, or JSON as text.
    Text {
        json: Json,
        newline: bool,
        as_bytes: bool,
    },
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
}

impl Json {
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Text(text) => serde_json::to_string(text).expect("text can be written"),
            Self::Number(number) => number.to_string(),
            Self::Fraction => "0.5".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Null => "null".to_owned(),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Self::written).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| format!("{key:?}: {}", value.written()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Self::Encoded(json) => Self::Text(json.written()).written(),
        }
    }

    /// Returns the text of a string, or of another scalar.
    pub(crate) fn bare(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Encoded(json) => json.written(),
            other => other.written(),
        }
    }

    /// Returns the type, without the value.
    fn shape(&self) -> String {
        match self {
            Self::Text(text) if text.is_empty() => "empty text".to_owned(),
            Self::Text(_) => "text".to_owned(),
            Self::Number(_) => "number".to_owned(),
            Self::Fraction => "fraction".to_owned(),
            Self::Flag(_) => "flag".to_owned(),
            Self::Null => "null".to_owned(),
            Self::List(items) => format!("list of {}", items.len()),
            Self::Object(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", value.shape()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Self::Encoded(json) => format!("text of a {}", json.shape()),
        }
    }
}

impl Content {
    /// Text, in which encoded content is JSON.
    pub(crate) fn of(json: Json, newline: bool, as_bytes: bool) -> Self {
        match json {
            Json::Encoded(json) => Self::of(*json, newline, as_bytes),
            json => Self::Text {
                json,
                newline,
                as_bytes,
            },
        }
    }

    /// Returns the text, if the content is text.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text { json, newline, .. } => {
                Some(json.bare() + if *newline { "\n" } else { "" })
            }
            Self::Bytes(_) => None,
        }
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text {
                json,
                newline,
                as_bytes,
            } => {
                let newline = if *newline { ", newline" } else { "" };
                let bytes = if *as_bytes { ", as bytes" } else { "" };
                write!(f, "{}{newline}{bytes}", json.shape())
            }
            Self::Bytes(_) => f.write_str("bytes"),
        }
    }
}

/// Returns content that is valid for a field of this kind.
pub(crate) fn right(kind: Kind, random: &mut Random) -> Json {
    let number = |random: &mut Random, end| i64::try_from(random.below(end)).unwrap_or_default();
    let plain = match kind {
        Kind::Text | Kind::Secret => Json::Text(format!("word {}", random.below(1000))),
        Kind::Port => Json::Number(number(random, 65536)),
        Kind::Even => Json::Number(number(random, 32768) * 2),
        Kind::Signed => Json::Number(number(random, 100_000) - 50_000),
        Kind::Flag => Json::Flag(random.in_a_hundred(50)),
        Kind::Level => Json::Text((*random.one_of(&["low", "high"])).to_owned()),
        Kind::Address => Json::Text(format!("10.0.0.{}", random.below(256))),
        Kind::Seconds | Kind::Pause => Json::Number(number(random, 4000)),
        Kind::Bytes => {
            Json::Text((*random.one_of(&["aGVsbG8=", "aGVsbG8", "/+8=", "MTIzNA=="])).to_owned())
        }
        Kind::Items if random.in_a_hundred(50) => {
            Json::Text((*random.one_of(&["1,2", " 3 , 4", "5", "", "\t6,7 "])).to_owned())
        }
        Kind::List | Kind::Items => {
            Json::List((0..3).map(|_| Json::Number(number(random, 100))).collect())
        }
        Kind::Point => {
            let mut entries = vec![("x".to_owned(), Json::Number(number(random, 100)))];
            match random.below(3) {
                0 => {}
                1 => entries.push(("y".to_owned(), Json::Null)),
                _ => entries.push(("y".to_owned(), Json::Text("why".to_owned()))),
            }
            Json::Object(entries)
        }
    };
    match plain {
        Json::Number(_) | Json::Flag(_) if random.in_a_hundred(50) => Json::Text(plain.written()),
        Json::List(_) | Json::Object(_) if random.in_a_hundred(50) => {
            Json::Encoded(Box::new(plain))
        }
        plain => plain,
    }
}

/// Returns content that is often not valid for the field.
pub(crate) fn odd(random: &mut Random) -> Json {
    const OTHERS: [Kind; 8] = [
        Kind::Text,
        Kind::Port,
        Kind::Signed,
        Kind::Flag,
        Kind::Level,
        Kind::Address,
        Kind::List,
        Kind::Point,
    ];
    match random.below(12) {
        0 => Json::Fraction,
        1 => Json::Text(String::new()),
        2 => Json::Text("65536".to_owned()),
        _ => {
            let kind = *random.one_of(&OTHERS);
            right(kind, random)
        }
    }
}
