//! The tag of an item.

use std::time::Duration;

use serde::Serialize;

use super::{item::Item, reading_time::reading_time};

/// A tag in the reading list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Tag {
    #[serde(rename = "a quick read")]
    QuickRead,
    #[serde(rename = "a medium read")]
    MediumRead,
    #[serde(rename = "a long read")]
    LongRead,
    #[serde(rename = "article with video")]
    ArticleWithVideo,
}

impl Tag {
    const QUICK: Duration = Duration::from_mins(2);
    const MEDIUM: Duration = Duration::from_mins(5);

    /// Returns the tag of an item, or `None` if its length is unknown.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        // The reading time does not include videos.
        if item.has_video > 0 {
            return Some(Self::ArticleWithVideo);
        }
        reading_time(item).map(Self::of_length)
    }

    fn of_length(time: Duration) -> Self {
        if time <= Self::QUICK {
            Self::QuickRead
        } else if time <= Self::MEDIUM {
            Self::MediumRead
        } else {
            Self::LongRead
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_minutes(time_to_read: u32) -> Option<Tag> {
        Tag::of(&Item {
            time_to_read,
            ..Item::default()
        })
    }

    fn of_words(word_count: u32) -> Option<Tag> {
        Tag::of(&Item {
            word_count,
            ..Item::default()
        })
    }

    #[test]
    fn two_minutes_is_quick_read() {
        assert_eq!(of_minutes(1), Some(Tag::QuickRead));
        assert_eq!(of_minutes(2), Some(Tag::QuickRead));
        assert_eq!(of_words(1), Some(Tag::QuickRead));
        assert_eq!(of_words(500), Some(Tag::QuickRead));
    }

    #[test]
    fn five_minutes_is_medium_read() {
        assert_eq!(of_words(501), Some(Tag::MediumRead));
        assert_eq!(of_minutes(3), Some(Tag::MediumRead));
        assert_eq!(of_minutes(5), Some(Tag::MediumRead));
        assert_eq!(of_words(1250), Some(Tag::MediumRead));
    }

    #[test]
    fn over_five_minutes_is_long_read() {
        assert_eq!(of_words(1251), Some(Tag::LongRead));
        assert_eq!(of_minutes(6), Some(Tag::LongRead));
        assert_eq!(of_minutes(u32::MAX), Some(Tag::LongRead));
    }

    #[test]
    fn tag_boundaries_match_word_counts() {
        for words in 1..=2000 {
            let expected = match words {
                ..=500 => Tag::QuickRead,
                501..=1250 => Tag::MediumRead,
                _ => Tag::LongRead,
            };
            assert_eq!(of_words(words), Some(expected), "{words} words");
        }
    }

    #[test]
    fn video_overrides_length() {
        for has_video in [1, 2] {
            for time_to_read in [0, 1, 60] {
                let item = Item {
                    time_to_read,
                    word_count: 0,
                    has_video,
                };
                assert_eq!(Tag::of(&item), Some(Tag::ArticleWithVideo), "{item:?}");
            }
        }
    }

    #[test]
    fn item_of_unknown_length_is_untagged() {
        assert_eq!(Tag::of(&Item::default()), None);
    }

    #[test]
    fn tags_serialize_to_list_names() {
        let tags = [
            Tag::QuickRead,
            Tag::MediumRead,
            Tag::LongRead,
            Tag::ArticleWithVideo,
        ];
        assert_eq!(
            serde_json::to_value(tags).unwrap(),
            serde_json::json!([
                "a quick read",
                "a medium read",
                "a long read",
                "article with video"
            ])
        );
    }
}
