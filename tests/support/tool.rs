//! Tools of others that read what a declaration writes, or what a source reads.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::emulator::Emulator;
use crate::node::Node;
use crate::{python, target};

/// The exit status and the output of a tool.
#[derive(Debug)]
pub struct Verdict {
    /// Whether it ended well.
    pub success: bool,
    /// Both of its streams.
    pub output: String,
}

/// Lets a Python program of `python/checks.txt` read a text.
pub fn check(arguments: &[&str], text: &str) -> Verdict {
    let mut command = Command::new(python::environment("checks"));
    // What its authors should look after is not about the text.
    command.args(arguments).env("PYTHONWARNINGS", "ignore");
    read(&mut command, text)
}

/// Runs a script of `python/` with the packages of one of its lists.
pub fn run_python(packages: &str, script: &str, input: &str) -> Verdict {
    let mut command = Command::new(python::environment(packages));
    let script = python::sources().join(script);
    command.arg(script).env("PYTHONWARNINGS", "ignore");
    read(&mut command, input)
}

/// Follows a page of the documentation, optionally between two texts, with this emulator in place of AWS.
pub fn walk_through(emulator: &Emulator, page: &str, limits: &[&str]) -> Verdict {
    let mut command = Command::new(python::environment("clients"));
    command
        .arg(python::sources().join("walkthrough.py"))
        .arg(emulator.endpoint())
        .arg(target::directory().join("walkthrough"))
        .arg(page)
        .args(limits)
        .env("CARGO", env!("CARGO"));
    read(&mut command, "")
}

/// Runs a script with Node.js and the npm packages of `node.rs` over a text.
pub fn check_with_node(script: &Path, text: &str) -> Verdict {
    read(&mut Node::installed().script(script), text)
}

/// The variables that Node.js sets from a file with `--env-file`.
pub fn node_variables(file: &Path) -> BTreeMap<String, String> {
    let verdict = read(&mut Node::installed().with_env_file(file), "");
    assert!(verdict.success, "{}", verdict.output);
    serde_json::from_str(&verdict.output).expect("an object of strings")
}

fn read(command: &mut Command, text: &str) -> Verdict {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool starts");
    let mut stdin = child.stdin.take().expect("a piped standard input");
    // One that has seen enough may have gone.
    let _ = stdin.write_all(text.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the tool ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Verdict {
        success: output.status.success(),
        output: text(&output.stdout) + &text(&output.stderr),
    }
}
