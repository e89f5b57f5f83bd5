//! The weekly run.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{Api, Error, tag::Tag};

const WEEK: Duration = Duration::from_hours(7 * 24);

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// The number of untagged items of the last week.
    pub found: usize,
    /// The number of items that were tagged.
    pub tagged: usize,
}

/// Tags the items that were saved in the week before `now`.
///
/// # Errors
///
/// Returns an error if a call to the API fails.
pub async fn tag_reading_list(api: &Api, now: SystemTime) -> Result<RunSummary, Error> {
    let items = api.untagged(now - WEEK).await?;
    let tags: Vec<(&str, Tag)> = items
        .iter()
        .filter_map(|(id, item)| Some((id.as_str(), Tag::of(item)?)))
        .collect();
    let tagged = if tags.is_empty() {
        0
    } else {
        api.add_tags(&tags).await?
    };
    Ok(RunSummary {
        found: items.len(),
        tagged,
    })
}

impl fmt::Display for RunSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { found: 0, .. } => f.write_str("no untagged items this week"),
            Self { found, tagged } => write!(f, "{tagged} of {found} items tagged"),
        }
    }
}
