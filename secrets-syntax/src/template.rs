use crate::{Problem, check_variable};

/// A text with placeholders, such as `{stage}`, that are filled at load time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    parts: Vec<Part<'a>>,
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Literal text.
    Literal(&'a str),
    /// The name of a placeholder, without its braces.
    Placeholder(&'a str),
}

/// The beginning of a CloudFormation reference, whose braces are not placeholders.
pub(crate) const RESOLVE: &str = "{{resolve:";

impl<'a> Template<'a> {
    /// Splits text into literals and placeholders.
    ///
    /// # Errors
    ///
    /// Returns an error if a brace is unmatched, or if a placeholder's name is not a valid environment variable name.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        match text
            .strip_prefix(RESOLVE)
            .and_then(|inner| inner.strip_suffix("}}"))
        {
            Some(inner) => {
                let mut parts = vec![Part::Literal(RESOLVE)];
                parts.extend(split(inner)?);
                parts.push(Part::Literal("}}"));
                Ok(Self { parts })
            }
            None => Ok(Self {
                parts: split(text)?,
            }),
        }
    }

    /// Returns the parts in order.
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    /// Returns the names of the placeholders in order, including duplicates.
    pub fn placeholders(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Placeholder(name) => Some(*name),
            Part::Literal(_) => None,
        })
    }

    /// Returns the text without its placeholders.
    pub fn literal(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => *text,
                Part::Placeholder(_) => "",
            })
            .collect()
    }

    /// Replaces every placeholder with its value.
    ///
    /// # Errors
    ///
    /// Returns an error that lists the placeholders for which `value` returns `None`.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, Vec<&'a str>> {
        let mut filled = String::new();
        let mut missing = Vec::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => filled.push_str(text),
                Part::Placeholder(name) => match value(name) {
                    Some(text) => filled.push_str(&text),
                    None => missing.push(*name),
                },
            }
        }
        if missing.is_empty() {
            Ok(filled)
        } else {
            Err(missing)
        }
    }
}

/// Checks a part that may contain placeholders, whose values are unknown. Only the characters beside them are checked.
pub(crate) fn check_part(
    part: &str,
    is_accepted: impl Fn(char) -> bool,
    check: impl Fn(&str) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let template = Template::parse(part)?;
    if template.placeholders().next().is_none() {
        return check(part);
    }
    let literal = template.literal();
    match literal.chars().find(|&c| !is_accepted(c)) {
        // The error is that of a text of this character.
        Some(invalid) => check(invalid.encode_utf8(&mut [0; 4])),
        None => Ok(()),
    }
}

fn split(mut text: &str) -> Result<Vec<Part<'_>>, Problem> {
    let mut parts = Vec::new();
    while let Some(open) = text.find(['{', '}']) {
        if text[open..].starts_with('}') {
            return Err(Problem::new(
                "unmatched `}` in template",
                "write a placeholder as `{name}`, or remove the brace",
            ));
        }
        let (literal, rest) = text.split_at(open);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        let (name, rest) = rest[1..].split_once('}').ok_or_else(|| unclosed(rest))?;
        if name.contains('{') {
            return Err(unclosed(&text[open..]));
        }
        check_placeholder(name)?;
        parts.push(Part::Placeholder(name));
        text = rest;
    }
    if !text.is_empty() {
        parts.push(Part::Literal(text));
    }
    Ok(parts)
}

fn unclosed(rest: &str) -> Problem {
    let name: String = rest
        .trim_start_matches('{')
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    Problem::new("unclosed placeholder", format!("write `{{{name}}}`"))
}

fn check_placeholder(name: &str) -> Result<(), Problem> {
    check_variable(name).map_err(|_| {
        Problem::new(
            format!("invalid placeholder `{{{name}}}`"),
            "use only ASCII letters, digits and `_` in its name, and do not begin with a digit",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_place() {
        let template = Template::parse("{stage}/pocket/{name}").unwrap();
        let filled = template.fill(|name| Some(name.to_uppercase()));
        assert_eq!(filled.unwrap(), "STAGE/pocket/NAME");
        assert_eq!(template.literal(), "/pocket/");
    }

    #[test]
    fn every_missing_placeholder_is_listed() {
        let template = Template::parse("{a}/{b}/{c}").unwrap();
        let filled = template.fill(|name| (name == "b").then(String::new));
        assert_eq!(filled.unwrap_err(), ["a", "c"]);
    }

    #[test]
    fn malformed_placeholders_are_rejected() {
        for text in ["{stage", "a}", "{}", "{a b}", "{a{b}", "{1a}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn unclosed_placeholder_is_completed() {
        for text in ["{db_stage/key", "{db_stage", "{db_stage{key}"] {
            let problem = Template::parse(text).unwrap_err();
            assert_eq!(problem.help(), "write `{db_stage}`", "{text}");
        }
    }

    #[test]
    fn cloudformation_braces_are_not_placeholders() {
        let template =
            Template::parse("{{resolve:secretsmanager:{stage}/db:SecretString:password}}").unwrap();
        assert_eq!(template.placeholders().collect::<Vec<_>>(), ["stage"]);
        assert_eq!(
            template.fill(|_| Some("prod".to_owned())).unwrap(),
            "{{resolve:secretsmanager:prod/db:SecretString:password}}"
        );
    }
}
