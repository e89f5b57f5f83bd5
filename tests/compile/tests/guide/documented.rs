//! The messages on a page of the guide.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Replaces the parts of a message that vary.
const ANY: char = '…';

/// Returns a path relative to the repository's root.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// Returns the code spans in the first cells of the page's tables.
pub(crate) fn messages(page: &str) -> Vec<String> {
    let page = fs::read_to_string(repository("secrets-core/src/guide").join(page)).unwrap();
    let cells = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(code).collect()
}

/// Returns the code spans of a line. A span that contains backticks has a longer fence.
pub(crate) fn code(mut line: &str) -> Vec<String> {
    let mut spans = Vec::new();
    while let Some(start) = line.find('`') {
        let rest = &line[start..];
        let fence = &rest[..rest.len() - rest.trim_start_matches('`').len()];
        let (span, after) = rest[fence.len()..]
            .split_once(fence)
            .expect("a code span is closed");
        spans.push(span.trim().to_owned());
        line = after;
    }
    spans
}

/// Returns whether a documented message matches this one.
pub(crate) fn matches(documented: &str, message: &str) -> bool {
    let mut parts = documented.split(ANY);
    let Some(mut rest) = message.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in between {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Asserts that the page documents all `required` messages, and only `existing` ones.
pub(crate) fn assert_same(page: &str, required: &[String], existing: &[String]) {
    let documented = messages(page);
    assert!(
        documented.len() > 20,
        "{page} has {} messages",
        documented.len()
    );
    let missing: Vec<&String> = required
        .iter()
        .filter(|message| !documented.iter().any(|known| matches(known, message)))
        .collect();
    assert!(missing.is_empty(), "{page} lacks {missing:#?}");
    let unknown: Vec<&String> = documented
        .iter()
        .filter(|known| !existing.iter().any(|message| matches(known, message)))
        .collect();
    assert!(
        unknown.is_empty(),
        "{page} documents messages that do not exist: {unknown:#?}"
    );
}

#[test]
fn documented_ellipsis_matches_any_text() {
    assert!(matches(
        "no response… within …",
        "no response from http://x within 10s"
    ));
    assert!(matches("no response… within …", "no response within 10s"));
    assert!(!matches("no response… within …", "no response"));
    assert!(!matches("not set", "not set here"));
    assert_eq!(code("`` `a` is b ``, `c`"), ["`a` is b", "c"]);
}
