//! Secrets that are mounted as files.

use super::{Answer, Answers, Cause, Environment, Failure, Query, SecretSource};

/// A directory with one file per secret.
#[derive(Clone, Debug)]
pub struct Files;

impl Files {
    /// Where Docker, Kubernetes and systemd mount secrets.
    pub fn mounted() -> Self {
        Self
    }

    pub(crate) fn on(self, _environment: &Environment) -> Self {
        self
    }
}

/// Files that variables name.
#[derive(Debug)]
pub(crate) struct VariableFiles(Files);

impl VariableFiles {
    pub(crate) fn new(_environment: &Environment) -> Self {
        Self(Files)
    }
}

impl SecretSource for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(async move {
            let answer = |_| Answer::Failed(Failure::new(Cause::Internal, "to be written"));
            query.requests().iter().map(answer).collect()
        })
    }
}

impl SecretSource for VariableFiles {
    fn name(&self) -> &'static str {
        "var-files"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        self.0.fetch(query)
    }
}
