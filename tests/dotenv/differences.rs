//! The documented differences from other readers, and the files that they explain.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Case, Values};

/// Another reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Python,
    Node,
}

/// The result of another reader for a file.
#[derive(Debug)]
pub(crate) struct Theirs {
    pub(crate) values: Values,
    /// The values without replacements.
    pub(crate) raw: Values,
    /// Whether the reader skips a statement with a warning.
    pub(crate) skips: bool,
}

/// A difference, as the guide describes it.
pub(crate) struct Difference {
    pub(crate) from: Other,
    pub(crate) what: &'static str,
    pub(crate) explains: fn(&Case, &Theirs) -> bool,
}

#[derive(Deserialize)]
struct Read {
    values: BTreeMap<String, Option<String>>,
    #[serde(default)]
    raw: BTreeMap<String, Option<String>>,
    #[serde(default)]
    skips: bool,
}

impl Theirs {
    /// Reads the output of a script, with a line per file.
    pub(crate) fn all(output: &str) -> Vec<Self> {
        let read: Vec<Read> = serde_json::from_str(output).unwrap();
        read.into_iter().map(Self::of).collect()
    }

    fn of(read: Read) -> Self {
        // An empty value counts as unset here.
        let set = |values: BTreeMap<String, Option<String>>| {
            let set = values
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            let compared = |(name, value): &(String, String)| {
                ["A", "B", "C", "D", "E", "F"].contains(&name.as_str()) && !value.is_empty()
            };
            set.filter(compared).collect()
        };
        Self {
            values: set(read.values),
            raw: set(read.raw),
            skips: read.skips,
        }
    }
}

/// A file that this library rejects is never a wrong value. Each file with different values has a specific reason.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        from: Other::Python,
        what: "a line that is not an assignment is skipped with a warning",
        explains: |case, theirs| theirs.skips && case.is_rejected(&SYNTAX),
    },
    Difference {
        from: Other::Python,
        what: "`${NAME}` of a variable that is unset or empty is replaced with nothing",
        explains: |case, theirs| {
            case.is_rejected(&["is not set in the environment or in a line above"])
                && theirs.raw.values().any(|raw| raw.contains("${"))
        },
    },
    Difference {
        from: Other::Python,
        what: "`${NAME}` in single quotes is replaced",
        explains: |case, theirs| case.is_raw_in_single_quotes(theirs),
    },
    Difference {
        from: Other::Python,
        what: "`${NAME:-default}` keeps an empty variable",
        explains: |case, theirs| {
            let with_default = |raw: &String| raw.contains("${EMPTY:-") || raw.contains("${A:-");
            case.ours.is_ok() && theirs.raw.values().any(with_default)
        },
    },
    Difference {
        from: Other::Python,
        what: "an empty variable of the process overrides the line above",
        explains: |case, _| case.file.contains("EMPTY=inner"),
    },
    Difference {
        from: Other::Python,
        what: "`${…}` that does not contain a name is replaced with nothing",
        explains: |case, theirs| {
            case.file.contains("${${")
                || case.ours.as_ref() == Ok(&theirs.raw) && case.file.contains("${")
        },
    },
    Difference {
        from: Other::Python,
        what: "a default ends at the first `}`, even if it contains another `${`",
        explains: |case, _| case.is_rejected(&["contains a nested `${`"]),
    },
    Difference {
        from: Other::Python,
        what: "a name without `=` has no value",
        explains: |case, _| case.is_rejected(&["expected `NAME=value`"]) && case.has_bare_name(),
    },
    Difference {
        from: Other::Python,
        what: "a name can contain any character except `=`, `#` and white space",
        explains: |case, _| case.is_rejected(&["expected `NAME=value`"]),
    },
    Difference {
        from: Other::Python,
        what: "a NUL character is part of the value",
        explains: |case, _| case.is_rejected(&["contains a NUL character"]),
    },
    Difference {
        from: Other::Python,
        what: "` #` begins a comment within the strings of JSON without quotes",
        explains: |case, theirs| case.cuts_json(theirs),
    },
    Difference {
        from: Other::Node,
        what: "`NAME: value` sets a variable",
        explains: |case, theirs| {
            case.is_rejected(&["expected `NAME=value`"])
                && !theirs.values.is_empty()
                && (case.file.contains(": ") || case.file.contains("A:\n"))
        },
    },
    Difference {
        from: Other::Node,
        what: "a line that from-secrets rejects is skipped, or read in part, without a warning",
        explains: |case, _| case.ours.is_err(),
    },
    Difference {
        from: Other::Node,
        what: "variables are not expanded; the package `dotenv-expand` expands `${NAME}` and `$NAME`",
        explains: |case, _| case.file.contains("${"),
    },
    Difference {
        from: Other::Node,
        what: "backticks are quotes",
        explains: |case, _| case.file.contains('`'),
    },
    Difference {
        from: Other::Node,
        what: "only `\\n` and `\\r` in double quotes are escapes",
        explains: |case, _| case.file.contains('\\'),
    },
    Difference {
        from: Other::Node,
        what: "a `#` begins a comment without white space before it",
        explains: |case, _| case.file.contains('#'),
    },
    Difference {
        from: Other::Node,
        what: "a name in single quotes is not a name",
        explains: |case, theirs| case.file.contains("'A'") && theirs.values.is_empty(),
    },
    Difference {
        from: Other::Node,
        what: "a byte order mark around a value is removed",
        explains: |case, _| case.file.contains("=\u{feff}"),
    },
];

const SYNTAX: [&str; 4] = [
    "expected `NAME=value`",
    "unclosed quote",
    "after the closing quote",
    "not UTF-8",
];

impl Case {
    fn is_rejected(&self, why: &[&str]) -> bool {
        let refusal = self.ours.as_ref().err();
        refusal.is_some_and(|refusal| {
            why.iter().any(|why| refusal.ends_with(why))
                || refusal.contains("NUL") && why == ["NUL"]
        })
    }

    /// Returns whether each different value is the value without replacements.
    fn is_raw_in_single_quotes(&self, theirs: &Theirs) -> bool {
        let is_in_quotes = self.file.contains("='") || self.file.contains("= '");
        let is_explained = |(name, value): (&String, &String)| {
            theirs.values.get(name) == Some(value) || theirs.raw.get(name) == Some(value)
        };
        let ours = self.ours.as_ref();
        is_in_quotes && ours.is_ok_and(|ours| ours.iter().all(is_explained))
    }

    fn has_bare_name(&self) -> bool {
        let is_bare = |line: &str| {
            let line = line.split('#').next().unwrap_or_default();
            !line.trim().is_empty() && !line.contains('=')
        };
        self.file.split(['\n', '\r']).any(is_bare)
    }

    /// Returns whether the other reader has only the start of a JSON text.
    fn cuts_json(&self, theirs: &Theirs) -> bool {
        let Ok(ours) = &self.ours else {
            return false;
        };
        let is_cut = |(name, value): (&String, &String)| {
            let cut = theirs.values.get(name);
            Some(value) == cut
                || value.starts_with(['{', '['])
                    && cut.is_some_and(|cut| {
                        value.starts_with(cut.split("${").next().unwrap_or_default())
                    })
        };
        ours.len() == theirs.values.len() && ours.iter().all(is_cut)
    }
}
