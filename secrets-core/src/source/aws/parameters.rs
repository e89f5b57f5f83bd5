//! Parameter Store.

use std::sync::Arc;
use std::time::Duration;

use super::Settings;
use crate::source::{Answer, Answers, Cause, Failure, Query, SecretSource};

/// Parameter Store as a source of a chain.
#[derive(Debug)]
pub(crate) struct ParameterStore;

impl ParameterStore {
    pub(crate) fn new(_settings: Arc<Settings>, _timeout: Duration) -> Self {
        Self
    }
}

impl SecretSource for ParameterStore {
    fn name(&self) -> &'static str {
        "ssm"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(async move {
            let answer = |_| Answer::Failed(Failure::new(Cause::Internal, "to be written"));
            query.requests().iter().map(answer).collect()
        })
    }
}
