//! What happens once a week.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{Api, Error, tag::Tag};

const WEEK: Duration = Duration::from_hours(7 * 24);

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldOutcome {
    /// How many untagged items the last week had.
    pub found: usize,
    /// How many of them have a tag now.
    pub tagged: usize,
}

/// Tags what was saved in the week before `now`.
///
/// # Errors
///
/// When a call to the list's API fails.
pub async fn tag_reading_list(api: &Api, now: SystemTime) -> Result<FieldOutcome, Error> {
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
    Ok(FieldOutcome {
        found: items.len(),
        tagged,
    })
}

impl fmt::Display for FieldOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { found: 0, .. } => f.write_str("nothing to do: no untagged items this week"),
            Self { found, tagged } => write!(f, "{tagged} of {found} items tagged"),
        }
    }
}
