//! An item of the reading list, and the JSON of the API.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// An item of the reading list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Item {
    /// The reading time in minutes, or 0 if it is unknown.
    #[serde(deserialize_with = "number")]
    pub(crate) time_to_read: u32,
    /// The number of words, or 0 if it is unknown.
    #[serde(deserialize_with = "number")]
    pub(crate) word_count: u32,
    /// 0 for text, 1 for text with videos, 2 for a video.
    #[serde(deserialize_with = "number")]
    pub(crate) has_video: u32,
}

/// Deserializes items by ID, from `{"<id>": {…}}`, or from `[]`, which the API returns for an empty list.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    match Value::deserialize(deserializer)? {
        Value::Array(items) if items.is_empty() => Ok(BTreeMap::new()),
        items => BTreeMap::deserialize(items).map_err(D::Error::custom),
    }
}

/// Deserializes a number, or a string that contains one.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Plain(u32),
        Text(String),
    }

    match Number::deserialize(deserializer)? {
        Number::Plain(number) => Ok(number),
        Number::Text(text) => text.parse().map_err(D::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn items(json: Value) -> serde_json::Result<BTreeMap<String, Item>> {
        list(json)
    }

    #[test]
    fn numbers_parse_from_text_and_numbers() {
        let as_text = json!({"7": {"time_to_read": "3", "word_count": "700", "has_video": "0"}});
        let as_numbers = json!({"7": {"time_to_read": 3, "word_count": 700, "has_video": 0}});

        let read = items(as_text).unwrap();

        assert_eq!(read, items(as_numbers).unwrap());
        assert_eq!(
            read["7"],
            Item {
                time_to_read: 3,
                word_count: 700,
                has_video: 0
            }
        );
    }

    #[test]
    fn empty_array_is_empty_list() {
        assert_eq!(items(json!([])).unwrap(), BTreeMap::new());
    }

    #[test]
    fn omitted_fields_have_defaults() {
        assert_eq!(
            items(json!({"7": {"resolved_title": "Rust"}})).unwrap()["7"],
            Item::default()
        );
    }

    #[test]
    fn array_of_items_is_rejected() {
        assert!(items(json!([{"word_count": 700}])).is_err());
    }

    #[test]
    fn non_numeric_text_is_rejected() {
        assert!(items(json!({"7": {"word_count": "many"}})).is_err());
    }
}
