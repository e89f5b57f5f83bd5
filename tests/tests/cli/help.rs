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
fn every_subcommand_has_help_with_examples_under_the_program_s_own_name() {
    for subcommand in SUBCOMMANDS {
        let said = ended(bare().args([subcommand, "--help"]), 0);
        let usage = format!("Usage: app-secrets {subcommand}");
        let example = format!("Examples:\n  app-secrets {subcommand}");
        holds(&said.stdout, &[&usage, &example]);
        ended(bare().args([subcommand, "-h"]), 0);
        ended(bare().args([subcommand, "--wrong"]), 2);
    }
    let said = ended(bare().arg("--help"), 0);
    holds(&said.stdout, &["Looks after the secrets of `App`"]);
    holds(&said.stdout, &SUBCOMMANDS);
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    ended(bare(), 2);
    ended(bare().arg("cheque"), 2);
    ended(bare().args(["check", "--timeout", "soon"]), 2);
    ended(bare().args(["check", "--parameter", "stage"]), 2);
    ended(bare().args(["diff", "env"]), 2);
}
