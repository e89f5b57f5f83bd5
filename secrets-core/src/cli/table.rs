//! Tables.

use anstyle::Style;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use super::console::{styled, width};

const HEAD: Style = Style::new().bold();

/// A row. The style applies to the first cell.
pub(super) struct Row {
    pub(super) style: Style,
    pub(super) cells: Vec<String>,
}

/// Formats rows below a header. Cells wrap to the width of the terminal; without a terminal, each row is one line.
pub(super) fn table(head: &[&str], rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(head.to_vec());
    for row in rows {
        table.add_row(&row.cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(comfy_table::ColumnConstraint::ContentWidth);
    }
    match width() {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    add_colors(&table.trim_fmt(), rows)
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
