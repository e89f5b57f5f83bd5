//! `env`

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::console::note;
use super::deploy_args::{print_document, print_notes};
use super::exit::{CliError, ExitStatus};
use super::loading::Placeholders;
use crate::load::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["env --output .env", "env > .env.example"];

/// Generate a `.env` template
///
/// The template contains descriptions as comments, empty values, and default values in comments, and a line for each
/// placeholder in the names of secrets. All readers of `.env` files read it alike: shells, `docker run --env-file`,
/// Docker Compose, python-dotenv and Node.js.
#[derive(Args, Debug)]
pub(super) struct EnvCommand {
    #[command(flatten)]
    placeholders: Placeholders,
    /// Create this file, which only its owner can read, instead of printing the template
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,
}

impl EnvCommand {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let document = self.placeholders.declaration::<T>(loader).env_example();
        let Some(path) = &self.output else {
            return print_document(document);
        };
        let document = document?;
        create(path, document.text()).map_err(|error| CliError::Usage(reason(path, &error)))?;
        print_notes(&document);
        note(&format!(
            "`{}` will contain secrets; add it to `.gitignore` and `.dockerignore`",
            path.display()
        ));
        Ok(ExitStatus::Success)
    }
}

/// Creates a file for secrets. An existing file can contain values, so it is not overwritten.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(text.as_bytes());
    drop(file);
    if written.is_err() {
        // Otherwise, the next call would fail because the file exists.
        let _ = fs::remove_file(path);
    }
    written
}

fn reason(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{path}` already exists; remove it, or specify another file")
        }
        _ => format!("cannot write `{path}`: {error}"),
    }
}
