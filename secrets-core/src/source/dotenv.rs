//! A `.env` file.

use super::{Answer, Answers, Cause, Failure, Query, SecretSource};

/// A `.env` file.
#[derive(Clone, Debug)]
pub struct Dotenv;

impl Dotenv {
    /// The file `.env` in the working directory.
    pub fn new() -> Self {
        Self
    }
}

impl Default for Dotenv {
    fn default() -> Self {
        Self::new()
    }
}

impl SecretSource for Dotenv {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(async move {
            let answer = |_| Answer::Failed(Failure::new(Cause::Internal, "to be written"));
            query.requests().iter().map(answer).collect()
        })
    }
}
