//! `completions`

use clap::Args;
use clap_complete::{Shell, generate};

use super::args::command;
use super::console::print;
use super::stop::{Answer, Stop};

pub(super) const EXAMPLES: &[&str] = &[
    "completions bash > ~/.local/share/bash-completion/completions/app-secrets",
    "completions fish > ~/.config/fish/completions/app-secrets.fish",
];

/// Write completions for a shell
#[derive(Args, Debug)]
pub(super) struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, subject: &str, program: &str) -> Result<Answer, Stop> {
        // It panics where it cannot write, which memory always lets it do.
        let mut script = Vec::new();
        generate(
            self.shell,
            &mut command(subject, program),
            program,
            &mut script,
        );
        print(&String::from_utf8_lossy(&script))?;
        Ok(Answer::Yes)
    }
}
