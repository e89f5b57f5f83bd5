use crate::suggest::suggest;

/// The case of a derived secret name or JSON key, as in serde's `rename_all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// Parses the name of a case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let found = CASES.iter().find(|(name, _)| *name == text);
        found.map(|(_, case)| *case)
    }

    /// Returns a hint for an unknown name.
    pub(crate) fn help(text: &str) -> String {
        suggest(text, &CASES.map(|(name, _)| name))
    }

    /// Converts a field's name from snake case, as serde does.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => lower_first(&pascal(field)),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    field.split('_').map(upper_first).collect()
}

fn upper_first(word: &str) -> String {
    change_first(word, |first| first.to_ascii_uppercase())
}

fn lower_first(word: &str) -> String {
    change_first(word, |first| first.to_ascii_lowercase())
}

fn change_first(word: &str, change: impl Fn(char) -> char) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(change)
        .into_iter()
        .chain(letters)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_matches_serde() {
        for (name, api_key, key) in [
            ("lowercase", "api_key", "key"),
            ("UPPERCASE", "API_KEY", "KEY"),
            ("PascalCase", "ApiKey", "Key"),
            ("camelCase", "apiKey", "key"),
            ("snake_case", "api_key", "key"),
            ("SCREAMING_SNAKE_CASE", "API_KEY", "KEY"),
            ("kebab-case", "api-key", "key"),
            ("SCREAMING-KEBAB-CASE", "API-KEY", "KEY"),
        ] {
            let case = Case::parse(name).unwrap();
            assert_eq!(case.apply("api_key"), api_key, "{name}");
            assert_eq!(case.apply("key"), key, "{name}");
        }
    }

    #[test]
    fn fields_without_letters_do_not_panic() {
        for (_, case) in CASES {
            for field in ["__", "_1", "ß_ü", ""] {
                let _ = case.apply(field);
            }
        }
        assert_eq!(Case::Camel.apply("__"), "");
        assert_eq!(Case::Pascal.apply("ß_key"), "ßKey");
    }

    #[test]
    fn misspelled_case_has_suggestion() {
        for (text, expected) in [
            ("kebab_case", "kebab-case"),
            ("SCREAMING_SNAKE", "SCREAMING_SNAKE_CASE"),
            ("camelcase", "camelCase"),
        ] {
            assert_eq!(Case::parse(text), None);
            assert_eq!(Case::help(text), format!("did you mean `{expected}`?"));
        }
        assert!(Case::help("title").starts_with("use one of `lowercase`, `UPPERCASE`"));
    }
}
