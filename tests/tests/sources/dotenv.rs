//! A `.env` file under the suite. A machine's own file always answers, and denies root nothing; bytes travel as base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use from_secrets::{Dotenv, Source};

use crate::conformance::{Name, Subject, conformance};
use crate::files::Directory;

struct File {
    directory: Directory,
    text: String,
}

impl File {
    fn new() -> Self {
        Self {
            directory: Directory::new(),
            text: String::new(),
        }
    }
}

impl Subject for File {
    const NAME: &'static str = "dotenv";

    fn source(&self) -> Source {
        Dotenv::at(self.directory.path(".env")).into()
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
        let value = match std::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => BASE64_STANDARD.encode(value),
        };
        let value = value
            .replace('\\', r"\\")
            .replace('"', "\\\"")
            .replace('$', r"\$");
        let line = format!("{}=\"{value}\"\n", name.variable);
        self.text.push_str(&line);
        self.directory.write(".env", self.text.as_bytes());
    }

    fn vanish(&mut self) {
        self.directory.remove();
    }
}

conformance!(conforms: File::new();
    found, missing, malformed, unreachable, binary, largest, odd_names, many);
