//! What is logged of files that are too open.
#![cfg(all(feature = "derive", feature = "dotenv", feature = "files", unix))]

mod log;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use from_secrets::source::{Dotenv, Env, EnvFiles, Files, Source};
use from_secrets::{FromSecrets, Loader};
use log::Log;
use tracing::Level;

const CANARY: &str = "canary-5f3a";

#[derive(FromSecrets)]
#[secrets(debug)]
#[allow(dead_code, reason = "only what is logged of it is looked at")]
struct Token {
    token: String,
}

/// Nothing was logged but one warning of this path, mode and text, or nothing at all.
fn check(log: &Log, expected: Option<(&Path, &str, &str)>) {
    let lines = log.lines_without_fields();
    let Some((path, mode, what)) = expected else {
        assert_eq!(lines, []);
        return;
    };
    let [(level, text)] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(*level, Level::WARN);
    for part in [path.to_str().unwrap(), mode, what] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

/// A directory that everybody can enter, and that is removed when it is dropped.
struct Open(PathBuf);

impl Open {
    fn new() -> Self {
        // Not `TMPDIR`, which may be in a folder that only its owner enters.
        let path = Path::new("/tmp").join(format!("from-secrets-modes-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        let open = Self(path);
        open.folder("");
        open
    }

    fn folder(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(&path).unwrap();
        set_mode(&path, 0o755);
        path
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    set_mode(path, mode);
}

async fn load(source: impl Into<Source>, variables: &[(&str, &str)]) {
    let environment = Env::from_vars(variables.iter().copied());
    let loader = Loader::new().source(source).env(environment);
    loader.load::<Token>().await.unwrap();
}

#[tokio::test]
async fn too_open_file_warns_once() {
    const WRITTEN: &str = "is writable by";
    const READ: &str = "is readable by every user";
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let open = Open::new();

    for (mode, shown, expected) in [
        (0o600, "0600", None),
        (0o640, "0640", None),
        (0o644, "0644", Some(READ)),
        (0o660, "0660", Some(WRITTEN)),
        (0o606, "0606", Some(WRITTEN)),
    ] {
        let folder = open.folder(shown);
        let path = folder.join("TOKEN");
        write(&path, CANARY, mode);
        load(Files::new().directory(&folder), &[]).await;
        check(&log, expected.map(|what| (&*path, shown, what)));
        load(Files::new().directory(&folder), &[]).await;
        check(&log, None);
    }

    // Other users cannot access files in this directory.
    let folder = open.folder("closed/inner");
    set_mode(&open.0.join("closed"), 0o750);
    write(&folder.join("TOKEN"), CANARY, 0o644);
    load(Files::new().directory(&folder), &[]).await;
    check(&log, None);

    // Kubernetes mounts it like this, into a container without other users.
    let folder = open.folder("volume");
    let state = open.folder("volume/..2026_01_01");
    write(&state.join("TOKEN"), CANARY, 0o644);
    symlink("..2026_01_01", folder.join("..data")).unwrap();
    symlink("..data/TOKEN", folder.join("TOKEN")).unwrap();
    load(Files::new().directory(&folder), &[]).await;
    let by_variable = folder.join("TOKEN");
    let variable = [("TOKEN_FILE", by_variable.to_str().unwrap())];
    load(EnvFiles::new(), &variable).await;
    check(&log, None);

    let path = open.0.join("named");
    write(&path, CANARY, 0o644);
    let variable = [("TOKEN_FILE", path.to_str().unwrap())];
    load(EnvFiles::new(), &variable).await;
    check(&log, Some((&path, "0644", READ)));

    let path = open.0.join(".env");
    write(&path, "TOKEN=canary", 0o644);
    load(Dotenv::new().path(&path), &[("TOKEN", "set")]).await;
    check(&log, None);
    load(Dotenv::new().path(&path), &[]).await;
    check(&log, Some((&path, "0644", READ)));
}
