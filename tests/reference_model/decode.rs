//! The value of a field for each content.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::content::{Content, Json};
use crate::structs::{Kind, hex};

/// The result of a field.
pub(crate) enum Taken {
    Reported(String),
    Missing,
    /// The content cannot have the key: it is not JSON, or the key is ambiguous.
    Unreadable,
    /// The type rejects the value.
    Refused,
    /// The function of `validate` rejects the value.
    Invalid,
}

/// Decodes a content, or the part of it under a key. Bytes in a variable are base64.
pub(crate) fn taken(
    content: &Content,
    json_key: Option<&str>,
    kind: Kind,
    in_variable: bool,
) -> Taken {
    let reported = match json_key {
        None => whole(content, kind, in_variable),
        Some(key) => match (content, key.strip_prefix('/')) {
            (
                Content::Text {
                    json: Json::Object(entries),
                    ..
                },
                None,
            ) => match entry(entries, key) {
                Found::One(json) => part(json, kind),
                Found::None => return Taken::Missing,
                Found::Two => return Taken::Unreadable,
            },
            (
                Content::Text {
                    json: json @ (Json::Object(_) | Json::List(_)),
                    ..
                },
                Some(pointer),
            ) => match follow(json, pointer) {
                Found::One(json) => part(json, kind),
                Found::None => return Taken::Missing,
                Found::Two => return Taken::Unreadable,
            },
            _ => return Taken::Unreadable,
        },
    };
    match reported {
        Some(reported) if kind == Kind::Even && !is_even(&reported) => Taken::Invalid,
        Some(reported) => Taken::Reported(reported),
        None => Taken::Refused,
    }
}

fn is_even(number: &str) -> bool {
    number.ends_with(['0', '2', '4', '6', '8'])
}

enum Found<'a> {
    One(&'a Json),
    None,
    Two,
}

/// `null` counts as missing.
fn entry<'a>(entries: &'a [(String, Json)], key: &str) -> Found<'a> {
    let found: Vec<_> = entries.iter().filter(|(name, _)| name == key).collect();
    match found[..] {
        [] | [(_, Json::Null)] => Found::None,
        [(_, json)] => Found::One(json),
        _ => Found::Two,
    }
}

fn follow<'a>(json: &'a Json, pointer: &str) -> Found<'a> {
    let mut at = json;
    for key in pointer.split('/') {
        let Json::Object(entries) = at else {
            return Found::None;
        };
        match entry(entries, key) {
            Found::One(next) => at = next,
            other => return other,
        }
    }
    Found::One(at)
}

fn whole(content: &Content, kind: Kind, in_variable: bool) -> Option<String> {
    match content {
        Content::Bytes(bytes) => (kind == Kind::Bytes).then(|| hex(bytes)),
        Content::Text { json, .. } => {
            let text = content.text()?;
            match (kind, json) {
                (Kind::Text | Kind::Secret, _) => Some(text),
                (Kind::Bytes, _) if !in_variable => Some(hex(text.as_bytes())),
                (Kind::List | Kind::Point, json) | (Kind::Items, json @ Json::List(_)) => {
                    composite(json, kind)
                }
                (Kind::Items, _) => items(&text),
                _ => scalar(&text, kind),
            }
        }
    }
}

fn part(json: &Json, kind: Kind) -> Option<String> {
    match (json, kind) {
        (Json::Encoded(json), Kind::List | Kind::Point) => composite(json, kind),
        (Json::Encoded(json), Kind::Items) if matches!(**json, Json::List(_)) => {
            composite(json, kind)
        }
        (json, Kind::List | Kind::Point) | (json @ Json::List(_), Kind::Items) => {
            composite(json, kind)
        }
        (Json::Text(_) | Json::Encoded(_) | Json::Number(_) | Json::Flag(_), Kind::Items) => {
            items(&json.bare())
        }
        (Json::Number(_), Kind::Flag | Kind::Level) | (Json::Flag(_), Kind::Level) => None,
        (Json::Text(_) | Json::Encoded(_) | Json::Number(_) | Json::Flag(_), _) => {
            scalar(&json.bare(), kind)
        }
        _ => None,
    }
}

/// Decodes text for a type that accepts text.
fn scalar(text: &str, kind: Kind) -> Option<String> {
    let line = text.trim_end_matches('\n');
    match kind {
        Kind::Text | Kind::Secret => Some(text.to_owned()),
        Kind::Port | Kind::Even => line.parse::<u16>().ok().map(|number| number.to_string()),
        Kind::Signed => line.parse::<i64>().ok().map(|number| number.to_string()),
        Kind::Seconds | Kind::Pause => line.parse::<u64>().ok().map(|number| number.to_string()),
        Kind::Flag => ["true", "false"].contains(&line).then(|| line.to_owned()),
        Kind::Level => ["low", "high"].contains(&line).then(|| line.to_owned()),
        Kind::Address => line
            .parse::<std::net::IpAddr>()
            .ok()
            .map(|address| address.to_string()),
        Kind::Bytes => base64(line),
        Kind::List | Kind::Items | Kind::Point => None,
    }
}

fn composite(json: &Json, kind: Kind) -> Option<String> {
    match (json, kind) {
        (Json::List(items), Kind::List | Kind::Items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| part(item, Kind::Port)).collect();
            items.map(|items| items.join(","))
        }
        (Json::Object(entries), Kind::Point) => point(entries),
        _ => None,
    }
}

/// Returns the items of text.
fn items(text: &str) -> Option<String> {
    let items = text.split(',').map(|item| scalar(item.trim(), Kind::Port));
    let items = items.filter(|_| !text.trim().is_empty());
    let items: Option<Vec<_>> = items.collect();
    items.map(|items| items.join(","))
}

fn point(entries: &[(String, Json)]) -> Option<String> {
    let Found::One(x) = entry(entries, "x") else {
        return None;
    };
    let x = part(x, Kind::Port)?;
    match entry(entries, "y") {
        Found::One(y) => part(y, Kind::Text).map(|y| format!("{x};{y}")),
        Found::None => Some(format!("{x};-")),
        Found::Two => None,
    }
}

fn base64(text: &str) -> Option<String> {
    let either =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    // Tools wrap its lines.
    let digits: String = text.split_whitespace().collect();
    let bytes = GeneralPurpose::new(&STANDARD, either).decode(digits);
    bytes.ok().map(|bytes| hex(&bytes))
}
