//! The sources on disk: a `.env` file, and a directory of secrets.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::content::{Content, Json};
use crate::scenario::{Origin, Place, Scenario};

/// The layout of a mounted secret.
#[derive(Clone, Debug)]
pub(crate) struct Mounted {
    pub(crate) form: Form,
    pub(crate) content: Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `prod_db`
    Flat,
    /// `prod/db`
    Nested,
    /// A directory `prod/db`, with a file for each key.
    Folder,
}

/// Returns an object as a directory can contain it: files are text, and subdirectories are objects. An empty file
/// counts as missing.
pub(crate) fn foldered(json: Json) -> Json {
    match json {
        Json::Object(entries) => {
            let mut stored: Vec<(String, Json)> = Vec::new();
            for (key, value) in entries {
                let is_there = stored.iter().any(|(known, _)| *known == key);
                let value = foldered(value);
                let is_missing = value == Json::Null || value == Json::Text(String::new());
                if !is_there && !is_missing {
                    stored.push((key, value));
                }
            }
            Json::Object(stored)
        }
        Json::List(_) => Json::Encoded(Box::new(json)),
        Json::Text(_) | Json::Encoded(_) => json,
        scalar => Json::Text(scalar.written()),
    }
}

/// The files of a scenario during its load.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// `None` if the chain does not contain this source.
    pub(crate) fn of(scenario: &Scenario) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let lies_there = |place: &Place| matches!(place, Place::Dotenv | Place::Files);
        if !scenario.chain.iter().any(lies_there) {
            return None;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("model-{}-{count}", std::process::id());
        let disk = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        fs::create_dir_all(&disk.0).expect("a directory for one load");
        if let Some(lines) = &scenario.lines {
            let lines = lines
                .iter()
                .filter_map(|(name, content)| Some(format!("{name}='{}'\n", content.text()?)));
            let placeholders = scenario.placeholders_in(Origin::Dotenv);
            let placeholders = placeholders.map(|(name, value)| format!("{name}='{value}'\n"));
            write(
                &disk.dotenv(),
                lines.chain(placeholders).collect::<String>(),
            );
        }
        if let Some(files) = &scenario.files {
            fs::create_dir(disk.files()).expect("a directory of secrets");
            for (name, mounted) in files {
                mounted.write(&disk.files(), name);
            }
        }
        Some(disk)
    }

    pub(crate) fn dotenv(&self) -> PathBuf {
        self.0.join(".env")
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.0.join("secrets")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Files that cannot be removed are below `target/`, where they do no harm.
        drop(fs::remove_dir_all(&self.0));
    }
}

impl Mounted {
    /// Returns whether the content is an empty file, which counts as missing.
    pub(crate) fn is_empty(&self) -> bool {
        let is_file = self.form != Form::Folder;
        is_file
            && match &self.content {
                Content::Bytes(bytes) => bytes.is_empty(),
                text @ Content::Text { .. } => text.text().is_some_and(|text| text.is_empty()),
            }
    }

    fn write(&self, directory: &Path, name: &str) {
        let path = match self.form {
            Form::Flat => directory.join(name.replace('/', "_")),
            Form::Nested | Form::Folder => directory.join(name),
        };
        match &self.content {
            Content::Bytes(bytes) => write(&path, bytes),
            Content::Text { json, .. } if self.form == Form::Folder => write_folder(&path, json),
            text @ Content::Text { .. } => write(&path, text.text().unwrap_or_default()),
        }
    }
}

fn write_folder(path: &Path, json: &Json) {
    match json {
        Json::Object(entries) => {
            fs::create_dir_all(path).expect("a directory");
            for (key, value) in entries {
                write_folder(&path.join(key), value);
            }
        }
        text => write(path, text.bare()),
    }
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).expect("the parent directories of a file");
    }
    fs::write(path, bytes).expect("a file");
}
