//! The messages in the sections "What can go wrong".

use std::fs;

use crate::documented::{code, messages, repository};
use crate::runtime::texts;

/// Messages of other programs.
const FOREIGN: [&str; 1] = ["password authentication failed for user …"];

#[test]
fn troubleshooting_sections_quote_real_messages() {
    let mut known = messages("errors.md");
    known.extend(messages("compile_errors.md"));
    known.extend(texts());
    let mut quoted = 0;
    let mut unknown = Vec::new();
    for file in fs::read_dir(repository("secrets-core/src/guide")).unwrap() {
        let path = file.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        if path.ends_with("errors.md")
            || path.ends_with("compile_errors.md")
            || path.ends_with("mod.rs")
        {
            continue;
        }
        let (_, section) = page
            .split_once("\n# What can go wrong\n")
            .unwrap_or_else(|| panic!("{} has no troubleshooting section", path.display()));
        assert!(
            !section.contains("\n# "),
            "{}: it is not the last section",
            path.display()
        );
        let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
        let cells = rows.filter_map(|row| row.split(" | ").next());
        // A single word is an item's name.
        for message in cells.flat_map(code).filter(|span| span.contains(' ')) {
            quoted += 1;
            if !known.contains(&message) && !FOREIGN.contains(&&*message) {
                unknown.push(format!("{}: {message}", path.display()));
            }
        }
    }
    assert!(quoted > 20, "{quoted} messages were read");
    assert!(
        unknown.is_empty(),
        "messages that do not exist: {unknown:#?}"
    );
}
