//! Table of a report: one line per field.

use std::fmt;

use super::{FieldOutcome, FieldReport, LoadReport};

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self.fields.iter().map(FieldReport::row).collect();
        let head = ["field", "source", "requested", "version"].map(str::to_owned);
        let width = |column: usize| {
            rows.iter()
                .chain([&head])
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        for (i, [field, source, requested, version]) in [&head].into_iter().chain(&rows).enumerate()
        {
            let newline = if i == 0 { "" } else { "\n" };
            let line = format!(
                "{field:<0$}  {source:<1$}  {requested:<2$}  {version}",
                widths[0], widths[1], widths[2]
            );
            write!(f, "{newline}{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl FieldReport {
    fn row(&self) -> [String; 4] {
        let requested = self
            .attempts
            .last()
            .map(|attempt| match self.json_key_of(attempt) {
                Some(key) => format!("{} ({key})", attempt.id()),
                None => attempt.id().to_owned(),
            });
        let requested = requested.unwrap_or_default();
        let (source, requested, version) = match &self.outcome {
            FieldOutcome::Found(provenance) => (
                self.outcome.source().unwrap_or_default(),
                requested,
                provenance.version_id().unwrap_or_default().to_owned(),
            ),
            FieldOutcome::Default => ("default".to_owned(), String::new(), String::new()),
            FieldOutcome::Absent => ("none (optional)".to_owned(), String::new(), String::new()),
            FieldOutcome::Missing => ("none".to_owned(), String::new(), String::new()),
            FieldOutcome::Failed(error) => {
                (format!("none ({})", error.kind()), requested, String::new())
            }
        };
        [self.path().to_owned(), source, requested, version]
    }
}
