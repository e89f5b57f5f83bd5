//! Lists in text.

use super::{key, text};
use crate::decode::Value;

fn items(value: &Value, separator: &str) -> Vec<String> {
    value.split(separator).unwrap().get().unwrap()
}

#[test]
fn empty_items_between_commas_remain() {
    assert_eq!(items(&text("a,,b"), ","), ["a", "", "b"]);
    assert_eq!(items(&text("a  b"), " "), ["a", "b"]);
    assert_eq!(items(&text(" \n"), ","), [""; 0]);
}

#[test]
fn json_number_is_list() {
    let secret = r#"{"integer": 10203, "float": 1.5}"#;
    assert_eq!(items(&key(secret, "integer"), "0"), ["1", "2", "3"]);
    let floats: Vec<f64> = key(secret, "float").split(",").unwrap().get().unwrap();
    assert!(floats.iter().eq(&[1.5]));
}
