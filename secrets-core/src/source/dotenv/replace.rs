//! `${NAME}` in values.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::bad_line::LineProblem;
use super::lines::{Kept, Lines, Replacement, Replacer};
use crate::source::Env;
use crate::source::file_io::LARGEST;

/// The length of the longest name of a variable that is read.
const LONGEST_NAME: usize = 256;

/// Replaces variables in the values of a file.
pub(super) struct Replacing<'a> {
    environment: &'a Env,
    /// The remaining size of the values in bytes. Values that repeat each other grow exponentially.
    room: usize,
    kept: Vec<Kept>,
    kept_names: BTreeSet<String>,
}

impl<'e> Replacing<'e> {
    pub(super) fn new(environment: &'e Env) -> Self {
        Self {
            environment,
            room: LARGEST,
            kept: Vec::new(),
            kept_names: BTreeSet::new(),
        }
    }

    /// Returns the value of a line with its replacements.
    pub(super) fn replace(
        &mut self,
        text: Zeroizing<String>,
        number: usize,
        above: &Lines,
    ) -> Result<(Zeroizing<String>, Vec<Replacement>), LineProblem> {
        let mut braces = BracesIn::new(&text);
        let mut pieces = Vec::new();
        let mut replacements = Vec::new();
        let (mut copied, mut at) = (0, 0);
        while let Some(found) = text[at..].find('$') {
            let dollar = at + found;
            at = dollar + 1;
            let replaced = match braces.after(dollar) {
                Some(braces) => self.piece(&braces, above)?.zip(Some(braces)),
                None => None,
            };
            let Some(((piece, by), Braces { name, end, .. })) = replaced else {
                self.keep(&text[at..], number, above);
                continue;
            };
            self.add(&mut pieces, text[copied..dollar].to_owned().into())?;
            self.add(&mut pieces, piece)?;
            let name = name.to_owned();
            replacements.push(Replacement { name, by });
            (copied, at) = (end, end);
        }
        if replacements.is_empty() {
            return Ok((text, replacements));
        }
        self.add(&mut pieces, text[copied..].to_owned().into())?;
        let pieces: Vec<&str> = pieces.iter().map(|piece| piece.as_str()).collect();
        // Allocates once, so that no copy is left behind.
        Ok((pieces.concat().into(), replacements))
    }

    /// Returns the replacement of these braces, or `None` if they do not contain the name of a variable.
    fn piece(
        &self,
        braces: &Braces<'_>,
        above: &Lines,
    ) -> Result<Option<(Zeroizing<String>, Replacer)>, LineProblem> {
        let name = braces.name;
        let found = self.variable(name, above)?;
        // Other text in braces can be a part of a secret, so errors must not quote it.
        if found.is_none() && !is_name(name) {
            return Ok(None);
        }
        match (found, braces.default) {
            (_, Some(default)) if default.contains("${") => {
                Err(LineProblem::NestedDefault(name.to_owned()))
            }
            (Some(found), _) => Ok(Some(found)),
            (None, Some(default)) => Ok(Some((default.to_owned().into(), Replacer::Default))),
            (None, None) => Err(LineProblem::Unset(name.to_owned())),
        }
    }

    /// Returns the variable's value: the process's, or else that of a line above. Empty counts as unset.
    fn variable(
        &self,
        name: &str,
        above: &Lines,
    ) -> Result<Option<(Zeroizing<String>, Replacer)>, LineProblem> {
        if name.len() > LONGEST_NAME {
            return Ok(None);
        }
        let text = self.environment.text(name);
        if let Some(text) = text.map_err(|_| LineProblem::NotUnicode(name.to_owned()))? {
            return Ok(Some((text, Replacer::Env)));
        }
        let line = above.get(name).filter(|line| !line.value.is_empty());
        Ok(line.map(|line| (line.value.clone(), Replacer::Line(line.number))))
    }

    fn add(
        &mut self,
        pieces: &mut Vec<Zeroizing<String>>,
        piece: Zeroizing<String>,
    ) -> Result<(), LineProblem> {
        let room = self.room.checked_sub(piece.len());
        self.room = room.ok_or(LineProblem::TooLarge)?;
        pieces.push(piece);
        Ok(())
    }

    /// Records a literal `$` that precedes the name of a variable that is set.
    fn keep(&mut self, behind: &str, number: usize, above: &Lines) {
        let name = leading_name(behind.strip_prefix('{').unwrap_or(behind));
        if name.is_empty() || self.kept_names.contains(name) {
            return;
        }
        // A variable that is not Unicode is set too.
        if matches!(self.variable(name, above), Ok(None)) {
            return;
        }
        let name = name.to_owned();
        self.kept_names.insert(name.clone());
        self.kept.push(Kept { number, name });
    }

    /// Returns each literal `$` that precedes the name of a variable, once for each name.
    pub(super) fn into_kept(self) -> Vec<Kept> {
        self.kept
    }
}

/// `${NAME}` or `${NAME:-default}`.
struct Braces<'a> {
    name: &'a str,
    default: Option<&'a str>,
    end: usize,
}

/// Finds the braces of a text from left to right, and scans each character at most once per kind of end.
struct BracesIn<'a> {
    text: &'a str,
    /// The next end of a name, and the next closing brace.
    name_end: usize,
    close: usize,
}

impl<'a> BracesIn<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            name_end: 0,
            close: 0,
        }
    }

    fn after(&mut self, dollar: usize) -> Option<Braces<'a>> {
        let text = self.text;
        if !text[dollar + 1..].starts_with('{') {
            return None;
        }
        let start = dollar + 2;
        let name_end = next(text, &mut self.name_end, start, &['}', ':']);
        let name = &text[start..name_end];
        let default = match &text[name_end..] {
            rest if rest.starts_with('}') => None,
            rest if rest.starts_with(":-") => Some(name_end + 2),
            _ => return None,
        };
        let close = next(text, &mut self.close, default.unwrap_or(name_end), &['}']);
        (close < text.len()).then(|| Braces {
            name,
            default: default.map(|default| &text[default..close]),
            end: close + 1,
        })
    }
}

/// Returns the position of the next of these characters, or the end of the text.
fn next(text: &str, known: &mut usize, from: usize, wanted: &[char]) -> usize {
    if *known < from {
        let found = text[from..].find(wanted);
        *known = found.map_or(text.len(), |index| from + index);
    }
    *known
}

/// Returns whether a shell can set a variable with this name, and whether it is short enough for a message.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_NAME && leading_name(text).len() == text.len()
}

/// Returns the longest name at the start of a text.
fn leading_name(text: &str) -> &str {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}
