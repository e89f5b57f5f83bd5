//! Secrets in memory, for tests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use from_secrets_syntax::{Arn, ParameterArn};

use super::{
    Answer, Answers, Cause, Failure, Found, Missing, Query, RawValue, Request, SecretSource,
    Version,
};

/// Secrets in memory, for tests of one's own code: holds what it is given, and can fail in every way a source can.
///
/// A clone shares the secrets and the record of what was asked, so that a test can keep one and look or rotate.
///
/// ```
/// use from_secrets::{Cause, FromSecrets, Loader, Memory, SecretString};
///
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_", debug)]
/// struct PocketConfig {
///     key: SecretString,
///     token: SecretString,
/// }
///
/// let secrets = Memory::new().secret("POCKET_KEY", "a").failing("POCKET_TOKEN", Cause::Denied);
/// let error = Loader::new().sources([secrets]).load_blocking::<PocketConfig>().unwrap_err();
/// assert_eq!(error.fields().next().unwrap().path(), "token");
/// ```
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    secrets: BTreeMap<String, Entry>,
    failing: Option<Cause>,
    unconfigured: bool,
    requests: Vec<Request>,
}

#[derive(Default)]
struct Entry {
    versions: Vec<Stored>,
    failing: Option<Cause>,
}

struct Stored {
    id: String,
    stages: Vec<String>,
    value: RawValue,
}

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

impl Memory {
    /// A source without secrets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a text secret, or rotates it: what was `AWSCURRENT` becomes `AWSPREVIOUS`.
    pub fn secret(self, name: &str, text: &str) -> Self {
        self.put(name, Found::text(text))
    }

    /// Puts a binary secret, or rotates it.
    pub fn binary(self, name: &str, bytes: &[u8]) -> Self {
        self.put(name, Found::binary(bytes))
    }

    /// Puts a text version of a secret with a stage of its own, as `AWSPENDING`.
    pub fn version(self, name: &str, stage: &str, text: &str) -> Self {
        self.with(|state| state.entry(name).add(stage, Found::text(text).value));
        self
    }

    /// Makes every request for one secret fail.
    pub fn failing(self, name: &str, cause: Cause) -> Self {
        self.with(|state| state.entry(name).failing = Some(cause));
        self
    }

    /// Makes every request fail.
    pub fn failing_all(self, cause: Cause) -> Self {
        self.with(|state| state.failing = Some(cause));
        self
    }

    /// Ends all failures that were injected, and answers again.
    pub fn recovered(self) -> Self {
        self.with(|state| {
            (state.failing, state.unconfigured) = (None, false);
            state
                .secrets
                .values_mut()
                .for_each(|entry| entry.failing = None);
        });
        self
    }

    /// Makes the source one that is not set up here, as Secrets Manager on a laptop without credentials.
    pub fn unconfigured(self) -> Self {
        self.with(|state| state.unconfigured = true);
        self
    }

    /// Removes a secret with all its versions.
    pub fn remove(self, name: &str) -> Self {
        self.with(|state| drop(state.secrets.remove(name)));
        self
    }

    /// All requests so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.with(|state| state.requests.clone())
    }

    fn put(self, name: &str, found: Found) -> Self {
        self.with(|state| state.entry(name).rotate(found.value));
        self
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn entry(&mut self, name: &str) -> &mut Entry {
        self.secrets.entry(name.to_owned()).or_default()
    }

    fn answer(&mut self, request: &Request) -> Answer {
        self.requests.push(request.clone());
        if self.unconfigured {
            return Answer::NotConfigured(
                "the in-memory source is set to be unconfigured".to_owned(),
            );
        }
        if let Some(cause) = self.failing {
            return injected(cause);
        }
        let id = request.id();
        match self.secrets.get(id) {
            Some(entry) => entry.answer(request.version()),
            None => self.by_arn(id, request.version()),
        }
    }

    /// Returns the secret that an ARN means. If it can mean two, both must have the same value.
    fn by_arn(&self, arn: &str, version: &Version) -> Answer {
        let parameter = ParameterArn::parse(arn).ok().map(|arn| arn.names());
        let secret = Arn::parse(arn).ok().map(|arn| arn.names());
        let parameter = parameter.iter().flatten().map(String::as_str);
        let names = secret.into_iter().flatten().chain(parameter);
        let mut answer = Answer::Missing(Missing::Secret);
        let mut first = "";
        for name in names {
            let Some(entry) = self.secrets.get(name) else {
                continue;
            };
            match (&answer, entry.answer(version)) {
                (_, failed @ Answer::Failed(_)) => return failed,
                (Answer::Missing(_), found) => (answer, first) = (found, name),
                (Answer::Found(one), Answer::Found(other)) if one.value != other.value => {
                    return Answer::Failed(clash(first, name));
                }
                _ => {}
            }
        }
        answer
    }
}

fn clash(one: &str, other: &str) -> Failure {
    let message = format!("`{one}` and `{other}` are both there, and differ");
    Failure::new(Cause::Malformed, message)
        .with_hint("remove one, or store the secret under the whole ARN")
}

impl Entry {
    fn answer(&self, version: &Version) -> Answer {
        if let Some(cause) = self.failing {
            return injected(cause);
        }
        let has_stage = |stored: &&Stored, stage: &str| stored.stages.iter().any(|s| s == stage);
        let stored = self.versions.iter().find(|stored| match version {
            Version::Current => has_stage(stored, CURRENT),
            Version::Stage(stage) => has_stage(stored, stage),
            Version::Id(id) => stored.id == *id,
        });
        match stored {
            Some(stored) => Answer::Found(Found {
                value: stored.value.clone(),
                version_id: Some(stored.id.clone()),
                arn: None,
                created_at: None,
            }),
            None => Answer::Missing(Missing::Version),
        }
    }

    fn rotate(&mut self, value: RawValue) {
        for stored in &mut self.versions {
            stored.stages.retain(|stage| stage != PREVIOUS);
            for stage in &mut stored.stages {
                if stage == CURRENT {
                    PREVIOUS.clone_into(stage);
                }
            }
        }
        self.add(CURRENT, value);
    }

    fn add(&mut self, stage: &str, value: RawValue) {
        self.versions
            .iter_mut()
            .for_each(|stored| stored.stages.retain(|s| s != stage));
        let id = format!("v{}", self.versions.len() + 1);
        self.versions.push(Stored {
            id,
            stages: vec![stage.to_owned()],
            value,
        });
    }
}

fn injected(cause: Cause) -> Answer {
    let failure = Failure::new(cause, "injected by the in-memory source");
    Answer::Failed(failure.with_hint("`Memory::recovered` ends it"))
}

impl SecretSource for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(async move {
            self.with(|state| {
                let requests = query.requests().iter();
                requests.map(|request| state.answer(request)).collect()
            })
        })
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|state| {
            f.debug_tuple("Memory")
                .field(&state.secrets.keys())
                .finish()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(memory: &Memory, id: &str, version: Version) -> Option<String> {
        let request = Request::new(id, version);
        match memory.with(|state| state.answer(&request)) {
            Answer::Found(Found {
                value: RawValue::Text(text),
                ..
            }) => Some(text.to_string()),
            _ => None,
        }
    }

    #[test]
    fn a_second_value_rotates_the_first() {
        let memory = Memory::new().secret("a", "old").secret("a", "new");
        assert_eq!(ask(&memory, "a", Version::Current).as_deref(), Some("new"));
        assert_eq!(
            ask(&memory, "a", Version::Stage(PREVIOUS.to_owned())).as_deref(),
            Some("old")
        );
        assert_eq!(
            ask(&memory, "a", Version::Id("v1".to_owned())).as_deref(),
            Some("old")
        );
    }

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

    fn by_arn(memory: &Memory) -> Option<String> {
        ask(memory, ARN, Version::Current)
    }

    #[test]
    fn arn_finds_secret_of_either_name() {
        for name in ["prod/db", "prod/db-AbCdEf", ARN] {
            let memory = Memory::new().secret(name, "x");
            assert_eq!(by_arn(&memory).as_deref(), Some("x"), "{name}");
        }
        let partial = ARN.strip_suffix("-AbCdEf").unwrap();
        let memory = Memory::new().secret("prod/db", "x");
        let found = ask(&memory, partial, Version::Current);
        assert_eq!(found.as_deref(), Some("x"));
    }

    #[test]
    fn two_secrets_of_one_arn_clash() {
        let memory = Memory::new()
            .secret("prod/db", "canary-1")
            .secret("prod/db-AbCdEf", "canary-2");
        let request = Request::new(ARN, Version::Current);
        let Answer::Failed(failure) = memory.with(|state| state.answer(&request)) else {
            panic!("one of two values was chosen");
        };
        assert_eq!(failure.cause(), Cause::Malformed);
        let expected = "`prod/db-AbCdEf` and `prod/db` are both there, and differ";
        assert_eq!(failure.message(), expected);

        let same = memory.secret("prod/db", "canary-2");
        assert_eq!(by_arn(&same).as_deref(), Some("canary-2"));
        let whole = same.secret("prod/db", "other").secret(ARN, "x");
        assert_eq!(by_arn(&whole).as_deref(), Some("x"));
    }

    #[test]
    fn arn_skips_secret_without_version() {
        let memory = Memory::new()
            .version("prod/db-AbCdEf", "AWSPENDING", "next")
            .secret("prod/db", "x");
        assert_eq!(by_arn(&memory).as_deref(), Some("x"));
    }

    #[test]
    fn parameter_arn_is_found_by_its_names() {
        let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db";
        for stored in ["/prod/db", "prod/db", arn] {
            let memory = Memory::new().secret(stored, "x");
            assert_eq!(ask(&memory, arn, Version::Current).as_deref(), Some("x"));
        }
        let memory = Memory::new().secret("db", "x");
        assert_eq!(ask(&memory, arn, Version::Current), None);
    }

    #[test]
    fn failures_end_when_recovered() {
        let memory = Memory::new()
            .secret("a", "x")
            .failing("a", Cause::Throttled)
            .failing_all(Cause::Denied);
        assert_eq!(ask(&memory, "a", Version::Current), None);
        let memory = memory.recovered();
        assert_eq!(ask(&memory, "a", Version::Current).as_deref(), Some("x"));
        assert_eq!(memory.requests().len(), 2);
    }
}
