//! The bytes that a terminal sends while a hidden value is entered.

use zeroize::Zeroizing;

use crate::cli::write::change::MAX_SIZE;

/// The start and the end of pasted text, if bracketed paste is enabled.
const PASTE_START: &[u8] = b"200~";
const PASTE_END: &[u8] = b"\x1b[201~";

const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
const END_OF_INPUT: u8 = 0x04;
const ERASE_LINE: u8 = 0x15;
const ESCAPE: u8 = 0x1b;

/// The state of the input after a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Incomplete,
    /// The Enter key, or a line break in text that is pasted without brackets and can continue.
    Enter,
    /// Ctrl-D without a value.
    EndOfInput,
}

/// The entered bytes.
pub(super) struct HiddenText {
    /// One byte more than a secret can have. It never grows, because growing leaves copies in memory.
    text: Zeroizing<Vec<u8>>,
    position: Position,
    /// Whether a carriage return was the last byte, which a line feed can follow.
    ends_in_return: bool,
    /// Whether the last byte was the Enter key. It is a line break if more text follows.
    is_entered: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Position {
    Typed,
    Escape,
    /// Within the control sequence of a key, with its bytes.
    Sequence(Vec<u8>),
    /// Within pasted text, with the number of bytes of its end that were read.
    Pasted(usize),
}

impl HiddenText {
    pub(super) fn new() -> Self {
        Self {
            text: Zeroizing::new(Vec::with_capacity(MAX_SIZE + 1)),
            position: Position::Typed,
            ends_in_return: false,
            is_entered: false,
        }
    }

    pub(super) fn into_text(self) -> Zeroizing<Vec<u8>> {
        self.text
    }

    pub(super) fn push(&mut self, byte: u8) -> Progress {
        let after_return = std::mem::replace(&mut self.ends_in_return, byte == b'\r');
        if self.is_entered {
            if after_return && byte == b'\n' {
                return Progress::Enter;
            }
            self.is_entered = false;
            self.append(b'\n');
        }
        match &mut self.position {
            Position::Typed => return self.typed(byte),
            Position::Escape => {
                if byte == b'[' || byte == b'O' {
                    self.position = Position::Sequence(Vec::new());
                } else {
                    self.position = Position::Typed;
                    return self.typed(byte);
                }
            }
            Position::Sequence(bytes) => {
                bytes.push(byte);
                if (0x40..=0x7e).contains(&byte) {
                    let is_paste = bytes == PASTE_START;
                    self.position = if is_paste {
                        Position::Pasted(0)
                    } else {
                        Position::Typed
                    };
                }
            }
            Position::Pasted(matched) => {
                let matched = *matched;
                self.pasted(byte, matched, after_return);
            }
        }
        Progress::Incomplete
    }

    fn typed(&mut self, byte: u8) -> Progress {
        match byte {
            b'\r' | b'\n' => {
                self.is_entered = true;
                return Progress::Enter;
            }
            END_OF_INPUT if self.text.is_empty() => return Progress::EndOfInput,
            BACKSPACE | DELETE => self.erase(),
            ERASE_LINE => self.text.clear(),
            ESCAPE => self.position = Position::Escape,
            b'\t' => self.append(byte),
            _ if byte.is_ascii_control() => {}
            _ => self.append(byte),
        }
        Progress::Incomplete
    }

    /// Adds a pasted byte. Terminals send a line break as a carriage return.
    fn pasted(&mut self, byte: u8, matched: usize, after_return: bool) {
        if byte == PASTE_END[matched] {
            let is_complete = matched + 1 == PASTE_END.len();
            self.position = if is_complete {
                Position::Typed
            } else {
                Position::Pasted(matched + 1)
            };
            return;
        }
        for byte in &PASTE_END[..matched] {
            self.append(*byte);
        }
        self.position = Position::Pasted(0);
        match byte {
            ESCAPE => self.position = Position::Pasted(1),
            b'\n' if after_return => {}
            b'\r' => self.append(b'\n'),
            _ => self.append(byte),
        }
    }

    /// Removes the last character.
    fn erase(&mut self) {
        while let Some(byte) = self.text.pop() {
            let is_continuation = byte & 0xc0 == 0x80;
            if !is_continuation {
                break;
            }
        }
    }

    /// Ignores text beyond the size limit, which is an error in any case.
    fn append(&mut self, byte: u8) {
        if self.text.len() <= MAX_SIZE {
            self.text.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(bytes: &[u8]) -> (Vec<u8>, Vec<Progress>) {
        let mut text = HiddenText::new();
        let progress = bytes.iter().map(|byte| text.push(*byte));
        let progress = progress.filter(|progress| *progress != Progress::Incomplete);
        let progress = progress.collect();
        (text.into_text().to_vec(), progress)
    }

    #[test]
    fn pasted_bytes_are_kept() {
        let pasted = b"\x1b[200~a\tb\r\nc\rd\n\x1b\x04\x15\x7f\x1b[20x\x1b[201~";
        let (text, progress) = entered(pasted);
        assert_eq!(text, b"a\tb\nc\nd\n\x1b\x04\x15\x7f\x1b[20x");
        assert_eq!(progress, []);
    }

    #[test]
    fn typed_keys_edit_the_text() {
        let (text, _) = entered("ab\u{e9}\x7fc\x1b[D\x1bOA\x01\t".as_bytes());
        assert_eq!(text, b"abc\t");
        let (text, _) = entered(b"abc\x15d\x04");
        assert_eq!(text, b"d");
        assert_eq!(entered(b"\x04").1, [Progress::EndOfInput]);
    }

    #[test]
    fn line_feed_after_return_is_ignored() {
        let enter = [Progress::Enter; 2];
        assert_eq!(entered(b"a\r\n"), (b"a".to_vec(), enter.to_vec()));
        assert_eq!(entered(b"a\r\nb\r\nc").0, b"a\nb\nc");
        assert_eq!(entered(b"a\n\nb\r").0, b"a\n\nb");
    }

    #[test]
    fn text_beyond_the_limit_is_ignored() {
        let (text, _) = entered(&vec![b'x'; MAX_SIZE + 10]);
        assert_eq!(text.len(), MAX_SIZE + 1);
    }
}
