//! The committed list of phrases, and where words contain them.

use crate::prose::Word;

const LIST: &str = include_str!("banned.txt");

/// A phrase and what to write in its place.
pub(crate) struct Phrase {
    words: Vec<&'static str>,
    pub(crate) advice: &'static str,
}

/// A path's start, a phrase, and why the phrase is right there.
#[derive(Debug, PartialEq)]
pub(crate) struct Exception {
    path: &'static str,
    phrase: &'static str,
    reason: &'static str,
}

pub(crate) struct Banned {
    phrases: Vec<Phrase>,
    allowed: Vec<Phrase>,
    names: Vec<Phrase>,
    exceptions: Vec<Exception>,
}

impl Banned {
    pub(crate) fn read() -> Self {
        let exceptions = section("exceptions").map(|line| {
            let (path, phrase) = line.0.split_once(": ").expect("an exception has a phrase");
            Exception {
                path,
                phrase,
                reason: line.1,
            }
        });
        Self {
            phrases: phrases("phrases"),
            allowed: phrases("allowed"),
            names: phrases("names"),
            exceptions: exceptions.collect(),
        }
    }

    /// Returns each banned phrase with its line.
    pub(crate) fn find(&self, mut words: Vec<Word>) -> Vec<(usize, &Phrase)> {
        for at in 0..words.len() {
            for allowed in &self.allowed {
                if allowed.is_at_start_of(&words[at..]) {
                    for word in &mut words[at..at + allowed.words.len()] {
                        word.text.clear();
                    }
                }
            }
        }
        let mut found = Vec::new();
        for at in 0..words.len() {
            let Some(first) = words[at].text.chars().next() else {
                continue;
            };
            let here = self.phrases.iter().filter(|phrase| {
                phrase.words[0].starts_with(first) && phrase.is_at_start_of(&words[at..])
            });
            found.extend(here.map(|phrase| (words[at].line, phrase)));
        }
        found
    }

    /// Returns the exception that allows a phrase in a file.
    pub(crate) fn exception(&self, path: &str, phrase: &Phrase) -> Option<&Exception> {
        self.exceptions().find(|exception| {
            path.starts_with(exception.path)
                && (exception.phrase == "*" || exception.phrase == phrase.text())
        })
    }

    pub(crate) fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter()
    }

    /// Whether a word of a name is banned: alone, or in names only.
    pub(crate) fn is_banned_in_names(&self, path: &str, word: &str) -> bool {
        let word = [Word {
            text: word.to_owned(),
            line: 0,
        }];
        let mut phrases = self.phrases.iter().chain(&self.names);
        phrases.any(|phrase| phrase.is_at_start_of(&word) && self.exception(path, phrase).is_none())
    }
}

impl Phrase {
    pub(crate) fn text(&self) -> String {
        self.words.join(" ")
    }

    fn is_at_start_of(&self, words: &[Word]) -> bool {
        let matches = |(pattern, word): (&&str, &Word)| match pattern.strip_suffix('*') {
            Some(start) => word.text.starts_with(start),
            None => *pattern == word.text,
        };
        words.len() >= self.words.len() && self.words.iter().zip(words).all(matches)
    }
}

/// The lines of a section of the list, each split at ` = `.
fn section(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let header = format!("[{name}]");
    LIST.lines()
        .skip_while(move |line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(" = ").expect("a line has a reason"))
}

fn phrases(name: &str) -> Vec<Phrase> {
    let phrase = |(text, advice): (&'static str, &'static str)| Phrase {
        words: text.split(' ').collect(),
        advice,
    };
    section(name).map(phrase).collect()
}

#[test]
fn phrases_match_across_lines_and_endings() {
    let banned = Banned::read();
    let found = |text: &str| -> Vec<(usize, String)> {
        let words = crate::prose::words("a.md".as_ref(), text);
        let found = banned.find(words).into_iter();
        found.map(|(line, phrase)| (line, phrase.text())).collect()
    };
    assert_eq!(
        found("It is\nno file. Mended, handed\nout"),
        [
            (1, "is no".to_owned()),
            (2, "mend*".to_owned()),
            (2, "hand* out".to_owned())
        ]
    );
    assert_eq!(
        found("It is no longer so, and there is no file. Is. No."),
        []
    );
}
