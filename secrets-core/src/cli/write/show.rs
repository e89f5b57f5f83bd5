//! The planned changes as a table.

use super::change::{Action, Change};
use super::state::TargetSecret;
use crate::cli::console::{BAD, CHANGE, GOOD, PLAIN};
use crate::cli::table::{self, Row};

const HEAD: [&str; 4] = ["action", "secret", "region", "changes"];

pub(in crate::cli) fn table(secrets: &[TargetSecret<'_>], changes: &[Change]) -> String {
    let row = |(secret, change): (&TargetSecret<'_>, &Change)| {
        let (style, word) = match change.action {
            Action::Create => (CHANGE, "create"),
            Action::Update => (CHANGE, "update"),
            Action::Overwrite => (CHANGE, "overwrite"),
            Action::Unchanged => (GOOD, "unchanged"),
            Action::Skip => (PLAIN, "skip"),
            Action::Fail(_) => (BAD, "fail"),
        };
        let description = match &change.action {
            Action::Skip => "no value",
            Action::Fail(failure) => failure.kind().as_str(),
            _ if change.description.is_empty() => "-",
            _ => &change.description,
        };
        let region = secret.region.as_deref().unwrap_or("-");
        let cells = [word, secret.target.id(), region, description];
        Row {
            style,
            cells: cells.map(str::to_owned).to_vec(),
        }
    };
    let rows: Vec<Row> = secrets.iter().zip(changes).map(row).collect();
    table::table(&HEAD, &rows)
}
