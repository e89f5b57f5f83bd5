//! Parameters below a path, put together to a JSON object.

use std::collections::BTreeMap;
use std::io;

use serde::{Serialize, Serializer};

use super::entry::bare;

/// The name of a parameter that has others below it, so that it would be a text and an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clash(pub(super) String);

enum PathNode<'a> {
    Text(&'a str),
    Object(PathObject<'a>),
}

type PathObject<'a> = BTreeMap<&'a str, PathNode<'a>>;

impl Serialize for PathNode<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

/// The JSON object of these names and values: `/prod/db/user` is the key `user` below `/prod/db`, and deeper levels are
/// objects. `None` where nothing lies below the path.
pub(super) fn object<'a>(
    path: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Option<String>, Clash> {
    let mut root = PathObject::new();
    for (name, value) in parameters {
        if let Some(below) = below(path, name) {
            insert(&mut root, below, value).map_err(|clash| Clash(format!("{path}/{clash}")))?;
        }
    }
    Ok(if root.is_empty() { None } else { text(&root) })
}

fn below<'a>(path: &str, name: &'a str) -> Option<&'a str> {
    bare(name).strip_prefix(bare(path))?.strip_prefix('/')
}

/// Gives the part of the name that is both a text and an object where there is one.
fn insert<'a>(object: &mut PathObject<'a>, name: &'a str, value: &'a str) -> Result<(), String> {
    let Some((key, rest)) = name.split_once('/') else {
        return match object.insert(name, PathNode::Text(value)) {
            Some(PathNode::Object(_)) => Err(name.to_owned()),
            _ => Ok(()),
        };
    };
    let node = object
        .entry(key)
        .or_insert_with(|| PathNode::Object(PathObject::new()));
    match node {
        PathNode::Object(deeper) => {
            insert(deeper, rest, value).map_err(|clash| format!("{key}/{clash}"))
        }
        PathNode::Text(_) => Err(key.to_owned()),
    }
}

/// Counts what would be written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Written into a buffer of the right size, because one that grows leaves values behind that nobody wipes.
fn text(object: &PathObject<'_>) -> Option<String> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, object).ok()?;
    let mut text = Vec::with_capacity(length.0);
    serde_json::to_writer(&mut text, object).ok()?;
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(parameters: &[(&str, &str)]) -> Result<Option<String>, Clash> {
        object("/prod/db", parameters.iter().copied())
    }

    #[test]
    fn path_levels_become_json_objects() {
        let text = json(&[
            ("/prod/db/user", "a \"b\"\n"),
            ("/prod/db/port", "5432"),
            ("/prod/db/options/tls", "true"),
            ("/prod/db/options/hosts", "a,b"),
        ]);
        let expected =
            r#"{"options":{"hosts":"a,b","tls":"true"},"port":"5432","user":"a \"b\"\n"}"#;
        assert_eq!(text.unwrap().unwrap(), expected);
    }

    #[test]
    fn json_text_fills_buffer_exactly() {
        let value = "\u{1}\"ü".repeat(1000);
        let text = json(&[("/prod/db/x", &value)]).unwrap().unwrap();
        assert_eq!(text.capacity(), text.len());
    }

    #[test]
    fn value_and_object_name_clash() {
        let (leaf, deeper) = (("/prod/db/a/b", "x"), ("/prod/db/a/b/c", "y"));
        for parameters in [[leaf, deeper], [deeper, leaf]] {
            assert_eq!(json(&parameters), Err(Clash("/prod/db/a/b".to_owned())));
        }
    }

    #[test]
    fn parameters_outside_path_are_skipped() {
        assert_eq!(
            json(&[("/prod/db2/user", "x"), ("/prod/db", "x")]),
            Ok(None)
        );
        assert_eq!(json(&[]), Ok(None));
    }
}
