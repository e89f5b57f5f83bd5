//! `completions`

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::console::print;
use super::exit::{CliError, ExitStatus};

pub(super) const EXAMPLES: &[&str] = &[
    "completions bash > ~/.local/share/bash-completion/completions/{program}",
    "completions fish > ~/.config/fish/completions/{program}.fish",
];

/// Generate shell completions
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, mut command: Command, program: &str) -> Result<ExitStatus, CliError> {
        // `generate` panics if it cannot write, which does not happen in memory.
        let mut script = Vec::new();
        generate(self.shell, &mut command, program, &mut script);
        print(&String::from_utf8_lossy(&script))?;
        Ok(ExitStatus::Success)
    }
}
