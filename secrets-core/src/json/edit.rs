//! Replaces one value of a JSON document. All other values keep their original notation.

use serde::de::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::node::Node;
use super::parser::{RawEntries, text as text_of_key};

/// Returns a field's text as JSON. It is a string, as the console stores all values, unless it replaces a number, a
/// boolean, an object or an array and is of the same type.
pub(crate) fn value(text: &str, old: Option<&Node>) -> Zeroizing<String> {
    let new = Node::parse(text).ok();
    let keeps_type = match (old, &new) {
        (Some(Node::Number(_)), Some(Node::Number(_)))
        | (Some(Node::Bool(_)), Some(Node::Bool(_))) => new
            .as_ref()
            .and_then(Node::scalar_text)
            .is_some_and(|scalar| scalar.as_str() == text),
        (Some(Node::Object(_) | Node::Array(_)), Some(Node::Object(_) | Node::Array(_))) => true,
        _ => false,
    };
    Zeroizing::new(if keeps_type {
        text.to_owned()
    } else {
        string(text)
    })
}

/// Replaces the value at a path. Objects and arrays that do not exist are created.
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
        _ if document.trim() == "null" => Ok(created(path, value)),
        _ => Err(format!(
            "cannot set `{first}`: its parent is neither an object nor an array"
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
    let mut exists = false;
    for (name, old) in &entries {
        let new = if text_of_key(name).is_some_and(|name| *name == key) {
            exists = true;
            put(old.get(), rest, value)?
        } else {
            Zeroizing::new(old.get().to_owned())
        };
        members.push(Zeroizing::new(format!("{}:{}", name.get(), *new)));
    }
    if !exists {
        members.push(Zeroizing::new(format!(
            "{}:{}",
            string(key),
            *created(rest, value)
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
        Ok(i) if i == items.len() => items.push(created(rest, value)),
        _ => {
            return Err(format!(
                "`{index}` is not an index of an array with {} items",
                items.len()
            ));
        }
    }
    Ok(enclosed('[', &items, ']'))
}

/// Returns a new value with its parents: objects, or arrays if the path contains the index 0.
fn created(path: &[String], value: &str) -> Zeroizing<String> {
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
    // This cannot fail for a string.
    serde_json::to_string(text).unwrap_or_default()
}

fn read<'a, T: Deserialize<'a>>(document: &'a str) -> Result<T, String> {
    // serde_json's message can quote the text, so only the position is kept.
    serde_json::from_str(document).map_err(|error| {
        format!(
            "not JSON (line {}, column {})",
            error.line(),
            error.column()
        )
    })
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
        let stored = |text, old: Option<&str>| {
            let old = old.map(|text| Node::parse(text).unwrap());
            value(text, old.as_ref()).to_string()
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
