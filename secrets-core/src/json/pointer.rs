//! Lookup of a JSON key or pointer in a document.

use from_secrets_syntax::misspelled;

use super::node::{Entry, Node};

/// The result of a lookup.
pub(crate) enum Lookup<'a> {
    Found(&'a Node),
    Missing {
        /// A key of the object with a spelling that is similar to the requested one.
        similar: Option<String>,
    },
    Null,
    /// The document has no keys.
    NotObject,
    /// The document contains this key twice.
    Duplicate(String),
}

/// Finds a key of an object, or the value at a pointer (`/users/0/name`, RFC 6901).
pub(crate) fn look_up<'a>(document: &'a Node, key: &str) -> Lookup<'a> {
    if !matches!(document, Node::Object(_) | Node::Array(_)) {
        return Lookup::NotObject;
    }
    if !key.starts_with('/') && matches!(document, Node::Array(_)) {
        return Lookup::NotObject;
    }
    let found = if key.starts_with('/') {
        let tokens = path(key).into_iter();
        let next = |at, token: String| match at {
            Lookup::Found(node) => step(node, &token),
            other => other,
        };
        tokens.fold(Lookup::Found(document), next)
    } else {
        step(document, key)
    };
    match found {
        Lookup::Found(Node::Null) => Lookup::Null,
        found => found,
    }
}

/// Splits a pointer into its tokens. A key is a single token.
pub(crate) fn path(json_key: &str) -> Vec<String> {
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    match json_key.strip_prefix('/') {
        None => vec![json_key.to_owned()],
        Some(pointer) => pointer.split('/').map(unescape).collect(),
    }
}

fn step<'a>(node: &'a Node, key: &str) -> Lookup<'a> {
    let item = match node {
        Node::Object(entries) => return entry(entries, key),
        Node::Array(items) => index(key).and_then(|i| items.get(i)),
        _ => None,
    };
    item.map_or(Lookup::Missing { similar: None }, Lookup::Found)
}

/// Parses the index of an array. RFC 6901 allows no sign and no leading zero.
fn index(key: &str) -> Option<usize> {
    let has_leading_zero = key.len() > 1 && key.starts_with('0');
    let is_index = key.bytes().all(|b| b.is_ascii_digit()) && !has_leading_zero;
    key.parse().ok().filter(|_| is_index)
}

fn entry<'a>(entries: &'a [Entry], key: &str) -> Lookup<'a> {
    let is_key = |(name, node): &&Entry| name.as_str() == key && !node.is_of_unpaired_key();
    let mut found = entries.iter().filter(is_key);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Lookup::Duplicate(key.to_owned()),
        (Some((_, node)), None) => Lookup::Found(node),
        (None, _) => Lookup::Missing {
            similar: similar_key(entries.iter().map(|(name, _)| name.as_str()), key),
        },
    }
}

/// Returns a key that the requested one could be a misspelling of. Keys that do not look like names are never shown,
/// because the keys of a map can be secret, too.
pub(crate) fn similar_key<'a>(
    keys: impl Iterator<Item = &'a str>,
    requested: &str,
) -> Option<String> {
    const LONGEST: usize = 64;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let names: Vec<&str> = keys
        .filter(|name| name.len() <= LONGEST && name.chars().all(is_plain))
        .collect();
    misspelled(requested, &names).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(document: &'a Node, key: &str) -> Option<&'a Node> {
        match look_up(document, key) {
            Lookup::Found(node) => Some(node),
            _ => None,
        }
    }

    #[test]
    fn keys_and_pointers_find_values() {
        let document = Node::parse(r#"{"a":1,"a/b":2,"users":[{"name":"x"}]}"#).unwrap();
        assert!(matches!(found(&document, "a"), Some(Node::Number(_))));
        assert!(matches!(
            found(&document, "/users/0/name"),
            Some(Node::String(_))
        ));
        assert!(matches!(found(&document, "/a~1b"), Some(Node::Number(_))));
        assert!(found(&document, "/users/1/name").is_none());
        for index in ["+0", "00", "-", ""] {
            let pointer = format!("/users/{index}/name");
            assert!(found(&document, &pointer).is_none(), "{pointer}");
        }
        assert!(found(&document, "/a/b").is_none());
    }

    #[test]
    fn pointer_is_split_and_unescaped() {
        assert_eq!(path("a.b"), ["a.b"]);
        assert_eq!(path("/a/b~1c~0d"), ["a", "b/c~d"]);
    }

    #[test]
    fn document_without_keys_is_not_object() {
        for text in ["[\"password\"]", "\"password\"", "7", "null"] {
            let document = Node::parse(text).unwrap();
            assert!(
                matches!(look_up(&document, "password"), Lookup::NotObject),
                "{text}"
            );
        }
        let array = Node::parse("[1]").unwrap();
        assert!(matches!(look_up(&array, "/0"), Lookup::Found(_)));
    }

    #[test]
    fn null_is_missing() {
        let document = Node::parse(r#"{"a":null,"b":{"c":null}}"#).unwrap();
        assert!(matches!(look_up(&document, "a"), Lookup::Null));
        assert!(matches!(look_up(&document, "/b/c"), Lookup::Null));
    }

    #[test]
    fn only_similar_key_is_suggested() {
        let document =
            Node::parse(r#"{"passwd":"x","userName":"y","endpoint-9f8a7b6c5d":"z"}"#).unwrap();
        let similar = |key: &str| match look_up(&document, key) {
            Lookup::Missing { similar } => similar,
            _ => panic!("found"),
        };
        assert_eq!(similar("password").as_deref(), Some("passwd"));
        assert_eq!(similar("user_name").as_deref(), Some("userName"));
        assert_eq!(similar("endpoint"), None);
    }

    #[test]
    fn unusual_key_is_not_suggested() {
        let suggested = |key: &str, requested: &str| similar_key([key].into_iter(), requested);
        assert_eq!(
            suggested("pass_word", "password").as_deref(),
            Some("pass_word")
        );
        assert_eq!(suggested("pass#word", "password"), None);
        assert!(suggested(&"k".repeat(64), &"k".repeat(63)).is_some());
        assert_eq!(suggested(&"k".repeat(65), &"k".repeat(64)), None);
    }

    #[test]
    fn duplicate_key_is_rejected() {
        let document = Node::parse(r#"{"a":1,"a":2,"b":3}"#).unwrap();
        assert!(matches!(look_up(&document, "a"), Lookup::Duplicate(_)));
        assert!(matches!(look_up(&document, "b"), Lookup::Found(_)));
    }
}
