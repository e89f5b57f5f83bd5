//! Tables.

use anstyle::Style;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use super::console::{styled, width};

const HEAD: Style = Style::new().bold();

/// A row, whose first cell is one word and has a style.
pub(super) struct Row {
    pub(super) style: Style,
    pub(super) cells: Vec<String>,
}

/// Rows under a head. As wide as the terminal; as wide as the rows where there is none, so that a row is a line.
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
    colour(&table.trim_fmt(), rows)
}

/// Styles are put on afterwards, because they would count as width. A line that goes on with a row begins with a space.
fn colour(table: &str, rows: &[Row]) -> String {
    let mut rows = rows.iter();
    let mut coloured = String::new();
    for (i, line) in table.lines().enumerate() {
        let begins = !line.starts_with(' ') && !line.is_empty();
        let row = if i > 0 && begins { rows.next() } else { None };
        let cell = row.and_then(|row| Some((row, line.strip_prefix(row.cells.first()?.as_str())?)));
        coloured += &match (i, cell) {
            (0, _) => styled(line, HEAD),
            (_, Some((row, rest))) => styled(&line[..line.len() - rest.len()], row.style) + rest,
            (_, None) => line.to_owned(),
        };
        coloured.push('\n');
    }
    coloured
}
