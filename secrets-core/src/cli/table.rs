//! Tables.

use anstyle::Style;
use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

use super::console::{styled, width};

const HEAD: Style = Style::new().bold();
/// The columns between two cells.
const GAP: usize = 2;

/// A row. The style applies to the first cell.
pub(super) struct Row {
    pub(super) style: Style,
    pub(super) cells: Vec<String>,
}

/// Formats rows below a header. Cells wrap to the width of the terminal, but a word is never broken. If the words do
/// not fit, each cell has a line of its own. Without a terminal, each row is one line.
pub(super) fn table(head: &[&str], rows: &[Row]) -> String {
    let least = least_widths(head, rows);
    match width() {
        Some(width) if least.iter().sum::<usize>() > usize::from(width) + GAP => {
            list(head, rows, usize::from(width))
        }
        width => add_colors(&arranged(head, rows, &least, width), rows),
    }
}

/// Returns the widths of the columns in which no word is broken. The first column never wraps.
fn least_widths(head: &[&str], rows: &[Row]) -> Vec<usize> {
    let longest = |i: usize, text: &str| {
        let words = text.split_whitespace().map(|word| word.chars().count());
        match i {
            0 => text.chars().count(),
            _ => words.max().unwrap_or_default(),
        }
    };
    let columns = head.iter().enumerate().map(|(i, head)| {
        let cells = rows.iter().filter_map(|row| row.cells.get(i));
        let widths = cells.map(|cell| longest(i, cell)).chain([longest(i, head)]);
        widths.max().unwrap_or_default() + GAP
    });
    columns.collect()
}

fn arranged(head: &[&str], rows: &[Row], least: &[usize], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(head.to_vec());
    for row in rows {
        table.add_row(&row.cells);
    }
    for (column, least) in table.column_iter_mut().zip(least) {
        column.set_padding((0, 2));
        let least = u16::try_from(*least).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    match width {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.trim_fmt()
}

/// Adds styles after the layout, because escape codes would count as width. Continuation lines of a row begin with a
/// space.
fn add_colors(table: &str, rows: &[Row]) -> String {
    let mut rows = rows.iter();
    let mut colored = String::new();
    for (i, line) in table.lines().enumerate() {
        let begins = !line.starts_with(' ') && !line.is_empty();
        let row = if i > 0 && begins { rows.next() } else { None };
        let cell = row.and_then(|row| Some((row, line.strip_prefix(row.cells.first()?.as_str())?)));
        colored += &match (i, cell) {
            (0, _) => styled(line, HEAD),
            (_, Some((row, rest))) => styled(&line[..line.len() - rest.len()], row.style) + rest,
            (_, None) => line.to_owned(),
        };
        colored.push('\n');
    }
    colored
}

/// Formats each cell on a line of its own, below the first two.
fn list(head: &[&str], rows: &[Row], width: usize) -> String {
    let longest = head.iter().skip(2).map(|head| head.len()).max();
    let indent = longest.unwrap_or_default() + 2 * GAP;
    let mut lines = Vec::new();
    for row in rows {
        let mut first = row.cells.iter().take(2).map(String::as_str);
        let status = styled(first.next().unwrap_or_default(), row.style);
        lines.push(format!("{status}  {}\n", first.next().unwrap_or_default()));
        let others = head.iter().zip(&row.cells).skip(2);
        let others = others.filter(|(_, cell)| *cell != "-").map(|(head, cell)| {
            let head = format!("{:GAP$}{head}", "");
            format!("{head:indent$}{}\n", wrapped(cell, indent, width))
        });
        lines.extend(others);
    }
    lines.concat()
}

/// Wraps a text between words. Lines after the first are indented.
fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let mut wrapped = String::new();
    let mut column = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column == indent {
            column += length;
        } else if column + 1 + length > width {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent + length;
        } else {
            wrapped.push(' ');
            column += 1 + length;
        }
        wrapped += word;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::console::PLAIN;

    #[test]
    fn narrow_list_keeps_words_whole() {
        let name = "a/very/long/name/of/a/secret";
        let cells = ["ok", "token", "aws, env", &format!("{name} (key), TOKEN")];
        let row = Row {
            style: PLAIN,
            cells: cells.map(str::to_owned).to_vec(),
        };
        let list = list(&["status", "field", "source", "requested"], &[row], 40);
        assert_eq!(
            list,
            format!(
                "ok  token\n  source     aws, env\n  requested  {name}\n             (key), TOKEN\n"
            )
        );
    }
}
