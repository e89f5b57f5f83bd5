//! Values that are decoded in several passes, because serde buffers them before the types of their parts are known.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::text;

#[test]
fn many_flattened_strings_become_numbers() {
    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        all: BTreeMap<String, u16>,
    }
    let entries: Vec<String> = (0..300).map(|i| format!(r#""k{i}": "{i}""#)).collect();
    let outer: Outer = text(&format!("{{{}}}", entries.join(", "))).get().unwrap();
    assert_eq!(outer.all.len(), 300);
    assert_eq!(outer.all["k299"], 299);
}

#[test]
fn flattened_booleans_of_items_become_text() {
    #[derive(Debug, Deserialize)]
    struct Item {
        #[serde(flatten)]
        all: BTreeMap<String, String>,
    }
    let items = [r#"{"a": true}"#; 10].join(", ");
    let items: Vec<Item> = text(&format!("[{items}]")).get().unwrap();
    assert_eq!(items.len(), 10);
    assert!(items.iter().all(|item| item.all["a"] == "true"));
}

/// The first variant rejects `x` in every form, so it is offered as a number to the second one, too.
#[test]
fn text_that_rejects_numbers_stays_text() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Either {
        Pair { x: [u8; 2] },
        Named { x: String, y: u8 },
    }
    for x in ["true", " true ", "5", " 5 ", "-5", "1.5"] {
        let either: Either = text(&format!(r#"{{"x": "{x}", "y": "7"}}"#)).get().unwrap();
        let x = x.to_owned();
        assert_eq!(either, Either::Named { x, y: 7 });
    }
    let pair: Either = text(r#"{"x": ["1", 2]}"#).get().unwrap();
    assert_eq!(pair, Either::Pair { x: [1, 2] });
}
