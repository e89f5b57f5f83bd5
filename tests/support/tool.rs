//! Tools of others that read what a declaration writes, or what a source reads.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::node::Node;
use crate::python;

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

/// Runs a script with Node.js and the npm packages of `node.rs` over a text.
pub fn check_with_node(script: &Path, text: &str) -> Verdict {
    read(&mut Node::installed().script(script), text)
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
