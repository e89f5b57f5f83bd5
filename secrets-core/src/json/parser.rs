//! A JSON parser that wipes all of its buffers.
//!
//! `serde_json` unescapes strings in a buffer that it does not wipe. So it is used only to find the positions of
//! values, and strings are unescaped here.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::node::{BYTE_ORDER_MARK, Entry, JsonText, Node, NotJson};
use super::number::Number;

/// The maximum depth of nested objects and arrays. It is the one of `serde_json`.
const DEEPEST: usize = 127;

impl Node {
    /// Parses JSON, with an optional byte order mark before it.
    pub(crate) fn parse(text: &str) -> Result<Self, NotJson> {
        parse(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
    }
}

fn parse(text: &str) -> Result<Node, NotJson> {
    // An object, the most common secret, is read in a single pass. If that fails, the next one finds the position.
    if text.starts_with('{')
        && let Ok(entries) = serde_json::from_str(text)
    {
        return ParsedText(text).object(entries, 0);
    }
    // serde_json's message can quote the text, so only the position is kept.
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    ParsedText(text).read(whole, 0)
}

/// The entire text, from which the position of a value is calculated.
struct ParsedText<'a>(&'a str);

impl<'a> ParsedText<'a> {
    fn read(&self, raw: &'a RawValue, depth: usize) -> Result<Node, NotJson> {
        let bad = || self.place_of(raw);
        match raw.get().as_bytes().first() {
            Some(b'{' | b'[') if depth >= DEEPEST => Err(bad()),
            Some(b'{') => {
                let entries = serde_json::from_str(raw.get()).map_err(|_| bad())?;
                self.object(entries, depth)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| bad())?;
                let items = items.into_iter().map(|item| self.read(item, depth + 1));
                items.collect::<Result<_, _>>().map(Node::Array)
            }
            Some(b'"') => {
                Ok(text(raw).map_or(Node::Unpaired, |text| Node::String(JsonText::new(text))))
            }
            Some(b'n') => Ok(Node::Null),
            Some(b't') => Ok(Node::Bool(true)),
            Some(b'f') => Ok(Node::Bool(false)),
            _ => Ok(Node::Number(Number::new(raw.get()))),
        }
    }

    fn object(&self, entries: RawEntries<'a>, depth: usize) -> Result<Node, NotJson> {
        let entries = entries.0.into_iter();
        entries
            .map(|(name, value)| Ok(entry(name, self.read(value, depth + 1)?)))
            .collect::<Result<Vec<Entry>, NotJson>>()
            .map(Node::Object)
    }

    fn place_of(&self, raw: &RawValue) -> NotJson {
        let offset = raw.get().as_ptr().addr() - self.0.as_ptr().addr();
        let before = &self.0.as_bytes()[..offset];
        let mut lines = before.split(|byte| *byte == b'\n');
        NotJson {
            line: lines.clone().count(),
            column: lines.next_back().map_or(0, <[u8]>::len) + 1,
        }
    }
}

fn quoted(raw: &RawValue) -> &str {
    let text = raw.get();
    let text = text.strip_prefix('"').unwrap_or(text);
    text.strip_suffix('"').unwrap_or(text)
}

/// Returns the text of a string, or `None` if it contains an unpaired surrogate. Its syntax is already checked.
pub(super) fn text(raw: &RawValue) -> Option<Zeroizing<String>> {
    unescaped(quoted(raw))
}

/// Returns an entry. A key with an unpaired surrogate keeps its escapes, and loses its value.
fn entry(key: &RawValue, value: Node) -> Entry {
    match text(key) {
        Some(key) => (key, value),
        None => (Zeroizing::new(quoted(key).to_owned()), Node::OfUnpairedKey),
    }
}

/// Unescapes a string into a buffer of sufficient size, because a buffer that grows leaves a copy behind. No escape is
/// shorter than its character.
///
/// An empty string has a buffer, too, so that its address is unique.
fn unescaped(mut rest: &str) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(rest.len().max(1)));
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (character, after) = character(escape)?;
        text.push(character);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// Returns the character of an escape without its backslash, and the rest of the text.
fn character(escape: &str) -> Option<(char, &str)> {
    let mut characters = escape.chars();
    let character = match characters.next()? {
        same @ ('"' | '\\' | '/') => same,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(characters.as_str()),
        _ => return None,
    };
    Some((character, characters.as_str()))
}

/// Returns the character of a `\u` escape. One beyond U+FFFF is written as two escapes, a surrogate pair.
fn unicode(digits: &str) -> Option<(char, &str)> {
    let (first, rest) = unit(digits)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, rest));
    }
    let (second, rest) = unit(rest.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, rest))
}

fn unit(digits: &str) -> Option<(u16, &str)> {
    let (unit, rest) = digits.split_at_checked(4)?;
    Some((u16::from_str_radix(unit, 16).ok()?, rest))
}

/// The keys and values of an object in their original notation and order.
pub(super) struct RawEntries<'a>(pub(super) Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawEntries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawEntriesVisitor)
    }
}

struct RawEntriesVisitor;

impl<'de> Visitor<'de> for RawEntriesVisitor {
    type Value = RawEntries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEntries<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(RawEntries(entries))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Converts to the value of `serde_json`.
    fn value(node: &Node) -> Value {
        match node {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(*value),
            Node::Number(number) => Value::Number(number.as_str().parse().unwrap()),
            Node::String(text) => Value::String(text.to_string()),
            Node::Unpaired | Node::OfUnpairedKey => panic!("`serde_json` rejects it"),
            Node::Array(items) => items.iter().map(value).collect(),
            Node::Object(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, node)| (key.to_string(), value(node)));
                Value::Object(entries.collect())
            }
        }
    }

    #[test]
    fn valid_json_parses_like_serde_json() {
        for text in [
            r#" {"a": [1, -2, 3.5, 1e3, true, false, null, "", {}], "b\n\"": {"c": []}} "#,
            r#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00 é😀\u0000""#,
            r#"["\\u0041", "\\\\", "\\\"", "a\\"]"#,
            "18446744073709551615",
            "-9223372036854775808",
            "-0",
            "1.7976931348623157e308",
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(value(&parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn invalid_json_error_has_position() {
        let place = |text: &str| parse(text).err().map(|at| (at.line, at.column));
        assert_eq!(place("{\n\"a\": x}"), Some((2, 6)));
        for text in [
            "",
            "{",
            "[1,]",
            "\"\\x\"",
            "\"\\u12G4\"",
            "\"a\nb\"",
            "1 2",
            "nul",
        ] {
            assert!(parse(text).is_err(), "{text}");
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn unused_odd_value_keeps_others() {
        for odd in [r#""\ud83d""#, r#""\ud83d\u0041""#, "1e999", "-1e-999"] {
            let text = format!(r#"{{"odd": {odd}, "\udc00": 1, "used": "x"}}"#);
            let Ok(Node::Object(entries)) = parse(&text) else {
                panic!("{odd}");
            };
            assert_eq!(entries.len(), 3, "{odd}");
            assert!(matches!(&entries[2].1, Node::String(text) if &**text == "x"));
        }
    }

    #[test]
    fn depth_limit_matches_serde_json() {
        for depth in [DEEPEST, DEEPEST + 1, 10_000] {
            for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
                let nested = open.repeat(depth - 1) + "[]" + &close.repeat(depth - 1);
                let is_read = serde_json::from_str::<Value>(&nested).is_ok();
                assert_eq!(parse(&nested).is_ok(), is_read, "{depth}");
            }
        }
    }

    #[test]
    fn too_deep_value_has_position() {
        let nested = "[".repeat(DEEPEST) + "\n [" + &"]".repeat(DEEPEST + 1);
        let at = parse(&nested).err().unwrap();
        assert_eq!((at.line, at.column), (2, 2));
    }
}
