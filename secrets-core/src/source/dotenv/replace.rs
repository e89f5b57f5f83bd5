//! `${NAME}` in values.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::bad_line::LineProblem;
use super::lines::{Kept, Lines, Replacement, Replacer};
use crate::source::Env;
use crate::source::file_io::LARGEST;

/// Replaces in the values of a file, one after the other.
pub(super) struct Replacing<'a> {
    environment: &'a Env,
    /// How many bytes the values may still take: those that repeat each other grow fast.
    room: usize,
    kept: Vec<Kept>,
    kept_names: BTreeSet<String>,
}

/// A value in which something was replaced.
pub(super) struct Replaced {
    pub(super) value: Zeroizing<String>,
    pub(super) replacements: Vec<Replacement>,
}

/// A part of a value.
enum ValuePiece<'a> {
    Text(&'a str),
    Variable(Zeroizing<String>),
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

    /// Replaces in the value of a line. `None`: everything stays as it is.
    pub(super) fn replace(
        &mut self,
        text: &str,
        number: usize,
        above: &Lines,
    ) -> Result<Option<Replaced>, LineProblem> {
        let mut braces = BracesIn::new(text);
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
            let Some(((piece, by), braces)) = replaced else {
                self.keep(&text[at..], number, above);
                continue;
            };
            self.add(&mut pieces, ValuePiece::Text(&text[copied..dollar]))?;
            self.add(&mut pieces, piece)?;
            replacements.push(Replacement {
                name: braces.name.to_owned(),
                by,
            });
            (copied, at) = (braces.end, braces.end);
        }
        if replacements.is_empty() {
            return Ok(None);
        }
        self.add(&mut pieces, ValuePiece::Text(&text[copied..]))?;
        Ok(Some(Replaced {
            value: joined(&pieces),
            replacements,
        }))
    }

    /// Returns what replaces these braces, or `None` if they do not contain the name of a variable.
    fn piece<'a>(
        &self,
        braces: &Braces<'a>,
        above: &'a Lines,
    ) -> Result<Option<(ValuePiece<'a>, Replacer)>, LineProblem> {
        let name = braces.name;
        let found = self.variable(name, above)?;
        // What only looks like braces can be a part of a secret, which no error may quote.
        if found.is_none() && !is_name(name) {
            return Ok(None);
        }
        match (found, braces.default) {
            (_, Some(default)) if default.contains("${") => {
                Err(LineProblem::NestedDefault(name.to_owned()))
            }
            (Some(found), _) => Ok(Some(found)),
            (None, Some(default)) => Ok(Some((ValuePiece::Text(default), Replacer::Default))),
            (None, None) => Err(LineProblem::Unset(name.to_owned())),
        }
    }

    /// Returns the variable's value: the process's, or else that of a line above. Empty counts as unset.
    fn variable<'a>(
        &self,
        name: &str,
        above: &'a Lines,
    ) -> Result<Option<(ValuePiece<'a>, Replacer)>, LineProblem> {
        const LONGEST: usize = 256;
        if name.len() > LONGEST {
            return Ok(None);
        }
        let text = self.environment.text(name);
        if let Some(text) = text.map_err(|_| LineProblem::NotUnicode(name.to_owned()))? {
            return Ok(Some((ValuePiece::Variable(text), Replacer::Env)));
        }
        let line = above.get(name).filter(|line| !line.value.is_empty());
        Ok(line.map(|line| (ValuePiece::Text(&line.value), Replacer::Line(line.number))))
    }

    fn add<'a>(
        &mut self,
        pieces: &mut Vec<ValuePiece<'a>>,
        piece: ValuePiece<'a>,
    ) -> Result<(), LineProblem> {
        let room = self.room.checked_sub(piece.text().len());
        self.room = room.ok_or(LineProblem::TooLarge)?;
        pieces.push(piece);
        Ok(())
    }

    /// Records a `$` that stays, if the name behind it is that of a variable that is set.
    fn keep(&mut self, behind: &str, number: usize, above: &Lines) {
        let name = leading_name(behind.strip_prefix('{').unwrap_or(behind));
        if name.is_empty() || self.kept_names.contains(name) {
            return;
        }
        // One that is not Unicode is set too.
        if matches!(self.variable(name, above), Ok(None)) {
            return;
        }
        self.kept_names.insert(name.to_owned());
        self.kept.push(Kept {
            number,
            name: name.to_owned(),
        });
    }

    /// Returns each `$` that stayed with the name of a variable behind it, once for each name.
    pub(super) fn into_kept(self) -> Vec<Kept> {
        self.kept
    }
}

impl ValuePiece<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Variable(text) => text,
        }
    }
}

fn joined(pieces: &[ValuePiece<'_>]) -> Zeroizing<String> {
    let length = pieces.iter().map(|piece| piece.text().len()).sum();
    // Sized once: where a buffer grows, it leaves a copy behind.
    let mut value = Zeroizing::new(String::with_capacity(length));
    for piece in pieces {
        value.push_str(piece.text());
    }
    value
}

/// `${NAME}` or `${NAME:-default}`.
struct Braces<'a> {
    name: &'a str,
    default: Option<&'a str>,
    end: usize,
}

/// The braces of a text, looked for from left to right.
struct BracesIn<'a> {
    text: &'a str,
    /// Where a name ends next, and where a brace closes next, so that nothing is looked for twice.
    stop: usize,
    close: usize,
}

impl<'a> BracesIn<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            stop: 0,
            close: 0,
        }
    }

    fn after(&mut self, dollar: usize) -> Option<Braces<'a>> {
        let text = self.text;
        if !text[dollar + 1..].starts_with('{') {
            return None;
        }
        let start = dollar + 2;
        let stop = next(text, &mut self.stop, start, &['}', ':']);
        let name = &text[start..stop];
        let behind = &text[stop..];
        if behind.starts_with('}') {
            return Some(Braces {
                name,
                default: None,
                end: stop + 1,
            });
        }
        if !behind.starts_with(":-") {
            return None;
        }
        let close = next(text, &mut self.close, stop + 2, &['}']);
        (close < text.len()).then(|| Braces {
            name,
            default: Some(&text[stop + 2..close]),
            end: close + 1,
        })
    }
}

/// Returns where one of these characters is next, or the end of the text.
fn next(text: &str, known: &mut usize, from: usize, wanted: &[char]) -> usize {
    if *known < from {
        let found = text[from..].find(wanted);
        *known = found.map_or(text.len(), |index| from + index);
    }
    *known
}

/// Whether a shell could set a variable of this name.
fn is_name(text: &str) -> bool {
    !text.is_empty() && leading_name(text).len() == text.len()
}

/// Returns the longest name that a text begins with.
fn leading_name(text: &str) -> &str {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}
