//! The contract of a source, checked on secrets that it contains.

use std::time::Duration;

use tokio::time::{timeout, timeout_at};

use crate::load::Loader;
use crate::source::{
    FetchContext, FetchResult, KeyedBy, SecretRequest, SecretSource, VersionSelector,
};
use crate::telemetry::source_label;

/// Names that no backend contains, with the characters that all sources accept.
const ABSENT: [&str; 2] = [
    "FROM_SECRETS_TESTING_ABSENT_A",
    "FROM_SECRETS_TESTING_ABSENT_B",
];
/// A version that no secret has.
const NO_VERSION: &str = "00000000-0000-4000-8000-000000000000";
/// A stage that no secret has.
const NO_STAGE: &str = "FROM_SECRETS_TESTING_ABSENT";
const TIMEOUT: Duration = Duration::from_secs(10);
/// The shortest value that texts are searched for. Shorter values occur by accident.
const SEARCHED: usize = 6;

/// Checks the last source of a loader.
pub(super) async fn check(loader: &Loader, known: &[(String, String)]) {
    assert!(!known.is_empty(), "specify at least one known secret");
    let source = match loader.last_source() {
        Ok(Some(source)) => source,
        Ok(None) => panic!("the chain is empty"),
        Err(error) => panic!("{error:#}"),
    };
    let checked = Checked {
        source: &*source,
        known,
    };
    checked.check_name();
    checked.check_endpoint();
    checked.check_ready().await;
    let mut requests: Vec<SecretRequest> = known
        .iter()
        .map(|(name, _)| current(name))
        .chain(ABSENT.map(current))
        .collect();
    checked.check_results(&requests).await;
    requests.reverse();
    checked.check_results(&requests).await;
    checked.drop_early(&requests).await;
    for request in requests {
        checked.check_results(&[request]).await;
    }
    if source.keyed_by() == KeyedBy::SecretId {
        checked.check_versions().await;
    }
    checked.check_endpoint();
}

fn current(name: &str) -> SecretRequest {
    SecretRequest::new(name, VersionSelector::Current)
}

/// Returns the result without its text, which can contain a value.
fn kind(result: &FetchResult) -> &'static str {
    match result {
        FetchResult::Found(_) => "found",
        FetchResult::Missing(_) => "missing",
        FetchResult::NotConfigured(_) => "not configured",
        FetchResult::Failed(error) => error.kind().as_str(),
    }
}

/// A source and the secrets that it contains.
struct Checked<'a> {
    source: &'a dyn SecretSource,
    known: &'a [(String, String)],
}

impl Checked<'_> {
    fn check_name(&self) {
        let name = self.source.name();
        assert!(
            source_label(name) == name,
            "`{name}` cannot be a label of metrics: use up to 64 ASCII letters, digits, `_`, `.` and `-`"
        );
    }

    /// A source can learn its endpoint with its first call.
    fn check_endpoint(&self) {
        self.check_text("the endpoint", &self.source.endpoint().unwrap_or_default());
    }

    /// Asserts that a source with secrets is ready.
    async fn check_ready(&self) {
        let context = FetchContext::new(TIMEOUT);
        let ready = timeout_at(context.deadline(), self.source.ready(context)).await;
        let Ok(ready) = ready else {
            panic!("`ready` did not end at its deadline")
        };
        if let Err(result) = ready {
            self.check_text("the result of `ready`", &result.without_value().to_string());
            panic!(
                "`ready` must return `Ok`, because the source contains secrets, but the result is {}",
                kind(&result)
            );
        }
    }

    /// Asserts that a text contains no value.
    fn check_text(&self, subject: &str, text: &str) {
        for (name, value) in self.known {
            let is_leak = value.len() >= SEARCHED && text.contains(value.as_str());
            assert!(!is_leak, "{subject} contains the value of `{name}`");
        }
    }

    async fn check_results(&self, requests: &[SecretRequest]) {
        let results = self.fetch(requests).await;
        for (request, result) in requests.iter().zip(results) {
            let id = request.id();
            let shown = result.without_value();
            let hint = self.source.hint(request, &shown).unwrap_or_default();
            self.check_text("a hint", &hint);
            self.check_text("a result", &format!("{shown} {shown:?}"));
            let expected = self.known.iter().find(|(name, _)| name == id);
            match (expected, result) {
                (Some((_, expected)), FetchResult::Found(found)) => {
                    assert!(
                        found.value.text() == Some(expected.as_str()),
                        "the value of `{id}` differs; results must be in the order of the requests"
                    );
                }
                (Some(_), result) => {
                    panic!("`{id}` must be found, but the result is {}", kind(&result))
                }
                (None, FetchResult::Missing(_)) => {}
                (None, result) => panic!(
                    "`{id}` does not exist, so it must be missing, but the result is {}",
                    kind(&result)
                ),
            }
        }
    }

    async fn check_versions(&self) {
        let (name, _) = &self.known[0];
        for version in [
            VersionSelector::Id(NO_VERSION.to_owned()),
            VersionSelector::Stage(NO_STAGE.to_owned()),
        ] {
            let text = version.to_string();
            let results = self
                .fetch(&[SecretRequest::new(name.as_str(), version)])
                .await;
            assert!(
                matches!(results[..], [FetchResult::Missing(_)]),
                "`{name}` has no version `{text}`, so it must be missing, but the result is {}; a source without \
                 versions returns `MissingReason::Version`",
                kind(&results[0])
            );
        }
    }

    /// Starts a call, and drops its future, as a load does at its deadline.
    async fn drop_early(&self, requests: &[SecretRequest]) {
        let context = FetchContext::new(TIMEOUT);
        let _ = timeout(Duration::ZERO, self.source.fetch(requests, context)).await;
    }

    async fn fetch(&self, requests: &[SecretRequest]) -> Vec<FetchResult> {
        let context = FetchContext::new(TIMEOUT);
        let results = timeout_at(context.deadline(), self.source.fetch(requests, context)).await;
        let Ok(results) = results else {
            panic!("`fetch` did not end at its deadline")
        };
        assert!(
            results.len() == requests.len(),
            "`fetch` returned {} results for {} requests",
            results.len(),
            requests.len()
        );
        results
    }
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;

    use super::*;
    use crate::source::{
        FetchFuture, Memory, MissingReason, ReadyFuture, SecretValue, SourceError, SourceErrorKind,
    };
    use crate::testing::{block_on, check_source};

    type Fetch = fn(&SecretRequest) -> FetchResult;

    /// A source with a flaw.
    struct Flawed {
        name: &'static str,
        fetch: Fetch,
        change: fn(&mut Vec<FetchResult>),
        ready: fn() -> Result<(), FetchResult>,
    }

    impl SecretSource for Flawed {
        fn name(&self) -> &str {
            self.name
        }

        fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
            let mut results = requests.iter().map(self.fetch).collect();
            (self.change)(&mut results);
            Box::pin(std::future::ready(results))
        }

        fn ready(&self, _: FetchContext) -> ReadyFuture<'_> {
            Box::pin(async { (self.ready)() })
        }
    }

    const NONE: Flawed = Flawed {
        name: "flawed",
        fetch,
        change: |_| (),
        ready: || Ok(()),
    };
    const KNOWN: [(&str, &str); 2] = [("first", "canary one"), ("second", "canary two")];

    fn fetch(request: &SecretRequest) -> FetchResult {
        let known = KNOWN.iter().find(|(name, _)| *name == request.id());
        match (request.version(), known) {
            (_, None) => FetchResult::Missing(MissingReason::Secret),
            (VersionSelector::Current, Some((_, value))) => {
                FetchResult::Found(SecretValue::text(*value))
            }
            _ => FetchResult::Missing(MissingReason::Version),
        }
    }

    fn without_versions(request: &SecretRequest) -> FetchResult {
        fetch(&current(request.id()))
    }

    fn denying_missing(request: &SecretRequest) -> FetchResult {
        match fetch(request) {
            FetchResult::Missing(MissingReason::Secret) => {
                FetchResult::Failed(SourceError::new(SourceErrorKind::Denied, "denied"))
            }
            result => result,
        }
    }

    fn leaking(request: &SecretRequest) -> FetchResult {
        match fetch(request) {
            FetchResult::Missing(_) => FetchResult::NotConfigured("not `canary one`".to_owned()),
            result => result,
        }
    }

    fn unready() -> Result<(), FetchResult> {
        Err(FetchResult::NotConfigured("no token".to_owned()))
    }

    fn failure(source: Flawed) -> Option<String> {
        let check = AssertUnwindSafe(|| block_on(check_source(source, KNOWN)));
        let panic = std::panic::catch_unwind(check).err()?;
        Some(*panic.downcast::<String>().expect("a formatted message"))
    }

    #[test]
    fn conforming_sources_pass() {
        assert_eq!(failure(NONE), None);
        let [(first, one), (second, two)] = KNOWN;
        let memory = Memory::new()
            .with_secret(first, one)
            .with_secret(second, two);
        block_on(check_source(memory, KNOWN));
    }

    #[test]
    fn each_flaw_fails() {
        let flawed = |fetch| Flawed { fetch, ..NONE };
        let changed = |change| Flawed { change, ..NONE };
        for (source, message) in [
            (
                Flawed {
                    name: "a b",
                    ..NONE
                },
                "`a b` cannot be a label",
            ),
            (
                changed(|results| results.reverse()),
                "`first` must be found",
            ),
            (changed(|results| drop(results.pop())), "3 results for 4"),
            (flawed(without_versions), "has no version"),
            (
                flawed(denying_missing),
                "so it must be missing, but the result is denied",
            ),
            (flawed(leaking), "contains the value of `first`"),
            (
                Flawed {
                    ready: unready,
                    ..NONE
                },
                "`ready` must return `Ok`",
            ),
        ] {
            let failure = failure(source).expect(message);
            assert!(failure.contains(message), "{failure}");
            assert!(!failure.contains("canary"), "{failure}");
        }
    }
}
