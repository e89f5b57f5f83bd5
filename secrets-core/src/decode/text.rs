//! Newlines, byte order marks and descriptions of text.

use crate::json::{BYTE_ORDER_MARK, Node, NotJson, ParsedOnce};

/// Returns text without one newline at its end.
pub(crate) fn line(text: &str) -> &str {
    let line = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'));
    line.unwrap_or(text)
}

/// Returns text of one line without the newline at its end, and other text as it is.
pub(super) fn single_line(text: &str) -> &str {
    let line = line(text);
    if line.contains('\n') { text } else { line }
}

/// Returns text without a byte order mark and a newline at its end.
pub(super) fn word(text: &str) -> &str {
    line(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
}

/// Parses text as JSON, once.
pub(super) fn parsed<'de>(text: &str, json: &'de ParsedOnce) -> Result<&'de Node, NotJson> {
    match json.get_or_init(|| Node::parse(text).ok().map(Box::new)) {
        Some(node) => Ok(node),
        None => Err(Node::parse(text)
            .err()
            .unwrap_or(NotJson { line: 1, column: 1 })),
    }
}

/// Returns the JSON of text that is an object or an array.
pub(super) fn structure<'de>(text: &str, json: &'de ParsedOnce) -> Option<&'de Node> {
    let start = text
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(text)
        .trim_start();
    let node = start.starts_with(['{', '[']).then(|| parsed(text, json));
    node?.ok()
}

/// Returns the JSON of text that is anything but a string or `null`.
pub(super) fn scalar<'de>(text: &str, json: &'de ParsedOnce) -> Option<&'de Node> {
    let node = parsed(text, json).ok()?;
    (!matches!(node, Node::Null | Node::String(_))).then_some(node)
}

/// Describes text that was rejected, without quoting it.
pub(super) fn described(text: &str) -> &'static str {
    let rest = line(text);
    match rest {
        "" => "empty text",
        _ if rest.starts_with(BYTE_ORDER_MARK) => "text with a byte order mark before it",
        _ if rest.ends_with('\n') => "text with more than one newline at its end",
        _ if rest.starts_with(char::is_whitespace) => "text with a leading space",
        _ if rest.ends_with(char::is_whitespace) => "text with a trailing space",
        _ if is_quoted(rest) => "text in quotation marks",
        _ => "other text",
    }
}

fn is_quoted(text: &str) -> bool {
    let quoted = |mark: char| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    quoted('"') || quoted('\'')
}

/// Describes text that is not an integer in range.
pub(super) fn described_as_integer(text: &str) -> &'static str {
    let is_integer = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+');
    match described(text) {
        "other text" if text.parse::<f64>().is_err() => "other text",
        "other text" if text.bytes().all(is_integer) => "a number out of range",
        "other text" => "a number with a fraction or an exponent",
        other => other,
    }
}

/// Describes text that is not a float in range.
pub(super) fn described_as_float(text: &str) -> &'static str {
    match described(text) {
        "other text" if text.parse::<f64>().is_ok() => "a number out of range",
        other => other,
    }
}

/// Describes text that is not a boolean.
pub(super) fn described_as_boolean(text: &str) -> &'static str {
    match described(text) {
        "other text" if text.parse::<f64>().is_ok() => "a number",
        other => other,
    }
}
