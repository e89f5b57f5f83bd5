//! The committed list of differences.
//!
//! `UPDATE_GOLDEN=1` adds new differences and removes old ones. A new difference needs a reason.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// A step whose outcome differs from the outcome that is compared with.
pub(crate) struct Difference {
    key: String,
    here: String,
    there: String,
}

impl Difference {
    /// Creates a difference of a server or client.
    pub(crate) fn new(of: &str, step: &str, here: &str, there: &str) -> Self {
        Self {
            key: format!("{step}, {of}"),
            here: shortened(here),
            there: shortened(there),
        }
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 500;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the list without lines that begin with `#`, and the reason of each difference.
fn listed(text: &str) -> (String, BTreeMap<String, String>) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let mut reasons = BTreeMap::new();
    for pair in lines.windows(2) {
        if let Some((key, reason)) = pair[0]
            .strip_prefix("== ")
            .zip(pair[1].strip_prefix("reason: "))
        {
            reasons.insert(key.to_owned(), reason.to_owned());
        }
    }
    (lines.join("\n").trim().to_owned(), reasons)
}

/// Asserts that these are the differences of the list, and that each has a reason.
pub(crate) fn assert_listed(mut found: Vec<Difference>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/differences.txt");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let (before, reasons) = listed(&text);
    found.sort_by(|one, other| one.key.cmp(&other.key));
    let mut now = String::new();
    for Difference { key, here, there } in &found {
        let reason = reasons.get(key).map_or("", String::as_str);
        let _ = writeln!(
            now,
            "== {key}\nreason: {reason}\nhere: {here}\nthere: {there}\n"
        );
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let header = text.lines().take_while(|line| line.starts_with('#'));
        let header: Vec<&str> = header.collect();
        std::fs::write(&path, format!("{}\n\n{now}", header.join("\n"))).unwrap();
    } else {
        assert!(
            now.trim() == before,
            "{} differs; UPDATE_GOLDEN=1 writes:\n{now}",
            path.display()
        );
    }
    for Difference { key, .. } in &found {
        let reason = reasons.get(key).map_or("", String::as_str);
        assert!(!reason.is_empty(), "the difference has no reason: {key}");
    }
}
