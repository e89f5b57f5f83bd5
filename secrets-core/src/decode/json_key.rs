//! A JSON key, or a pointer, looked up in a secret.

use from_secrets_syntax::misspelt;

use super::mismatch::Mismatch;
use super::node::{Entry, Node};
use crate::source::Missing;

/// What a look-up came to.
pub(crate) enum Lookup<'a> {
    Found(&'a Node),
    Missing(Missing),
    /// The secret has no keys, or has this one twice, and nobody can say which one is meant.
    Malformed(Mismatch),
}

/// Finds a key of the object, or what a pointer (`/users/0/name`, RFC 6901) leads to.
pub(crate) fn look_up<'a>(document: &'a Node, key: &str) -> Lookup<'a> {
    match (document, key.strip_prefix('/')) {
        (Node::Object(entries), None) => finish(entry(entries, key)),
        (Node::Object(_) | Node::Array(_), Some(pointer)) => follow(document, pointer),
        _ => Lookup::Malformed(Mismatch::new(format!(
            "a JSON key is asked for, but the secret is {}, not an object",
            document.kind()
        ))),
    }
}

/// The keys of a JSON pointer, without the slash before them.
pub(crate) fn pointer_tokens(pointer: &str) -> impl Iterator<Item = String> {
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    pointer.split('/').map(unescape)
}

fn follow<'a>(document: &'a Node, pointer: &str) -> Lookup<'a> {
    let mut at = document;
    for token in pointer_tokens(pointer) {
        match step(at, &token) {
            Lookup::Found(next) => at = next,
            other => return other,
        }
    }
    finish(Lookup::Found(at))
}

fn finish(lookup: Lookup<'_>) -> Lookup<'_> {
    match lookup {
        Lookup::Found(Node::Null) => Lookup::Missing(Missing::JsonNull),
        other => other,
    }
}

fn step<'a>(node: &'a Node, key: &str) -> Lookup<'a> {
    match node {
        Node::Object(entries) => entry(entries, key),
        Node::Array(items) => match index(key).and_then(|i| items.get(i)) {
            Some(item) => Lookup::Found(item),
            None => Lookup::Missing(Missing::JsonKey { similar: None }),
        },
        _ => Lookup::Missing(Missing::JsonKey { similar: None }),
    }
}

/// An array's index, in its one writing: RFC 6901 knows no sign and no leading zero.
fn index(key: &str) -> Option<usize> {
    let has_leading_zero = key.len() > 1 && key.starts_with('0');
    let is_index = key.bytes().all(|b| b.is_ascii_digit()) && !has_leading_zero;
    key.parse().ok().filter(|_| is_index)
}

fn entry<'a>(entries: &'a [Entry], key: &str) -> Lookup<'a> {
    let mut found = entries.iter().filter(|(name, _)| name.as_str() == key);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Lookup::Malformed(Mismatch::new(format!(
            "the key `{key}` stands in the secret twice"
        ))),
        (Some((_, node)), None) => Lookup::Found(node),
        (None, _) => Lookup::Missing(Missing::JsonKey {
            similar: similar(entries, key),
        }),
    }
}

/// A key of the secret that the wanted one may be a misspelling of. What does not look like a name is not shown: a map's
/// keys may be as secret as its values.
fn similar(entries: &[Entry], key: &str) -> Option<String> {
    const LONGEST: usize = 64;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let keys = entries.iter().map(|(name, _)| name.as_str());
    let names: Vec<&str> = keys
        .filter(|name| name.len() <= LONGEST && name.chars().all(is_plain))
        .collect();
    misspelt(key, &names).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look<'a>(document: &'a Node, key: &str) -> Result<&'a Node, Missing> {
        match look_up(document, key) {
            Lookup::Found(node) => Ok(node),
            Lookup::Missing(missing) => Err(missing),
            Lookup::Malformed(mismatch) => panic!("{mismatch}"),
        }
    }

    #[test]
    fn keys_and_pointers_lead_to_values() {
        let document = Node::parse(r#"{"a":1,"a/b":2,"users":[{"name":"x"}]}"#).unwrap();
        assert!(matches!(look(&document, "a"), Ok(Node::Number(_))));
        assert!(matches!(
            look(&document, "/users/0/name"),
            Ok(Node::String(_))
        ));
        assert!(matches!(look(&document, "/a~1b"), Ok(Node::Number(_))));
        assert!(look(&document, "/users/1/name").is_err());
        for index in ["+0", "00", "-", ""] {
            let pointer = format!("/users/{index}/name");
            assert!(look(&document, &pointer).is_err(), "{pointer}");
        }
        assert!(look(&document, "/a/b").is_err());
    }

    #[test]
    fn what_has_no_keys_is_malformed_and_not_missing_one() {
        for text in ["[\"password\"]", "\"password\"", "7", "null"] {
            let document = Node::parse(text).unwrap();
            assert!(
                matches!(look_up(&document, "password"), Lookup::Malformed(_)),
                "{text}"
            );
        }
        let array = Node::parse("[1]").unwrap();
        assert!(matches!(look_up(&array, "/0"), Lookup::Found(_)));
    }

    #[test]
    fn null_is_missing() {
        let document = Node::parse(r#"{"a":null,"b":{"c":null}}"#).unwrap();
        assert_eq!(look(&document, "a").err(), Some(Missing::JsonNull));
        assert_eq!(look(&document, "/b/c").err(), Some(Missing::JsonNull));
    }

    #[test]
    fn a_near_miss_is_suggested_and_a_stranger_is_not() {
        let document =
            Node::parse(r#"{"passwd":"x","userName":"y","endpoint-9f8a7b6c5d":"z"}"#).unwrap();
        let similar = |key: &str| match look(&document, key) {
            Err(Missing::JsonKey { similar }) => similar,
            _ => panic!("found"),
        };
        assert_eq!(similar("password").as_deref(), Some("passwd"));
        assert_eq!(similar("user_name").as_deref(), Some("userName"));
        assert_eq!(similar("endpoint"), None);
    }

    #[test]
    fn a_key_that_stands_there_twice_is_not_chosen_from() {
        let document = Node::parse(r#"{"a":1,"a":2,"b":3}"#).unwrap();
        assert!(matches!(look_up(&document, "a"), Lookup::Malformed(_)));
        assert!(matches!(look_up(&document, "b"), Lookup::Found(_)));
    }
}
