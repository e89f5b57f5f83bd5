//! The lines of a `.env` file.

use std::collections::HashMap;
use std::fmt;
#[cfg(all(feature = "cli", feature = "aws"))]
use std::mem::take;

use from_secrets_syntax::misspelled;
use zeroize::Zeroizing;

use super::bad_line::certain;
#[cfg(all(feature = "cli", feature = "aws"))]
use crate::source::Env;
use crate::source::{FetchResult, MissingReason, SecretRequest, SecretValue};

/// The lines of a file that set variables, in order.
#[derive(Default)]
pub(crate) struct Lines {
    all: Vec<Line>,
    /// The last line of each name, which takes precedence.
    last: HashMap<String, usize>,
    pub(super) kept: Vec<Kept>,
}

/// A line that sets a variable.
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(super) value: Zeroizing<String>,
    #[cfg_attr(
        not(all(feature = "cli", feature = "aws")),
        expect(dead_code, reason = "only `push` reports it")
    )]
    pub(crate) replacements: Vec<Replacement>,
}

/// A `${NAME}` that was replaced.
#[cfg_attr(
    not(all(feature = "cli", feature = "aws")),
    expect(dead_code, reason = "only `push` reports it")
)]
pub(crate) struct Replacement {
    pub(crate) name: String,
    pub(crate) by: Replacer,
}

/// The origin of the text that replaced a `${NAME}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replacer {
    Env,
    Line(usize),
    Default,
}

/// A `$NAME` that was kept although the variable is set.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) number: usize,
    pub(crate) name: String,
}

impl Line {
    /// Returns the name if it is certainly a name, and not a part of a value.
    pub(crate) fn certain_name(&self) -> Option<&str> {
        certain(&self.name, &self.value)
    }
}

impl Lines {
    pub(super) fn push(&mut self, line: Line) {
        self.last.insert(line.name.clone(), self.all.len());
        self.all.push(line);
    }

    pub(super) fn last(&self) -> Option<&Line> {
        self.all.last()
    }

    /// Returns the line that sets a variable: the last one with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Line> {
        self.last.get(name).map(|&index| &self.all[index])
    }

    pub(super) fn fetch_all(&self, requests: &[SecretRequest]) -> Vec<FetchResult> {
        let fetch = |request: &SecretRequest| match self.get(request.id()) {
            Some(line) if line.value.is_empty() => FetchResult::Missing(MissingReason::EmptyEnvVar),
            Some(line) => FetchResult::Found(SecretValue::text(line.value.as_str())),
            None => FetchResult::Missing(self.missing(request.id(), requests)),
        };
        requests.iter().map(fetch).collect()
    }

    fn missing(&self, name: &str, requests: &[SecretRequest]) -> MissingReason {
        const MOST_LINES: usize = 1_000;
        let is_other = |name: &&str| requests.iter().all(|request| request.id() != *name);
        let names = self.all.iter().map(|line| line.name.as_str());
        let comparable = names.filter(|name| is_comparable(name) && is_other(name));
        let names: Vec<&str> = comparable.take(MOST_LINES).collect();
        match misspelled(name, &names).and_then(|similar| self.get(similar)) {
            Some(line) => MissingReason::SimilarLine {
                name: line.name.clone(),
                line: line.number,
            },
            None => MissingReason::EnvVar,
        }
    }
}

/// Returns whether a name can be compared with others, and shown if it is similar to one of them.
pub(crate) fn is_comparable(name: &str) -> bool {
    const LONGEST: usize = 64;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    name.len() <= LONGEST && name.bytes().all(is_plain)
}

#[cfg(all(feature = "cli", feature = "aws"))]
impl Lines {
    /// Returns the lines that take effect: the last one of each name.
    pub(crate) fn winning(&self) -> impl Iterator<Item = &Line> {
        let is_last = |(index, line): &(usize, &Line)| self.last.get(&line.name) == Some(index);
        let lines = self.all.iter().enumerate();
        lines.filter(is_last).map(|(_, line)| line)
    }

    /// Returns whether the value of another line contains the value of this variable.
    pub(crate) fn is_used(&self, name: &str) -> bool {
        let mut replacements = self.all.iter().flat_map(|line| &line.replacements);
        replacements.any(|replacement| {
            replacement.name == name && matches!(replacement.by, Replacer::Line(_))
        })
    }

    pub(crate) fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// Moves the values into variables.
    pub(crate) fn take_variables(&mut self) -> Env {
        let variables = self.all.iter_mut();
        Env::from_vars(variables.map(|line| (line.name.clone(), take(&mut *line.value))))
    }
}

/// Shows no name, because a line may be a part of a value.
impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("count", &self.all.len())
            .finish_non_exhaustive()
    }
}
