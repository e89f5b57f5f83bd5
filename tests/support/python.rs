//! Virtual environments for the emulators, with every package pinned.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the scripts and the lists of packages.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python")
}

/// The interpreter of an environment that has the packages listed in `python/NAME.txt`, created where needed.
pub(crate) fn environment(name: &str) -> PathBuf {
    let list = sources().join(name).with_extension("txt");
    let wanted = fs::read_to_string(&list).expect("a list of packages");
    let home = crate::target::directory().join("python");
    fs::create_dir_all(&home).expect("the target directory can be written");
    // Several test processes start at once: one creates the environment, the others wait for it.
    let lock = File::create(home.join(name).with_extension("lock")).expect("a lock file");
    lock.lock().expect("a lock on the environment");

    let directory = home.join(name);
    let interpreter = directory.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    // Written last, so an environment whose creation was interrupted has none.
    let stamp = directory.join("created-from.txt");
    if fs::read_to_string(&stamp).is_ok_and(|created_from| created_from == wanted)
        && interpreter.exists()
    {
        return interpreter;
    }
    create(&directory, &interpreter, &list);
    fs::write(stamp, wanted).expect("a stamp");
    interpreter
}

fn create(directory: &Path, interpreter: &Path, list: &Path) {
    let _ = fs::remove_dir_all(directory);
    let python = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(python).args(["-m", "venv"]).arg(directory));
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--requirement",
    ];
    run(Command::new(interpreter).args(pip).arg(list));
}

/// Runs a command that has to succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_callers_create_one_environment() {
        let at_once: Vec<_> = (0..4)
            .map(|_| std::thread::spawn(|| environment("ministack")))
            .collect();
        let mut interpreters: Vec<_> = at_once
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        interpreters.dedup();
        assert_eq!(interpreters.len(), 1);
        let created = || fs::metadata(&interpreters[0]).unwrap().created().ok();
        let before = created();
        environment("ministack");
        assert_eq!(created(), before);
    }
}
