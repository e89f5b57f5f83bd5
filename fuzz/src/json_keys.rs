//! JSON keys and pointers, compared with RFC 6901 and `serde_json`.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::json::{Tree, is_plain};
use crate::loading::{self, Case, is_silent, printable};

/// A JSON key that is known only at load time, in the reference of a placeholder.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Keyed {
    #[secret("{VALUE_ARN}", env = false)]
    value: Option<Value>,
}

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:value-AbCdEf";

/// Selects the key in the first line from the document in the other lines.
pub fn check(text: &str) {
    let Some((key, document)) = text.split_once('\n') else {
        return;
    };
    // Braces and colons are part of the reference syntax. Errors show the key as it is declared.
    if key.is_empty() || key.contains(['{', '}', ':']) || printable(key) != key {
        return;
    }
    let tree = Tree::parse(document.as_bytes());
    let case = Case {
        loader: loading::loader([Memory::new().with_secret("value", document)])
            .placeholder("VALUE_ARN", format!("{ARN}:{key}::")),
        // Errors show the key and a suggestion.
        is_secret: is_silent(key)
            && !tree
                .as_ref()
                .is_some_and(|tree| tree.has_key(&|key| !is_silent(key))),
    };
    let loaded = case.load::<Keyed>().map(|keyed| keyed.value);
    let Ok(parsed) = serde_json::from_str::<Value>(document) else {
        // Unpaired surrogates and numbers out of range are valid JSON that no type accepts.
        let text = document.strip_prefix('\u{feff}').unwrap_or(document);
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        assert!(
            is_json || loaded.is_err(),
            "a text that is not JSON has no keys"
        );
        return;
    };
    if !is_plain(&parsed) {
        return;
    }
    if tree.is_none_or(|tree| tree.repeats_keys()) || document.contains("$serde_json") {
        return;
    }
    let is_pointer = key.starts_with('/');
    let has_keys = parsed.is_object() || parsed.is_array() && is_pointer;
    let found = if is_pointer {
        parsed.pointer(key)
    } else {
        parsed.get(key)
    };
    match loaded {
        Ok(value) => {
            assert!(has_keys, "{parsed} has no keys");
            assert_eq!(
                value.as_ref(),
                found.filter(|found| !found.is_null()),
                "under {key:?}"
            );
        }
        Err(error) => assert!(!has_keys, "{error:#}"),
    }
}
