//! The agent as a source of a chain.

use std::time::Duration;

use super::Agent;
use super::load::Load;
use super::settings::Settings;
use super::token::Tokens;
use crate::source::{Answer, Answers, Environment, Failure, Query, SecretSource};

/// An agent that is asked by one load.
#[derive(Debug)]
pub(crate) struct Asking {
    agent: Agent,
    environment: Environment,
    settings: Result<Settings, Failure>,
    timeout: Duration,
}

impl Asking {
    pub(super) fn new(agent: Agent, environment: &Environment, timeout: Duration) -> Self {
        Self {
            settings: Settings::read(&agent, environment),
            agent,
            environment: environment.clone(),
            timeout,
        }
    }

    fn load(&self, settings: &Settings, query: Query<'_>) -> Load {
        let environment = self.environment.clone();
        let tokens = Tokens::new(
            self.agent.token.clone(),
            environment.clone(),
            settings.on_lambda,
        );
        Load::new(
            self.agent.service,
            settings.clone(),
            environment,
            tokens,
            self.timeout,
            query,
        )
    }
}

impl SecretSource for Asking {
    fn name(&self) -> &'static str {
        self.agent.service.source_name()
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        match &self.settings {
            Ok(settings) => Box::pin(self.load(settings, query).run()),
            Err(failure) => {
                let failed = |_| Answer::Failed(failure.clone());
                let answers = query.requests().iter().map(failed).collect();
                Box::pin(std::future::ready(answers))
            }
        }
    }

    fn endpoint(&self) -> Option<String> {
        self.settings.as_ref().ok().map(Settings::endpoint)
    }
}
