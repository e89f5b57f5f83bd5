//! Text of other programs and lists of names in messages, and the separators of lists.

use std::fmt::Display;

/// Removes the characters that a terminal could interpret, except line breaks and tabs.
pub(crate) fn printable(text: impl Into<String>) -> String {
    let mut text = text.into();
    text.retain(|c| matches!(c, '\n' | '\t') || is_printable(c));
    text
}

/// Returns a short text of another program in one line, or `None` if it is longer or contains characters that a
/// terminal could interpret.
pub(crate) fn printable_line(text: String, longest: usize) -> Option<String> {
    let is_line = |text: &str| is_printable_ascii(text) || text.chars().all(is_printable);
    Some(text).filter(|text| text.len() <= longest && is_line(text))
}

/// Returns whether a text consists of ASCII from the space to the tilde. The processor compares many bytes at once.
fn is_printable_ascii(text: &str) -> bool {
    let distances = text.bytes().map(|byte| byte.wrapping_sub(b' '));
    distances.fold(0, u8::max) <= b'~' - b' '
}

/// Returns whether a character is neither a control character nor one that changes how a terminal shows others, such as
/// a mark of direction.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Groups items by key, in the order in which keys first occur.
pub(crate) fn grouped<K: PartialEq, T>(
    pairs: impl IntoIterator<Item = (K, T)>,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for (key, item) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, items)) => items.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups
}

/// Returns a list of names: `` `key`, `token` ``.
pub(crate) fn listed(paths: impl IntoIterator<Item = impl Display>) -> String {
    let quoted = paths.into_iter().map(|path| format!("`{path}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

/// Returns the words for a separator that is, begins or ends with white space.
#[cfg(feature = "generate")]
pub(crate) fn named_separator(separator: &str) -> Option<String> {
    Some(match separator {
        " " => "spaces".to_owned(),
        "\n" => "line breaks".to_owned(),
        "\t" => "tabs".to_owned(),
        _ if separator.trim() == separator && !separator.contains(char::is_control) => return None,
        _ => format!("{separator:?}"),
    })
}

/// Returns a separator for a sentence.
#[cfg(feature = "generate")]
pub(crate) fn separator_text(separator: &str) -> String {
    named_separator(separator).unwrap_or_else(|| format!("`{separator}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_sequences_are_removed() {
        for (text, expected) in [
            ("a\u{1b}[31m\u{7}b", "a[31mb"),
            ("a\n\tb é 日本 🔑", "a\n\tb é 日本 🔑"),
            ("a\u{202e}b\u{200b}c\u{9b}d\u{feff}", "abcd"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn odd_or_long_lines_are_omitted() {
        let line = |text: &str| printable_line(text.to_owned(), 8);
        assert_eq!(line("8 chars!").as_deref(), Some("8 chars!"));
        for text in ["9 letters", "two\nrows", "\u{1b}[1m", "\u{2066}x"] {
            assert_eq!(line(text), None, "{text:?}");
        }
    }
}
