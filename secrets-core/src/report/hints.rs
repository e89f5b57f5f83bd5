//! Hints for failed fields.

use super::{Attempt, FieldOutcome, FieldReport, Note};
use crate::format::{grouped, listed};
use crate::source::{FetchResult, KeyedBy, MissingReason};

/// A hint for one field, or for several.
pub(crate) struct Hint<'a> {
    pub(crate) fields: Vec<&'a str>,
    pub(crate) text: String,
}

/// Alternatives for one field: texts, with the name for `{names}` in them. A text without a name is fixed.
type Alternatives = Vec<(String, Option<String>)>;

/// Returns the hints for failed fields. Fields whose hints differ in names only share one.
pub(crate) fn hints<'a>(failed: impl IntoIterator<Item = &'a FieldReport>) -> Vec<Hint<'a>> {
    let pairs = failed.into_iter().filter_map(|field| {
        let alternatives = alternatives(field);
        let texts: Vec<String> = alternatives.iter().map(|(text, _)| text.clone()).collect();
        (!texts.is_empty()).then_some((texts, (alternatives, field.path())))
    });
    let hint = |(texts, group): (Vec<String>, Vec<(Alternatives, &'a str)>)| {
        let text = |(i, text): (usize, &String)| {
            let mut names: Vec<&str> = Vec::new();
            for (alternatives, _) in &group {
                if let Some(name) = alternatives[i].1.as_deref()
                    && !names.contains(&name)
                {
                    names.push(name);
                }
            }
            filled(text, &names)
        };
        let texts: Vec<String> = texts.iter().enumerate().map(text).collect();
        Hint {
            text: texts.join(", or "),
            fields: group.into_iter().map(|(_, path)| path).collect(),
        }
    };
    grouped(pairs).into_iter().map(hint).collect()
}

/// Replaces `{names}` and `{s}` in a hint.
pub(crate) fn filled(text: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return text.to_owned();
    }
    let plural = if names.len() > 1 { "s" } else { "" };
    text.replace("{s}", plural)
        .replace("{names}", &listed(names))
}

fn alternatives(field: &FieldReport) -> Alternatives {
    if let FieldOutcome::Failed(error) = field.outcome() {
        let hint = error.hint().map(|hint| (hint.to_owned(), None));
        return hint.into_iter().collect();
    }
    let attempts = field.attempts();
    if attempts.is_empty() {
        let text = "set `env` on the field, or add a source of secrets to the chain";
        return vec![(text.to_owned(), None)];
    }
    let is_env = |attempt: &&Attempt| attempt.keyed_by == KeyedBy::EnvVar;
    let of_error = attempts.iter().find_map(|attempt| match attempt.result() {
        FetchResult::Failed(error) => Some((error.hint()?.to_owned(), None)),
        _ => None,
    });
    let own = || attempts.iter().filter(|attempt| attempt.alias.is_none());
    let secrets = own().filter(|attempt| !is_env(attempt));
    let of_secret = || {
        secrets
            .into_iter()
            .find_map(|attempt| hint_of(field, attempt))
    };
    let variables = own().filter(is_env).rev();
    let of_variables = variables.filter_map(|attempt| hint_of(field, attempt));
    let alias = (field.note == Some(Note::OptionalType)).then(|| {
        let text =
            "write the field's type as `Option<…>`, because the derive cannot see through an alias or a newtype";
        (text.to_owned(), None)
    });
    let first = of_error.or_else(of_secret).into_iter();
    first.chain(of_variables).chain(alias).collect()
}

fn hint_of(field: &FieldReport, attempt: &Attempt) -> Option<(String, Option<String>)> {
    let id = attempt.id();
    let key = field.json_key().unwrap_or_default().to_owned();
    match attempt.result() {
        FetchResult::Missing(MissingReason::JsonKey { .. }) => Some((
            format!("add the key{{s}} {{names}} to the secret `{id}`, or correct `json_key`"),
            Some(key),
        )),
        FetchResult::Missing(MissingReason::JsonNull) => Some((
            format!("set a value for the key{{s}} {{names}} of the secret `{id}`"),
            Some(key),
        )),
        _ => Some((attempt.hint.clone()?, Some(id.to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_with_names_are_filled() {
        assert_eq!(filled("read {names} and {s}", &[]), "read {names} and {s}");
        assert_eq!(filled("create key{s} {names}", &["a"]), "create key `a`");
        assert_eq!(
            filled("create key{s} {names}", &["a", "b"]),
            "create keys `a`, `b`"
        );
    }
}
