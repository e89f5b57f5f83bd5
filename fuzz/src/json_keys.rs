//! What a JSON key leads to in a document: what RFC 6901 and `serde_json` say.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::json::{Tree, is_plain};
use crate::loading::{self, Given, is_silent};

/// A key that is only known when it is loaded, as in a reference that a deployment put into a variable.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Keyed {
    #[secret("{VALUE_ARN}", env = false)]
    value: Option<Value>,
}

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:value-AbCdEf";

/// Looks the first line up in what follows it.
pub fn check(text: &str) {
    let Some((key, document)) = text.split_once('\n') else {
        return;
    };
    // Braces and colons are the reference's own.
    if key.is_empty() || key.contains(['{', '}', ':']) {
        return;
    }
    let tree = Tree::parse(document.as_bytes());
    let given = Given {
        loader: loading::loader([Memory::new().with_secret("value", document)])
            .placeholder("VALUE_ARN", format!("{ARN}:{key}::")),
        // The key is told, and one that it may be a misspelling of.
        is_secret: is_silent(key)
            && !tree
                .as_ref()
                .is_some_and(|tree| tree.has_key(&|key| !is_silent(key))),
    };
    let loaded = given.load::<Keyed>().map(|keyed| keyed.value);
    let Ok(parsed) = serde_json::from_str::<Value>(document) else {
        // Half of a surrogate pair and a number out of range are JSON that no type accepts.
        let text = document.strip_prefix('\u{feff}').unwrap_or(document);
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        assert!(is_json || loaded.is_err(), "what is not JSON has no keys");
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
