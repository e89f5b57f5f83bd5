//! Loads that rejected credentials cause.

use super::*;

const START: Timestamp = Timestamp(1_000_000_000_000);
const SECOND: Duration = Duration::from_secs(1);
const WINDOW: Duration = Duration::from_secs(10);
const NANO: Duration = Duration::from_nanos(1);

fn policy() -> RefreshPolicy {
    RefreshPolicy {
        min_refresh_interval: SECOND,
        rotation_window: WINDOW,
        ..RefreshPolicy::default()
    }
}

fn version(id: &str) -> Arc<LoadReport> {
    Arc::new(LoadReport::of_version(id))
}

/// Returns a call whose current credentials were rejected.
fn rejected_call(now: Timestamp) -> RetryCall {
    let mut call = RetryCall::new(RunOn::Runtime);
    assert_eq!(call.reject(false, now, WINDOW), None);
    call
}

/// Calls that use a version of a struct, and no jitter.
struct Calls {
    rejections: Rejections,
    scope: FieldScope,
    used: Arc<LoadReport>,
    next_load: u64,
    ended: u64,
}

impl Calls {
    fn new() -> Self {
        Self {
            rejections: Rejections::default(),
            scope: FieldScope::all(),
            used: version("1"),
            next_load: 1,
            ended: 0,
        }
    }

    fn step_of(&mut self, call: &RetryCall, now: Timestamp) -> RetryStep {
        let version = (&self.scope, &self.used);
        let loads = (self.next_load, self.ended);
        self.rejections
            .step(version, loads, call, (now, &policy(), 1.0))
    }

    /// Returns the step of another call.
    fn step(&mut self, now: Timestamp) -> RetryStep {
        self.step_of(&rejected_call(now), now)
    }

    /// Requests a load, which ends at once.
    fn load(&mut self, now: Timestamp) {
        assert_eq!(self.step(now), RetryStep::RequestLoad(self.next_load));
        self.ended = self.next_load;
        self.next_load += 1;
    }
}

#[test]
fn changes_are_followed_within_window() {
    let mut call = RetryCall::new(RunOn::Runtime);
    let ends = START.after(WINDOW);
    let last = START.after(WINDOW.saturating_sub(NANO));
    for now in [START; 50].into_iter().chain([last; 50]) {
        assert_eq!(call.reject(true, now, WINDOW), Some(RetryStep::RunAgain));
    }
    assert_eq!(call.reject(true, ends, WINDOW), Some(RetryStep::GiveUp));
}

#[test]
fn few_changes_are_followed_after_window() {
    let mut call = rejected_call(START);
    let ends = START.after(WINDOW);
    let steps: Vec<_> = (0..7).map(|_| call.reject(true, ends, WINDOW)).collect();
    let again = [Some(RetryStep::RunAgain); 5].as_slice();
    assert_eq!(steps, [again, &[Some(RetryStep::GiveUp); 2]].concat());
}

#[test]
fn call_requests_once_after_window() {
    let ends = START.after(WINDOW);
    for (now, can_request) in [
        (START.after(WINDOW.saturating_sub(NANO)), true),
        (ends, false),
        (ends.after(NANO), false),
    ] {
        let mut call = rejected_call(START);
        assert_eq!(call.reject(false, now, WINDOW), None);
        assert_eq!(Calls::new().step_of(&call, now), RetryStep::RequestLoad(1));
        call.note_request();
        let expected = if can_request {
            RetryStep::RequestLoad(1)
        } else {
            RetryStep::GiveUp
        };
        assert_eq!(Calls::new().step_of(&call, now), expected);
    }
}

#[test]
fn change_allows_another_request() {
    let now = START.after(WINDOW);
    let mut call = rejected_call(START);
    call.note_request();
    assert_eq!(call.reject(true, now, WINDOW), Some(RetryStep::RunAgain));
    assert_eq!(call.reject(false, now, WINDOW), None);
    assert_eq!(Calls::new().step_of(&call, now), RetryStep::RequestLoad(1));
}

#[test]
fn callers_share_load_until_it_ends() {
    let mut calls = Calls::new();
    for _ in 0..2 {
        assert_eq!(calls.step(START), RetryStep::RequestLoad(1));
    }
    calls.next_load = 2;
    let later = START.after(SECOND * 3);
    assert_eq!(calls.step(later), RetryStep::JoinLoad(1));
    calls.ended = 1;
    assert_eq!(calls.step(later), RetryStep::RequestLoad(2));
}

#[test]
fn loads_are_spaced_within_window() {
    let mut calls = Calls::new();
    for seconds in 0..10 {
        let now = START.after(SECOND * seconds);
        calls.load(now);
        let next = RetryStep::WaitUntil(now.after(SECOND));
        assert_eq!(calls.step(now), next);
        assert_eq!(calls.step(now.after(SECOND.saturating_sub(NANO))), next);
    }
}

#[test]
fn pauses_double_after_window() {
    let mut calls = Calls::new();
    calls.load(START);
    let mut now = START.after(WINDOW);
    for pause in [2, 4, 8] {
        calls.load(now);
        assert_eq!(calls.step(now), RetryStep::GiveUp);
        now = now.after(SECOND * pause);
        let before = Timestamp(now.0 - 1);
        assert_eq!(calls.step(before), RetryStep::GiveUp);
    }
}

#[test]
fn later_windows_have_longer_pauses() {
    let mut calls = Calls::new();
    let mut now = START;
    for pause in [1, 2, 4, 8, 8] {
        calls.load(now);
        let next = now.after(SECOND * pause);
        assert_eq!(calls.step(now), RetryStep::WaitUntil(next));
        now = now.after(WINDOW + NANO);
    }
}

#[test]
fn other_version_begins_window() {
    let mut calls = Calls::new();
    calls.load(START);
    let now = START.after(WINDOW);
    calls.load(now);
    assert_eq!(calls.step(now), RetryStep::GiveUp);
    calls.used = version("2");
    calls.load(now);
    let next = RetryStep::WaitUntil(now.after(SECOND));
    assert_eq!(calls.step(now), next);
}

#[test]
fn scopes_are_rejected_separately() {
    let mut calls = Calls::new();
    let scopes = [(); 3].map(|()| FieldScope::all());
    for scope in &scopes {
        calls.scope = scope.clone();
        calls.load(START);
    }
    for scope in scopes {
        calls.scope = scope;
        let next = RetryStep::WaitUntil(START.after(SECOND));
        assert_eq!(calls.step(START), next);
    }
}

#[test]
fn scopes_are_kept_for_an_hour() {
    for (age, count) in [(HOUR, 2), (HOUR + NANO, 1)] {
        let mut calls = Calls::new();
        calls.load(START);
        calls.scope = FieldScope::all();
        calls.load(START.after(age));
        assert_eq!(calls.rejections.0.len(), count, "{age:?}");
    }
}

#[test]
fn finished_load_is_not_joined() {
    let mut calls = Calls::new();
    let scopes = [(); 2].map(|()| FieldScope::all());
    for scope in &scopes {
        calls.scope = scope.clone();
        assert_eq!(calls.step(START), RetryStep::RequestLoad(1));
    }
    // The second scope's caller still waits for it.
    calls.next_load = 2;
    calls.rejections.finish(&scopes[0], 1);
    let steps = scopes.map(|scope| {
        calls.scope = scope;
        calls.step(START)
    });
    let next = RetryStep::WaitUntil(START.after(SECOND));
    assert_eq!(steps, [next, RetryStep::JoinLoad(1)]);
}

#[test]
fn accepted_credentials_are_forgotten() {
    let mut calls = Calls::new();
    let (own, other) = (calls.scope.clone(), FieldScope::all());
    calls.load(START);
    let wait = RetryStep::WaitUntil(START.after(SECOND));
    for (scope, id, is_forgotten) in [(&other, "1", false), (&own, "2", false), (&own, "1", true)] {
        assert_eq!(calls.step(START), wait);
        calls.rejections.forget(scope, &version(id));
        let expected = if is_forgotten {
            RetryStep::RequestLoad(calls.next_load)
        } else {
            wait
        };
        assert_eq!(calls.step(START), expected, "{id}");
    }
}
