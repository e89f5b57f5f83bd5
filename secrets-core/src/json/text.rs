//! Values as text.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::node::Node;

impl Node {
    /// Returns a string without quotes, and anything else as JSON. Returns `None` if a string has an unpaired
    /// surrogate.
    pub(crate) fn plain_text(&self) -> Option<Zeroizing<String>> {
        if let Self::String(text) = self {
            return Some(Zeroizing::new(text.to_string()));
        }
        // A buffer that grows would leave copies of the value behind.
        let mut json = Zeroizing::new(Vec::with_capacity(self.longest_json()));
        self.write_json(&mut json).ok()?;
        let text = std::str::from_utf8(&json).ok()?;
        Some(Zeroizing::new(text.to_owned()))
    }

    /// Returns an upper bound for the length of the JSON, in bytes.
    fn longest_json(&self) -> usize {
        match self {
            // `false`
            Self::Null | Self::Bool(_) | Self::Unpaired | Self::OfUnpairedKey => 5,
            Self::Number(number) => number.as_str().len(),
            Self::String(text) => longest_string(text),
            Self::Array(items) => {
                let items = items.iter().map(Self::longest_json);
                2 + items.map(|length| length + 1).sum::<usize>()
            }
            Self::Object(entries) => {
                let entries = entries.iter();
                let lengths = entries.map(|(key, node)| longest_string(key) + node.longest_json());
                2 + lengths.map(|length| length + 2).sum::<usize>()
            }
        }
    }

    /// Writes the JSON. Fails if a string has an unpaired surrogate.
    fn write_json(&self, json: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Null => json.write_all(b"null"),
            Self::Bool(value) => write!(json, "{value}"),
            Self::Number(number) => json.write_all(number.as_str().as_bytes()),
            Self::String(text) => write_string(json, text),
            Self::Unpaired | Self::OfUnpairedKey => Err(io::ErrorKind::InvalidData.into()),
            Self::Array(items) => {
                json.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    separate(json, i);
                    item.write_json(json)?;
                }
                json.write_all(b"]")
            }
            Self::Object(entries) => {
                json.push(b'{');
                for (i, (key, node)) in entries.iter().enumerate() {
                    separate(json, i);
                    write_string(json, key)?;
                    json.push(b':');
                    node.write_json(json)?;
                }
                json.write_all(b"}")
            }
        }
    }
}

/// Returns the length of a string in which each byte is an escape such as `\u0000`.
fn longest_string(text: &str) -> usize {
    2 + 6 * text.len()
}

fn write_string(json: &mut Vec<u8>, text: &str) -> io::Result<()> {
    serde_json::to_writer(json, text).map_err(io::Error::from)
}

fn separate(json: &mut Vec<u8>, i: usize) {
    if i > 0 {
        json.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_parses_to_the_same_json() {
        for json in [
            r#"{"a":[1,2.50e3,123456789012345678901234567890],"b":{"é\n\"":null},"c":true}"#,
            "[]",
            "{}",
            "-0.0",
            "false",
        ] {
            let text = Node::parse(json).unwrap().plain_text().unwrap();
            assert_eq!(*text, json);
        }
        let text = Node::parse(r#""{\"a\": 1}""#).unwrap().plain_text();
        assert_eq!(**text.unwrap(), *r#"{"a": 1}"#);
        assert!(Node::parse(r#"["\ud800"]"#).unwrap().plain_text().is_none());
    }

    #[test]
    fn buffer_for_json_does_not_grow() {
        for json in [
            r#"{"\u0000\u0001":["\u001f\u001f",null,false,12.5],"":{}}"#,
            r#"["é\n\"\\",[[]],{"a":{"b":true}}]"#,
            "[]",
            "{}",
            r#""""#,
            r#"{"":0,"":0}"#,
            r#""\u0000\u0000""#,
        ] {
            let node = Node::parse(json).unwrap();
            let mut text = Vec::new();
            node.write_json(&mut text).unwrap();
            assert_eq!(String::from_utf8_lossy(&text), json);
            assert!(text.len() <= node.longest_json(), "{json}");
        }
    }
}
