//! Help, and wrong usage.

use crate::support::{bare, ended, holds};

const SUBCOMMANDS: [&str; 8] = [
    "check",
    "policy",
    "env",
    "docs",
    "snippet",
    "push",
    "diff",
    "completions",
];

#[test]
fn subcommand_help_has_examples() {
    for subcommand in SUBCOMMANDS {
        let output = ended(bare().args([subcommand, "--help"]), 0);
        let usage = format!("Usage: app-secrets {subcommand}");
        let example = format!("Examples:\n  app-secrets {subcommand}");
        holds(&output.stdout, &[&usage, &example]);
        ended(bare().args([subcommand, "-h"]), 0);
        ended(bare().args([subcommand, "--wrong"]), 2);
    }
    let output = ended(bare().arg("--help"), 0);
    holds(&output.stdout, &["Looks after the secrets of `App`"]);
    holds(&output.stdout, &SUBCOMMANDS);
}

#[test]
fn wrong_usage_exits_with_two() {
    ended(bare(), 2);
    ended(bare().arg("cheque"), 2);
    ended(bare().args(["check", "--timeout", "soon"]), 2);
    ended(bare().args(["check", "--placeholder", "stage"]), 2);
    ended(bare().args(["diff", "env"]), 2);
}
