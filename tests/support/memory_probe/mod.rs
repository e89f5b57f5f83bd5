//! Counts the copies of values in the memory of another process.
//!
//! A program loads random values from a server of the test, so that they are neither in its binary nor in its
//! arguments. It drops them, and waits while its memory is searched.

mod memory;
mod process;
mod values;

pub use process::MemoryProbe;
pub use values::{Value, random};

use std::collections::HashSet;

use memory::Region;

/// How often a process has a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// The whole value, as it is or as JSON or base64 write it.
    pub whole: usize,
    /// At least half of a value, which remains if freed memory is partly reused.
    pub half: usize,
    /// Less, but [`PIECE`] bytes or more.
    pub pieces: usize,
}

/// The shortest piece of a value that is counted.
pub const PIECE: usize = 16;

impl Copies {
    /// Whole ones, and halves.
    pub fn count(&self) -> usize {
        self.whole + self.half
    }
}

/// Counts the values in the memory of a stopped process. The caller must be its parent, or root.
pub fn copies(pid: u32, values: &[Value]) -> Copies {
    let search = Search::new(values);
    let mut copies = Copies::default();
    for region in memory::writable(pid) {
        search.count(&region, &mut copies);
    }
    copies
}

/// All forms of all values, to be looked for in one pass.
struct Search<'a> {
    forms: Vec<&'a [u8]>,
    pieces: HashSet<&'a [u8]>,
    /// Whether any piece begins with these two bytes: hashes are for few places.
    begins: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(values: &'a [Value]) -> Self {
        let forms: Vec<&[u8]> = values.iter().flat_map(Value::forms).collect();
        let pieces: HashSet<&[u8]> = forms.iter().flat_map(|form| form.windows(PIECE)).collect();
        let mut begins = vec![false; 1 << 16];
        for piece in &pieces {
            begins[pair(piece)] = true;
        }
        Self {
            forms,
            pieces,
            begins,
        }
    }

    fn count(&self, region: &Region, copies: &mut Copies) {
        let bytes = &region.bytes[..];
        let mut at = 0;
        while at + PIECE <= bytes.len() {
            let rest = &bytes[at..];
            let is_piece = self.begins[pair(rest)] && self.pieces.contains(&rest[..PIECE]);
            at += if is_piece { self.take(rest, copies) } else { 1 };
        }
    }

    /// Counts the values, and reports their length.
    fn take(&self, rest: &[u8], copies: &mut Copies) -> usize {
        if let Some(form) = self.forms.iter().find(|form| rest.starts_with(form)) {
            copies.whole += 1;
            return form.len();
        }
        let (mut length, mut is_half) = (PIECE, false);
        for form in &self.forms {
            for place in form
                .windows(PIECE)
                .enumerate()
                .filter(|(_, piece)| *piece == &rest[..PIECE])
                .map(|(i, _)| i)
            {
                let tail = form[place..].iter().zip(rest);
                let same = tail.take_while(|(one, other)| one == other).count();
                length = length.max(same);
                is_half |= same >= form.len() / 2;
            }
        }
        if is_half {
            copies.half += 1;
        } else {
            copies.pieces += 1;
        }
        length
    }
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(memory: &[u8], values: &[Value]) -> (usize, usize, usize) {
        let (region, mut copies) = (memory.to_vec(), Copies::default());
        Search::new(values).count(&Region { bytes: region }, &mut copies);
        (copies.whole, copies.half, copies.pieces)
    }

    #[test]
    fn whole_and_partial_values_counted_separately() {
        let plain = "0123456789abcdefghijklmnopqrst\"0123456789ABCDEFGHIJKLMNOPQRST";
        let escaped = plain.replace('"', "\\\"");
        let values = [Value::text(plain)];
        let all = format!("x{plain}{escaped}\0{}", serde_json::json!(escaped));
        assert_eq!(counted(all.as_bytes(), &values), (3, 0, 0));
        assert_eq!(counted(&plain.as_bytes()[1..], &values), (0, 1, 0));
        assert_eq!(counted(&plain.as_bytes()[..PIECE], &values), (0, 0, 1));
        assert_eq!(counted(&plain.as_bytes()[..PIECE - 1], &values), (0, 0, 0));
        let bytes = Value::bytes(b"\0\x010123456789abcdef\xFF");
        assert_eq!(
            counted(b"AAEwMTIzNDU2Nzg5YWJjZGVm/w==", &[bytes]),
            (1, 0, 0)
        );
    }
}
