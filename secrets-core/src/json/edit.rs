//! One value put into a JSON document, whose other values stay as they are written, to the last digit.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::node::Node;

/// A field's text as JSON: a string, as the console stores every value. Where a number, a boolean, an object or an array
/// stands already and the text is one, it stays one.
pub(crate) fn value(text: &str, there: Option<&Node>) -> Zeroizing<String> {
    let given = Node::parse(text).ok();
    let keeps_kind = match (there, &given) {
        (Some(Node::Number(_)), Some(Node::Number(_)))
        | (Some(Node::Bool(_)), Some(Node::Bool(_))) => given
            .as_ref()
            .and_then(Node::scalar_text)
            .is_some_and(|own| own.as_str() == text),
        (Some(Node::Object(_) | Node::Array(_)), Some(Node::Object(_) | Node::Array(_))) => true,
        _ => false,
    };
    Zeroizing::new(if keeps_kind {
        text.to_owned()
    } else {
        string(text)
    })
}

/// Puts JSON where the path leads. What is not there on the way is made.
pub(crate) fn put(
    document: &str,
    path: &[String],
    value: &str,
) -> Result<Zeroizing<String>, String> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(Zeroizing::new(value.to_owned()));
    };
    match document.trim_start().bytes().next() {
        Some(b'{') => put_into_object(document, first, rest, value),
        Some(b'[') => put_into_array(document, first, rest, value),
        _ if document.trim() == "null" => Ok(made(path, value)),
        _ => Err(format!(
            "`{first}` would stand in what is neither an object nor an array"
        )),
    }
}

fn put_into_object(
    document: &str,
    key: &str,
    rest: &[String],
    value: &str,
) -> Result<Zeroizing<String>, String> {
    let RawEntries(entries) = read(document)?;
    let mut members = Vec::new();
    let mut is_there = false;
    for (name, old) in &entries {
        let new = if name == key {
            is_there = true;
            put(old.get(), rest, value)?
        } else {
            Zeroizing::new(old.get().to_owned())
        };
        members.push(Zeroizing::new(format!("{}:{}", string(name), *new)));
    }
    if !is_there {
        members.push(Zeroizing::new(format!(
            "{}:{}",
            string(key),
            *made(rest, value)
        )));
    }
    Ok(enclosed('{', &members, '}'))
}

fn put_into_array(
    document: &str,
    index: &str,
    rest: &[String],
    value: &str,
) -> Result<Zeroizing<String>, String> {
    let mut items: Vec<Zeroizing<String>> = Vec::new();
    for item in read::<Vec<&RawValue>>(document)? {
        items.push(Zeroizing::new(item.get().to_owned()));
    }
    match index.parse::<usize>() {
        Ok(i) if i < items.len() => items[i] = put(&items[i], rest, value)?,
        Ok(i) if i == items.len() => items.push(made(rest, value)),
        _ => {
            return Err(format!(
                "`{index}` is no place in an array of {} items",
                items.len()
            ));
        }
    }
    Ok(enclosed('[', &items, ']'))
}

/// What a path leads to where nothing is: objects, and an array where its first item is meant.
fn made(path: &[String], value: &str) -> Zeroizing<String> {
    let innermost = Zeroizing::new(value.to_owned());
    path.iter().rfold(innermost, |inner, token| {
        Zeroizing::new(match token.as_str() {
            "0" => format!("[{}]", *inner),
            key => format!("{{{}:{}}}", string(key), *inner),
        })
    })
}

fn enclosed(open: char, parts: &[Zeroizing<String>], close: char) -> Zeroizing<String> {
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
    let joined = Zeroizing::new(parts.join(","));
    Zeroizing::new(format!("{open}{}{close}", *joined))
}

fn string(text: &str) -> String {
    // A string: this cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

fn read<'a, T: Deserialize<'a>>(document: &'a str) -> Result<T, String> {
    // serde_json's message may quote the text, so only the place is kept.
    serde_json::from_str(document).map_err(|error| {
        format!(
            "not JSON (line {}, column {})",
            error.line(),
            error.column()
        )
    })
}

/// The members of an object, as they are written.
struct RawEntries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawEntries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
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
    use super::*;
    use crate::json::path;

    fn after(document: &str, key: &str, new: &str) -> String {
        put(document, &path(key), new).unwrap().to_string()
    }

    #[test]
    fn edit_keeps_other_values_verbatim() {
        let document =
            r#"{ "big": 123456789012345678901234567890, "f": 1.50e2, "a": "old", "é\n": [1, 2] }"#;
        assert_eq!(
            after(document, "a", "\"new\""),
            r#"{"big":123456789012345678901234567890,"f":1.50e2,"a":"new","é\n":[1, 2]}"#
        );
    }

    #[test]
    fn pointer_edit_creates_missing_parents() {
        let document = r#"{"users":[{"name":"x","age":1}],"none":null}"#;
        assert_eq!(
            after(document, "/users/0/name", "\"y\""),
            r#"{"users":[{"name":"y","age":1}],"none":null}"#
        );
        assert_eq!(
            after(document, "/users/1/name", "\"z\""),
            r#"{"users":[{"name":"x","age":1},{"name":"z"}],"none":null}"#
        );
        assert_eq!(
            after(document, "/none/a~1b/0", "7"),
            r#"{"users":[{"name":"x","age":1}],"none":{"a/b":[7]}}"#
        );
        assert_eq!(after("{}", "/a/b", "1"), r#"{"a":{"b":1}}"#);
    }

    #[test]
    fn impossible_pointer_error_hides_values() {
        for (document, key) in [
            (r#"{"a":"canary"}"#, "/a/b"),
            ("[1]", "/2"),
            ("[1]", "/x"),
            ("7", "a"),
        ] {
            let message = put(document, &path(key), "1").unwrap_err();
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn new_value_keeps_existing_json_type() {
        let stored = |text, there: Option<&str>| {
            let there = there.map(|text| Node::parse(text).unwrap());
            value(text, there.as_ref()).to_string()
        };
        assert_eq!(stored("5432", None), "\"5432\"");
        assert_eq!(stored("{\"a\":1}", None), r#""{\"a\":1}""#);
        assert_eq!(stored("5433", Some("5432")), "5433");
        assert_eq!(stored("1.50", Some("5432")), "\"1.50\"");
        assert_eq!(stored("x", Some("5432")), "\"x\"");
        assert_eq!(stored("false", Some("true")), "false");
        assert_eq!(stored("[1]", Some("{\"a\":1}")), "[1]");
        assert_eq!(stored("5433", Some("\"5432\"")), "\"5433\"");
        assert_eq!(stored("null", Some("\"x\"")), "\"null\"");
    }
}
