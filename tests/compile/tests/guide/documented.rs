//! The messages that a page of the guide has.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Stands for what differs from message to message.
const ANY: char = '…';

/// A path from the repository's root.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// The code in the first cell of each row of the page's tables.
pub(crate) fn messages(page: &str) -> Vec<String> {
    let page = fs::read_to_string(repository("secrets-core/src/guide").join(page)).unwrap();
    let cells = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(code).collect()
}

/// The code spans of a line; one that holds backticks is between more of them.
fn code(mut line: &str) -> Vec<String> {
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

/// Whether a documented message stands for this one.
pub(crate) fn stands_for(documented: &str, message: &str) -> bool {
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

/// Fails with the messages of the one side that the other lacks.
pub(crate) fn assert_same(page: &str, must_be_documented: &[String], there_are: &[String]) {
    let documented = messages(page);
    assert!(
        documented.len() > 20,
        "{page} has {} messages",
        documented.len()
    );
    let missing: Vec<&String> = must_be_documented
        .iter()
        .filter(|message| !documented.iter().any(|known| stands_for(known, message)))
        .collect();
    assert!(missing.is_empty(), "{page} lacks {missing:#?}");
    let invented: Vec<&String> = documented
        .iter()
        .filter(|known| !there_are.iter().any(|message| stands_for(known, message)))
        .collect();
    assert!(
        invented.is_empty(),
        "{page} has what nobody says: {invented:#?}"
    );
}

#[test]
fn documented_ellipsis_matches_any_text() {
    assert!(stands_for(
        "no answer… within …",
        "no answer from http://x within 10s"
    ));
    assert!(stands_for("no answer… within …", "no answer within 10s"));
    assert!(!stands_for("no answer… within …", "no answer"));
    assert!(!stands_for("not set", "not set here"));
    assert_eq!(code("`` `a` is b ``, `c`"), ["`a` is b", "c"]);
}
