//! Help and usage errors.

use crate::support::{assert_contains, bare, run};

const SUBCOMMANDS: [&str; 12] = [
    "check",
    "policy",
    "env",
    "docs",
    "snippet",
    "push",
    "set",
    "history",
    "rollback",
    "run",
    "diff",
    "completions",
];

#[test]
fn subcommand_help_has_examples() {
    for subcommand in SUBCOMMANDS {
        let output = run(bare().args([subcommand, "--help"]), 0);
        let usage = format!("Usage: app-secrets {subcommand}");
        let example = format!("Examples:\n  app-secrets {subcommand}");
        assert_contains(&output.stdout, &[&usage, &example]);
        run(bare().args([subcommand, "-h"]), 0);
        run(bare().args([subcommand, "--wrong"]), 2);
    }
    let output = run(bare().arg("--help"), 0);
    assert_contains(&output.stdout, &["Manage the secrets of `App`"]);
    assert_contains(&output.stdout, &SUBCOMMANDS);
    assert_contains(&output.stdout, &["Exit codes:", "could not be queried"]);
}

#[test]
fn wrong_usage_exits_with_two() {
    run(bare(), 2);
    run(bare().arg("chekc"), 2);
    run(bare().args(["check", "--timeout", "soon"]), 2);
    run(bare().args(["check", "--placeholder", "stage"]), 2);
    run(bare().args(["diff", "env"]), 2);
}
