//! YAML, and the references of CloudFormation templates.

use super::variables::{Substitution, Variables};

/// The maximum length of an identifier, which leaves room for a number. CloudFormation permits 255 characters.
const MAX_LENGTH: usize = 200;

/// Identifiers that YAML 1.1 reads as a Boolean value or as null.
const WORDS: [&str; 9] = ["True", "False", "Null", "Yes", "No", "On", "Off", "Y", "N"];

/// Returns a scalar in double quotation marks.
pub(super) fn quoted(text: &str) -> String {
    // JSON strings are valid YAML, except for characters that are not printable in YAML or break lines.
    let json = serde_json::Value::from(text).to_string();
    let escaped = |c: char| match c {
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        c => c.to_string(),
    };
    json.chars().map(escaped).collect()
}

/// Returns a region, which is quoted if YAML could read it as another type.
pub(super) fn region_name(region: &str) -> String {
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(region));
    if is_word || !region.starts_with(|c: char| c.is_ascii_alphabetic()) {
        quoted(region)
    } else {
        region.to_owned()
    }
}

/// Returns the name of a template parameter or resource, which contains only letters and digits.
pub(super) fn logical_id(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        let all_capitals = !word.chars().any(|c| c.is_ascii_lowercase());
        let rest: String = letters.collect();
        let rest = if all_capitals {
            rest.to_ascii_lowercase()
        } else {
            rest
        };
        first.into_iter().chain(rest.chars()).collect::<String>()
    };
    let mut id: String = words.map(capital).collect();
    // A name such as `/` has no letters, and YAML reads `9` and `true` as other types.
    if !id.starts_with(|c: char| c.is_ascii_alphabetic()) || WORDS.contains(&id.as_str()) {
        id.insert_str(0, "Secret");
    }
    id.truncate(MAX_LENGTH);
    id
}

/// Returns the substitutions of a stack, whose variables are template parameters.
pub(super) fn stack(variables: &Variables) -> Substitution<'_> {
    Substitution {
        partition: "${AWS::Partition}",
        region: "${AWS::Region}",
        account: "${AWS::AccountId}",
        variables,
    }
}

/// Returns `!Ref` for a single template parameter, otherwise the text, with `!Sub` if it contains any. The text is
/// quoted if its first character has a meaning in YAML.
pub(super) fn reference(text: &str) -> String {
    let name = text
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    match name.filter(|name| !name.contains("${")) {
        Some(name) => format!("!Ref {name}"),
        None if !text.contains("${") => quoted(text),
        None if text.starts_with(['!', '@', '=', '-']) => format!("!Sub {}", quoted(text)),
        None => format!("!Sub {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_logical_id() {
        for (name, id) in [
            ("prod/db", "ProdDb"),
            ("POCKET_KEY", "PocketKey"),
            ("2fa/key", "Secret2faKey"),
            ("true", "SecretTrue"),
            ("@team/token", "TeamToken"),
            ("/+/", "Secret"),
        ] {
            assert_eq!(logical_id(name), id);
        }
        assert_eq!(logical_id(&"a".repeat(512)).len(), MAX_LENGTH);
    }

    #[test]
    fn quoted_text_is_printable() {
        assert_eq!(
            quoted("a\"\n\u{85}\u{2028}é"),
            "\"a\\\"\\n\\u0085\\u2028é\""
        );
    }

    #[test]
    fn references_with_indicators_are_quoted() {
        for (text, expected) in [
            ("${Stage}", "!Ref Stage"),
            ("prod/db", "\"prod/db\""),
            ("${Stage}/db", "!Sub ${Stage}/db"),
            ("@${Team}/db", "!Sub \"@${Team}/db\""),
            ("!${Team}", "!Sub \"!${Team}\""),
            ("=${Team}", "!Sub \"=${Team}\""),
            ("-${Team}", "!Sub \"-${Team}\""),
        ] {
            assert_eq!(reference(text), expected);
        }
    }
}
