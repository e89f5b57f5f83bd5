//! A value from a prompt, a file or standard input.

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::Path;

use zeroize::Zeroizing;

use super::change::MAX_SIZE;
use crate::cli::exit::CliError;

/// Reads a file, which may be a pipe.
pub(in crate::cli) fn read_file_value(path: &Path) -> Result<Zeroizing<Vec<u8>>, CliError> {
    let read = File::open(path).and_then(read);
    read.map_err(|error| CliError::Failed(format!("cannot read `{}`: {error}", path.display())))
}

/// Reads standard input to its end.
pub(in crate::cli) fn read_stdin_value() -> Result<Zeroizing<Vec<u8>>, CliError> {
    read(stdin().lock())
        .map_err(|error| CliError::Failed(format!("cannot read standard input: {error}")))
}

/// Reads at most one byte more than a secret can have, into a buffer that does not grow.
fn read(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX_SIZE + 1]);
    let mut source = source;
    let mut length = 0;
    while length < bytes.len() {
        match source.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Removes the line break at the end of a single line. A text with several lines, such as a private key, is kept.
pub(in crate::cli) fn without_line_break(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    let first = bytes.iter().position(|byte| *byte == b'\n');
    if first.is_some_and(|first| first + 1 == bytes.len()) {
        let end = if bytes.ends_with(b"\r\n") { 2 } else { 1 };
        let length = bytes.len() - end;
        bytes.truncate(length);
    }
    bytes
}

/// Returns the text of a value.
pub(in crate::cli) fn text(bytes: &[u8]) -> Result<Zeroizing<String>, String> {
    // A larger value was cut after the limit, possibly within a character.
    if bytes.len() > MAX_SIZE {
        return Err(format!(
            "the value is larger than the limit of {MAX_SIZE} bytes"
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok("") => Err("the value is empty, which counts as missing".to_owned()),
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err("the value is not UTF-8, which only a `binary` field accepts".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_single_lines_lose_line_break() {
        let kept = |text: &str| {
            let bytes = without_line_break(Zeroizing::new(text.as_bytes().to_vec()));
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        assert_eq!(kept("a\n"), "a");
        assert_eq!(kept("a\r\n"), "a");
        assert_eq!(kept("\n"), "");
        for text in ["a", "a\nb\n", "a\n\n", "\na", "a\r"] {
            assert_eq!(kept(text), text);
        }
    }
}
