//! The sentences in a file: comments, documentation and strings of Rust, and the whole text of other files.

use std::path::Path;

/// A word, in lower case, with its line. Punctuation that ends a phrase is an empty word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// Returns the words of a file's sentences.
pub(crate) fn words(path: &Path, text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let blocks = if is_rust {
        rust(text)
    } else {
        vec![(1, text.to_owned())]
    };
    for (line, block) in blocks {
        push(&mut words, line, &without_code_spans(&block));
    }
    words
}

fn push(words: &mut Vec<Word>, first_line: usize, text: &str) {
    let mut line = first_line;
    let mut word = String::new();
    for c in text.chars().chain([' ', '\0']) {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '\'' | '’') {
            word.extend(c.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            let text = std::mem::take(&mut word);
            words.push(Word { text, line });
        }
        if c == '\n' {
            line += 1;
        } else if !c.is_whitespace() && !matches!(c, '/' | '#' | '*' | '"') {
            let text = String::new();
            words.push(Word { text, line });
        }
    }
}

/// Replaces code spans, whose names have a check of their own, and keeps line ends.
fn without_code_spans(text: &str) -> String {
    let mut prose = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, code) = rest.split_at(start);
        let fence = code.len() - code.trim_start_matches('`').len();
        prose.push_str(before);
        let end = (fence < 3)
            .then(|| code[fence..].find(&code[..fence]))
            .flatten();
        let length = end.map_or(fence, |end| fence + end + fence);
        let lines = code[..length].matches('\n');
        prose.push('\u{fffd}');
        prose.extend(lines);
        rest = &code[length..];
    }
    prose + rest
}

/// Returns the comments and strings of Rust code, with their first lines. Comments of adjacent lines are one block.
fn rust(text: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut last_comment = 0;
    let mut line = 1;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        if rest.starts_with("//") {
            length = rest.find('\n').unwrap_or(rest.len());
            let comment = &rest[..length];
            match blocks.last_mut() {
                Some((_, block)) if last_comment + 1 == line => {
                    block.push('\n');
                    block.push_str(comment);
                }
                _ => blocks.push((line, comment.to_owned())),
            }
            last_comment = line;
        } else if c == '"' {
            length = string_length(rest);
            blocks.push((
                line,
                rest[..length].replace("\\\"", " ").replace("\\n", " "),
            ));
        } else if let Some(raw) = raw_string_length(rest) {
            length = raw;
            blocks.push((line, rest[..length].to_owned()));
        } else if c == '\'' {
            length = char_length(rest);
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            length = end.unwrap_or(rest.len());
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    blocks
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string_length(text: &str) -> Option<usize> {
    let after = ["br", "cr", "r"]
        .into_iter()
        .find_map(|start| text.strip_prefix(start))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let content = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = content.find(&end)? + end.len();
    Some(text.len() - content.len() + length)
}

/// A character's literal, or the quote of a lifetime.
fn char_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[2..].find('\'').map_or(1, |end| {
            2 + end + 1 + usize::from(text[2..].starts_with('\''))
        }),
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

#[test]
fn rust_words_come_from_prose() {
    let code = "fn ask() { // one,\n// two `three`\n let x = 'a'; f(\"four\\\" five\", r#\"six\"#, '\"', b'\\''); }";
    let words = words(Path::new("a.rs"), code);
    let words: Vec<_> = words
        .iter()
        .filter(|word| !word.text.is_empty())
        .map(|word| (word.line, word.text.as_str()))
        .collect();
    assert_eq!(
        words,
        [
            (1, "one"),
            (2, "two"),
            (3, "four"),
            (3, "five"),
            (3, "r"),
            (3, "six")
        ]
    );
}
