//! Formats of the output.

use std::time::SystemTime;

use clap::ValueEnum;
use serde::Serialize;

use super::console::print;
use super::exit::CliError;

/// The output format.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum OutputFormat {
    /// A table with one line for each entry
    #[default]
    Table,
    /// A machine-readable report
    Json,
}

/// Prints a document as JSON.
pub(super) fn print_json(document: &impl Serialize) -> Result<(), CliError> {
    // Serializing strings and lists cannot fail.
    print(&(serde_json::to_string_pretty(document).unwrap_or_default() + "\n"))
}

/// Formats a time as RFC 3339 in whole seconds. `humantime` panics for years after 9999.
pub(super) fn utc(time: SystemTime) -> Option<String> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    // The last second of the year 9999.
    (since.as_secs() <= 253_402_300_799)
        .then(|| humantime::format_rfc3339_seconds(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn out_of_range_time_lacks_utc() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(
            utc(at(1_767_225_600)).as_deref(),
            Some("2026-01-01T00:00:00Z")
        );
        assert_eq!(utc(at(400_000_000_000)), None);
        assert_eq!(utc(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
