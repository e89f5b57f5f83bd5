//! Secrets through the Secrets Manager Agent or the Lambda extension, over HTTP on loopback.

use std::time::Duration;

use super::{Answer, Answers, Cause, Environment, Failure, Query, SecretSource};

/// Secrets through the Secrets Manager Agent or the Lambda extension.
#[derive(Clone, Debug)]
pub struct Agent;

impl Agent {
    /// Secrets Manager behind the agent.
    pub fn secrets_manager() -> Self {
        Self
    }

    /// Parameter Store behind the Lambda extension.
    pub fn parameter_store() -> Self {
        Self
    }

    pub(crate) fn on(self, _environment: &Environment, _timeout: Duration) -> Self {
        self
    }
}

impl SecretSource for Agent {
    fn name(&self) -> &'static str {
        "agent"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        let _ = (
            super::host::aws_runtime(),
            super::service::PARAMETER_STORE,
            super::service::SECRETS_MANAGER,
        );
        Box::pin(async move {
            let answer = |_| Answer::Failed(Failure::new(Cause::Internal, "to be written"));
            query.requests().iter().map(answer).collect()
        })
    }
}
