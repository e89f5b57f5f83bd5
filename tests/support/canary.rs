//! Values that must not appear in any output.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, Engine};

/// What every canary contains. It has characters that JSON and URLs escape, so that escaping hides nothing, and none
/// that Unicode writes in two ways, so that it is a password for PostgreSQL, too.
pub const MARK: &str = "cAnArY\"/+é";

/// A secret value that is recognized wherever it shows.
pub fn value(about: &str) -> String {
    format!("{MARK}{about}{MARK}")
}

/// Fails where the text shows a canary, as it is or in another writing.
#[track_caller]
pub fn assert_absent(text: &str) {
    if let Some(writing) = shown(text) {
        panic!("a value is shown, {writing}, in:\n{text}");
    }
}

/// In which writing the text shows a canary.
pub fn shown(text: &str) -> Option<&'static str> {
    static WRITINGS: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(writings);
    let shown = WRITINGS.iter().find(|(_, shape)| text.contains(shape));
    shown.map(|(writing, _)| *writing)
}

/// The parts of a canary that an encoding contains regardless of the surrounding text.
fn writings() -> Vec<(&'static str, String)> {
    // Texts of this project do not contain these letters in sequence.
    let mut writings = vec![
        ("plain", "cAnArY".to_owned()),
        ("folded to capitals", "CANARY\"".to_owned()),
        ("folded to small letters", "canary\"".to_owned()),
        ("as a list of bytes", bytes("cAnArY")),
        (
            "as a list of bytes, in hexadecimal",
            "63416e417259".to_owned(),
        ),
        ("URL-encoded", "%22%2F%2B%C3%A9".to_owned()),
        ("JSON-escaped", "\\\"/+".to_owned()),
    ];
    for skipped in 0..3 {
        writings.push(("in base64", encoded(skipped, &BASE64_STANDARD)));
        writings.push(("in URL-safe base64", encoded(skipped, &BASE64_URL_SAFE)));
    }
    writings
}

fn bytes(text: &str) -> String {
    let numbers: Vec<_> = text.bytes().map(|byte| byte.to_string()).collect();
    numbers.join(", ")
}

/// Base64 of the mark depends on where it begins, modulo three; the characters at either end depend on the neighbors.
fn encoded(skipped: usize, engine: &impl Engine) -> String {
    let text = format!("{}{MARK}", "-".repeat(skipped));
    let encoded = engine.encode(text);
    encoded.trim_end_matches('=')[4..encoded.len().min(14)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(text: &str) -> bool {
        std::panic::catch_unwind(|| assert_absent(text)).is_err()
    }

    #[test]
    fn canary_is_found_in_every_encoding() {
        let value = value("x");
        assert!(is_found(&format!("password {value} is wrong")));
        assert!(is_found(&format!("{value:?}")));
        assert!(is_found(&format!("{:?}", value.as_bytes())));
        assert!(is_found(&serde_json::to_string(&value).unwrap()));
        for offset in 0..3 {
            let text = format!("{}{value}", "p".repeat(offset));
            assert!(is_found(&BASE64_STANDARD.encode(&text)), "{offset}");
            assert!(is_found(&BASE64_URL_SAFE.encode(&text)), "{offset}");
        }
    }

    #[test]
    fn other_text_is_no_canary() {
        assert!(!is_found("field `key`: secret `POCKET_KEY` is missing"));
    }
}
