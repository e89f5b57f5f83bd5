//! The reading time of an item.

use std::time::Duration;

use super::item::Item;

const MINUTE: Duration = Duration::from_mins(1);
/// 250 words per minute.
const WORD: Duration = Duration::from_millis(240);

/// Returns the reading time of the API, or an estimate from the number of words; `None` if both are unknown.
pub(crate) fn reading_time(item: &Item) -> Option<Duration> {
    let stated = MINUTE * item.time_to_read;
    let counted = WORD * item.word_count;
    [stated, counted].into_iter().find(|time| !time.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(time_to_read: u32, word_count: u32) -> Option<u64> {
        let item = Item {
            time_to_read,
            word_count,
            has_video: 0,
        };
        reading_time(&item).map(|time| time.as_secs())
    }

    #[test]
    fn minutes_override_word_count() {
        assert_eq!(seconds(3, 5000), Some(180));
    }

    #[test]
    fn reading_speed_is_250_words() {
        assert_eq!(seconds(0, 250), Some(60));
        assert_eq!(seconds(0, 1), Some(0));
        assert_eq!(reading_time(&words(1)), Some(WORD));
    }

    #[test]
    fn zero_numbers_have_no_reading_time() {
        assert_eq!(seconds(0, 0), None);
    }

    #[test]
    fn largest_numbers_do_not_overflow() {
        assert!(seconds(u32::MAX, 0).is_some());
        assert!(seconds(0, u32::MAX).is_some());
    }

    fn words(word_count: u32) -> Item {
        Item {
            word_count,
            ..Item::default()
        }
    }
}
