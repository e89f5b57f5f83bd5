//! A directory with a file for each JSON key, as a JSON object.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::snapshot::{DirectorySnapshot, Folder};
use crate::json::path;
use crate::source::file_io::{LARGEST, Unread, append, unread};
use crate::source::{SourceError, SourceErrorKind};

/// The most entries of a directory, including those of its subdirectories.
const MOST_ENTRIES: usize = 1000;
/// The most levels of subdirectories.
const DEEPEST: usize = 8;

/// Returns the object of a directory's files: text as strings, and content that is not UTF-8 as base64.
///
/// A file that a field requires is an error if it cannot be read. Other files are included for fields that contain the
/// whole secret, and for suggestions of similar keys; they are `null` if they cannot be read.
pub(super) fn json(
    snapshot: &mut DirectorySnapshot,
    shown: &Path,
    folder: &Folder,
    json_keys: &[String],
) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let mut object = Writer {
        snapshot,
        keys: json_keys.iter().map(|key| path(key)).collect(),
        entries: 0,
        read: 0,
        json: Wiped::default(),
    };
    object.write_folder(shown, folder, &mut Vec::new())?;
    Ok(object.json.0)
}

/// The part of an entry that fields require.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// Only entries below it.
    Below,
    No,
}

struct Writer<'a> {
    snapshot: &'a mut DirectorySnapshot,
    keys: Vec<Vec<String>>,
    entries: usize,
    read: usize,
    json: Wiped,
}

impl Writer<'_> {
    fn write_folder(
        &mut self,
        shown: &Path,
        folder: &Folder,
        path: &mut Vec<String>,
    ) -> Result<(), Unread> {
        let names = self.list(shown, folder)?;
        let mut before = "{";
        for name in names {
            let length = self.json.0.len();
            self.json.push(before.as_bytes());
            self.json.push_text(&name);
            self.json.push(b":");
            path.push(name);
            let is_present = self.write_entry(shown, folder, path)?;
            path.pop();
            if is_present {
                before = ",";
            } else {
                self.json.0.truncate(length);
            }
        }
        self.json.push(if before == "{" { b"{}" } else { b"}" });
        Ok(())
    }

    fn list(&mut self, shown: &Path, folder: &Folder) -> Result<Vec<String>, Unread> {
        let most = MOST_ENTRIES - self.entries + 1;
        let names = self.snapshot.list(folder, most);
        let names = names.map_err(|error| unread(shown, &error))?;
        self.entries += names.len();
        if self.entries > MOST_ENTRIES {
            return Err(too_large(shown, "more than 1,000 files"));
        }
        Ok(names)
    }

    /// Returns whether there is a value: an empty file counts as missing.
    fn write_entry(
        &mut self,
        shown: &Path,
        folder: &Folder,
        path: &mut Vec<String>,
    ) -> Result<bool, Unread> {
        let Some(name) = path.last() else {
            return Ok(false);
        };
        let (shown, at) = (shown.join(name), folder.child(name));
        let wanted = self.wanted(path);
        match self.snapshot.read(&shown, &at) {
            Ok(bytes) if bytes.is_empty() => return Ok(false),
            Ok(bytes) => self.write_value(&shown, &bytes)?,
            Err(Unread::Folder) if wanted != Wanted::No => {
                if path.len() > DEEPEST {
                    return Err(too_large(&shown, "more than 8 levels of directories"));
                }
                let inner = self.snapshot.enter(&shown, &at)?;
                self.write_folder(&shown, &inner, path)?;
            }
            Err(Unread::Failed(error)) if wanted == Wanted::Whole => {
                return Err(Unread::Failed(error));
            }
            Err(_) => self.json.push(b"null"),
        }
        Ok(true)
    }

    fn write_value(&mut self, shown: &Path, bytes: &[u8]) -> Result<(), Unread> {
        self.read += bytes.len();
        if self.read > LARGEST {
            let folder = shown.parent().unwrap_or(shown);
            return Err(too_large(folder, "more than 1 MiB"));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.json.push_text(text),
            Err(_) => self
                .json
                .push_text(&Zeroizing::new(BASE64_STANDARD.encode(bytes))),
        }
        Ok(())
    }

    fn wanted(&self, path: &[String]) -> Wanted {
        if self.keys.iter().any(|key| path.starts_with(key)) {
            Wanted::Whole
        } else if self.keys.iter().any(|key| key.starts_with(path)) {
            Wanted::Below
        } else {
            Wanted::No
        }
    }
}

fn too_large(shown: &Path, what: &str) -> Unread {
    let message = format!("too large for a secret: `{}` ({what})", shown.display());
    let error = SourceError::new(SourceErrorKind::Malformed, message)
        .with_hint("check the path; the directory of a secret contains a file for each key");
    Unread::Failed(error)
}

/// A JSON text that is being written.
#[derive(Default)]
struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    fn push(&mut self, bytes: &[u8]) {
        append(&mut self.0, bytes);
    }

    /// Appends a JSON string.
    fn push_text(&mut self, text: &str) {
        // Writes to memory do not fail, and every string is valid in JSON.
        let _ = serde_json::to_writer(self, text);
    }
}

impl std::io::Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushed_text_round_trips_through_json() {
        let mut json = Wiped::default();
        let text = "\"\\\n\u{1}ü\u{2028}</script>";
        json.push_text(text);
        let read: String = serde_json::from_slice(&json.0).unwrap();
        assert_eq!(read, text);
    }
}
