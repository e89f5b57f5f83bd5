//! A table of the fields.

use super::deployment::Deployment;
use super::document::Notes;
use crate::format::named_separator;
use crate::load::plan::Leaf;
use crate::source::VersionSelector;
use crate::spec::Necessity;

const HEAD: &str = "\
| field | secret | JSON key | version | environment variable | required | description |
|---|---|---|---|---|---|---|
";

pub(super) fn write(_deployment: &Deployment, leaves: &[Leaf], _notes: &mut Notes) -> String {
    leaves
        .iter()
        .map(row)
        .fold(HEAD.to_owned(), |table, row| table + &row)
}

fn row(leaf: &Leaf) -> String {
    let address = leaf.address.as_ref();
    let version = address.map(|address| address.request.version());
    let ids = leaf.addresses().map(|address| address.request.id());
    let keys = leaf
        .addresses()
        .filter_map(|address| address.json_key.as_deref());
    let cells = [
        code(Some(&leaf.path)),
        with_aliases(ids),
        with_aliases(keys),
        match version {
            Some(VersionSelector::Stage(name) | VersionSelector::Id(name)) => code(Some(name)),
            Some(VersionSelector::Current) | None => String::new(),
        },
        with_aliases(leaf.variables()),
        required(leaf),
        description(leaf),
    ];
    let cells = cells.map(|cell| {
        if cell.is_empty() {
            " ".to_owned()
        } else {
            format!(" {cell} ")
        }
    });
    format!("|{}|\n", cells.join("|"))
}

fn description(leaf: &Leaf) -> String {
    let described = text(&leaf.described());
    match leaf.field.separator() {
        Some(separator) => {
            let name = named_separator(separator).map(|name| text(&name));
            let separator = name.unwrap_or_else(|| code(Some(separator)));
            let separated = format!("{described} Items are separated by {separator}.");
            separated.trim_start().to_owned()
        }
        None => described,
    }
}

fn required(leaf: &Leaf) -> String {
    match (leaf.field.necessity(), leaf.field.default_text()) {
        (Necessity::Required, _) => match &leaf.optional_with {
            Some(group) => format!("if {} is used", code(Some(group))),
            None => "yes".to_owned(),
        },
        (Necessity::Optional, _) => "no".to_owned(),
        (Necessity::Defaulted, Some(default)) => format!("no (default: {})", code(Some(default))),
        (Necessity::Defaulted, None) => "no (has a default)".to_owned(),
    }
}

/// Returns the first name, and the other distinct names in parentheses.
fn with_aliases<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for name in names.map(|name| code(Some(name))) {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    match distinct.split_first() {
        Some((own, [])) => own.clone(),
        Some((own, [alias])) => format!("{own} (alias {alias})"),
        Some((own, aliases)) => format!("{own} (aliases {})", aliases.join(", ")),
        None => String::new(),
    }
}

fn code(text: Option<&str>) -> String {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return String::new();
    };
    let backticks = text.split(|c| c != '`').map(str::len).max();
    match backticks.unwrap_or_default() {
        0 => format!("`{}`", cell(text)),
        longest => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {} {fence}", cell(text))
        }
    }
}

/// Escapes `<` outside of code spans, in which an escape would be visible.
fn text(text: &str) -> String {
    let text = cell(text);
    let (mut escaped, mut rest) = (String::new(), text.as_str());
    while let Some(at) = rest.find(['`', '\\', '<']) {
        let (plain, special) = rest.split_at(at);
        let length = match special.as_bytes()[0] {
            b'`' => code_span(special),
            // A backslash escapes the next character.
            b'\\' => special.chars().take(2).map(char::len_utf8).sum(),
            _ => 1,
        };
        let (piece, after) = special.split_at(length);
        escaped += plain;
        escaped += if piece == "<" { "&lt;" } else { piece };
        rest = after;
    }
    escaped + rest
}

/// Returns the length of the code span at the beginning, or of the backticks if they are not closed.
/// <https://spec.commonmark.org/0.31.2/#code-spans>
fn code_span(text: &str) -> usize {
    let backticks = |text: &str| text.len() - text.trim_start_matches('`').len();
    let fence = backticks(text);
    let mut end = fence;
    while let Some(at) = text[end..].find('`') {
        let length = backticks(&text[end + at..]);
        end += at + length;
        if length == fence {
            return end;
        }
    }
    fence
}

/// Joins lines, escapes bars and replaces control characters, which a terminal could interpret.
fn cell(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
        .replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::{cell, code, text};

    #[test]
    fn table_cell_escapes_bars_and_controls() {
        assert_eq!(cell("a|b\n c\u{1b}[31m"), "a\\|b c\u{fffd}[31m");
    }

    #[test]
    fn backtick_does_not_end_code() {
        assert_eq!(code(Some("a`b")), "`` a`b ``");
        assert_eq!(code(Some("a``<b>")), "``` a``<b> ```");
        assert_eq!(code(Some("a")), "`a`");
    }

    #[test]
    fn tags_are_escaped_outside_of_code() {
        for (written, expected) in [
            ("a <b>", "a &lt;b>"),
            ("Uses `Option<String>` <b>", "Uses `Option<String>` &lt;b>"),
            ("``a`<b>`` <b>", "``a`<b>`` &lt;b>"),
            ("`a\n<b>`", "`a <b>`"),
            ("`a <b>", "`a &lt;b>"),
            ("``a` <b>", "``a` &lt;b>"),
            ("\\`<b>`", "\\`&lt;b>`"),
            ("\\<b> \\\\<b>", "\\<b> \\\\&lt;b>"),
            ("`é` \\é \\", "`é` \\é \\"),
        ] {
            assert_eq!(text(written), expected);
        }
    }
}
