//! Unique values, in every encoding in which a program encounters them.

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};

/// A value that is looked for.
#[derive(Clone)]
pub struct Value {
    forms: Vec<Vec<u8>>,
}

impl Value {
    /// Text: plain, in JSON, and in JSON within JSON.
    pub fn text(text: &str) -> Self {
        let once = escaped(text);
        let mut forms = vec![escaped(&once), once, text.to_owned()];
        forms.dedup();
        Self {
            forms: forms.into_iter().map(String::into_bytes).collect(),
        }
    }

    /// Bytes: as they are, and in base64.
    pub fn bytes(bytes: &[u8]) -> Self {
        let base64 = BASE64_STANDARD_NO_PAD.encode(bytes).into_bytes();
        Self {
            forms: vec![bytes.to_vec(), base64],
        }
    }

    /// The longest first, because the shorter ones may be a part of it.
    pub(super) fn forms(&self) -> impl Iterator<Item = &[u8]> {
        self.forms.iter().map(Vec::as_slice)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Value").finish_non_exhaustive()
    }
}

fn escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("text is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

/// Letters and digits that look like chance, always the same for a seed.
pub fn random(seed: u64, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = seed;
    let letter = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let place = usize::try_from((mixed ^ (mixed >> 31)) % 62).expect("less than 62");
        char::from(ALPHABET[place])
    };
    std::iter::repeat_with(letter).take(length).collect()
}
