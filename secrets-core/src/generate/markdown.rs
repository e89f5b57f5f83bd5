//! A table of the fields.

use super::deployment::Deployment;
use super::document::Notes;
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
    let cells = [
        code(Some(&leaf.path)),
        code(address.map(|address| address.request.id())),
        code(address.and_then(|address| address.json_key.as_deref())),
        match version {
            Some(VersionSelector::Stage(name) | VersionSelector::Id(name)) => code(Some(name)),
            Some(VersionSelector::Current) | None => String::new(),
        },
        code(leaf.variable.as_deref()),
        required(leaf),
        text(&leaf.described()),
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

fn code(text: Option<&str>) -> String {
    match text {
        None | Some("") => String::new(),
        Some(text) if text.contains('`') => format!("`` {} ``", cell(text)),
        Some(text) => format!("`{}`", cell(text)),
    }
}

fn text(text: &str) -> String {
    cell(text).replace('<', "&lt;")
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
    use super::cell;

    #[test]
    fn table_cell_escapes_bars_and_controls() {
        assert_eq!(cell("a|b\n c\u{1b}[31m"), "a\\|b c\u{fffd}[31m");
    }
}
