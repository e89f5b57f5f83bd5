//! Other writers, between the read and the write of a value.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets_tests::fake_aws::{Entry, Script};
use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, Random, seeds};
use serde_json::Value;

use crate::support::{assert_contains, at, of, run};

fn set(server: &FakeAws, field: &str, value: &str) -> Program {
    let set = at(&server.endpoint())
        .args(["set", "--yes", field])
        .args(of("set"));
    set.input(value)
}

fn is_move(call: &Call) -> bool {
    call.operation == "UpdateSecretVersionStage"
        && call.version_stage.as_deref() == Some("AWSCURRENT")
}

/// Runs code before the first call of this kind.
fn before(
    secrets: &FakeSecretsManager,
    is_call: impl Fn(&Call) -> bool + Send + Sync + 'static,
    code: impl Fn(&FakeSecretsManager) + Send + Sync + 'static,
) -> FakeAws {
    let (other, calls) = (secrets.clone(), AtomicUsize::new(0));
    FakeAws::start(secrets.clone().when(move |call| {
        if is_call(call) && calls.fetch_add(1, Ordering::SeqCst) == 0 {
            code(&other);
        }
        None
    }))
}

fn current(secrets: &FakeSecretsManager, name: &str) -> Value {
    serde_json::from_str(&secrets.current(name).unwrap()).unwrap()
}

#[test]
fn other_keys_of_others_survive() {
    let secrets = FakeSecretsManager::new().text("set/db", r#"{"port":1,"password":"p-1"}"#);
    let server = before(&secrets, is_move, |other| {
        other.put("set/db", r#"{"port":2,"password":"p-1","new":3}"#);
    });
    let output = run(set(&server, "password", "p-2"), 0);
    assert_contains(&output.stderr, &["`set/db` was changed since it was read"]);
    let expected = serde_json::json!({ "port": 2, "password": "p-2", "new": 3 });
    assert_eq!(current(&secrets, "set/db"), expected);
    let versions = secrets.versions("set/db");
    let stages: Vec<_> = versions
        .iter()
        .map(|version| version.stages.join(","))
        .collect();
    assert_eq!(stages, ["", "", "AWSPREVIOUS", "AWSCURRENT"]);
}

#[test]
fn same_key_is_not_overwritten() {
    let secrets = FakeSecretsManager::new().text("set/db", r#"{"password":"p-1"}"#);
    let server = before(&secrets, is_move, |other| {
        other.put("set/db", r#"{"password":"p-9"}"#);
    });
    let output = run(set(&server, "password", "p-2"), 1);
    assert_contains(
        &output.stderr,
        &["`set/db` was not written: the key `password` was changed since it was read"],
    );
    assert_eq!(current(&secrets, "set/db")["password"], "p-9");
}

#[test]
fn whole_value_is_not_overwritten() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = before(&secrets, is_move, |other| other.put("set/TOKEN", "t-9"));
    let output = run(set(&server, "token", "t-2"), 1);
    assert_contains(
        &output.stderr,
        &["the secret was changed since it was read"],
    );
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-9"));
}

#[test]
fn same_value_of_others_is_success() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = before(&secrets, is_move, |other| other.put("set/TOKEN", "t-2"));
    let output = run(set(&server, "token", "t-2"), 0);
    assert_contains(&output.stdout, &["unchanged `set/TOKEN`"]);
}

#[test]
fn secret_created_by_others_is_merged() {
    let is_creation = |call: &Call| call.operation == "CreateSecret";
    let secrets = FakeSecretsManager::new();
    let server = before(&secrets, is_creation, |other| {
        other.put("set/db", r#"{"port":1}"#);
    });
    run(set(&server, "password", "p-1"), 0);
    assert_eq!(
        current(&secrets, "set/db"),
        serde_json::json!({ "port": 1, "password": "p-1" })
    );
    let secrets = FakeSecretsManager::new();
    let server = before(&secrets, is_creation, |other| other.put("set/TOKEN", "t-9"));
    let output = run(set(&server, "token", "t-1"), 1);
    assert_contains(
        &output.stderr,
        &["the secret was changed since it was read"],
    );
}

#[test]
fn deleted_secret_is_not_recreated() {
    let secrets = FakeSecretsManager::new().text("set/db", r#"{"port":1}"#);
    let server = before(&secrets, is_move, |other| other.delete("set/db"));
    let output = run(set(&server, "password", "p-2"), 1);
    assert_contains(
        &output.stderr,
        &["the secret was deleted since it was read"],
    );
    assert_eq!(secrets.current("set/db"), None);
}

#[test]
fn lost_response_is_not_a_conflict() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let (real, calls) = (secrets.clone(), AtomicUsize::new(0));
    let server = FakeAws::start(secrets.clone().when(move |call| {
        let is_first = is_move(call) && calls.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then(|| {
            let _ = real.response(call);
            FakeResponse::close()
        })
    }));
    let output = run(set(&server, "token", "t-2"), 0);
    assert_contains(&output.stdout, &["updated `set/TOKEN`"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
}

#[test]
fn lost_responses_are_not_failures() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let (real, calls) = (secrets.clone(), AtomicUsize::new(0));
    let server = FakeAws::start(secrets.clone().when(move |call| {
        is_move(call).then(|| {
            if calls.fetch_add(1, Ordering::SeqCst) == 0 {
                let _ = real.response(call);
            }
            FakeResponse::close()
        })
    }));
    let output = run(set(&server, "token", "t-2"), 0);
    assert_contains(&output.stdout, &["updated `set/TOKEN`"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
}

#[test]
fn lost_requests_are_failures() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(
        secrets
            .clone()
            .when(|call| is_move(call).then(FakeResponse::close)),
    );
    let output = run(set(&server, "token", "t-2"), 1);
    assert_contains(&output.stderr, &["cannot write `set/TOKEN`: unreachable"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn lost_responses_to_create_are_checked() {
    for (is_created, code) in [(true, 0), (false, 1)] {
        let secrets = FakeSecretsManager::new();
        let (real, calls) = (secrets.clone(), AtomicUsize::new(0));
        let server = FakeAws::start(secrets.clone().when(move |call| {
            let is_create = call.operation == "CreateSecret";
            if is_create && is_created && calls.fetch_add(1, Ordering::SeqCst) == 0 {
                let _ = real.response(call);
            }
            is_create.then(FakeResponse::close)
        }));
        let output = run(set(&server, "token", "t-1"), code);
        let current = secrets.current("set/TOKEN");
        if is_created {
            assert_contains(&output.stdout, &["created `set/TOKEN`"]);
            assert_eq!(current.as_deref(), Some("t-1"));
        } else {
            assert_contains(&output.stderr, &["cannot write `set/TOKEN`: unreachable"]);
            assert_eq!(current, None);
        }
    }
}

#[test]
fn lost_put_responses_leave_no_stage() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let real = secrets.clone();
    let server = FakeAws::start(secrets.clone().when(move |call| {
        (call.operation == "PutSecretValue").then(|| {
            let _ = real.response(call);
            FakeResponse::close()
        })
    }));
    let output = run(set(&server, "token", "t-2"), 1);
    assert_contains(&output.stderr, &["cannot write `set/TOKEN`: unreachable"]);
    let stages = secrets.versions("set/TOKEN").into_iter();
    let stages: Vec<_> = stages.map(|version| version.stages.join(",")).collect();
    assert_eq!(stages, ["AWSCURRENT", ""]);

    let server = FakeAws::start(
        secrets
            .clone()
            .when(|call| (call.operation == "PutSecretValue").then(FakeResponse::close)),
    );
    let output = run(set(&server, "token", "t-2"), 1);
    assert!(!output.stderr.contains("stage"), "{}", output.stderr);
}

/// A secret with a version that a rotation created, in this second.
fn rotated(created_at: u32) -> FakeSecretsManager {
    let value = r#"{"port":1,"password":"p-1"}"#;
    let entry = Entry::text(value).created_at(1_000);
    let pending = entry.version("AWSPENDING", value).created_at(created_at);
    FakeSecretsManager::new().entry("set/db", pending)
}

#[test]
fn rotation_during_write_is_noted() {
    let before_rotation = FakeSecretsManager::new().text("set/db", r#"{"password":"p-1"}"#);
    let rotating = rotated(2_000);
    let moves = AtomicUsize::new(0);
    let server = FakeAws::start(before_rotation.clone().when(move |call| {
        let is_moved = is_move(call) && moves.fetch_add(1, Ordering::SeqCst) == 0;
        let is_later = call.operation == "ListSecretVersionIds" && moves.load(Ordering::SeqCst) > 0;
        (is_later && !is_moved).then(|| rotating.response(call))
    }));
    let output = run(set(&server, "password", "p-2"), 0);
    let note = "note: a rotation of `arn:aws:secretsmanager:us-east-1:123456789012:secret:set/db-";
    assert_contains(&output.stderr, &[note, "began during the write"]);
}

#[test]
fn write_during_rotation_is_rejected() {
    let secrets = rotated(2_000);
    let server = FakeAws::start(secrets.clone());
    let output = run(set(&server, "port", "2"), 1);
    assert_contains(
        &output.stderr,
        &["`set/db` was not written: it is being rotated; wait for the end of the rotation"],
    );
    assert_eq!(current(&secrets, "set/db")["port"], 1);
    let calls = server.calls().all();
    assert!(calls.iter().all(|call| call.operation != "PutSecretValue"));
}

#[test]
fn overwrite_during_rotation_is_rejected() {
    let pending = Entry::text("t-1").version("AWSPENDING", "t-2");
    let secrets = FakeSecretsManager::new().entry("set/TOKEN", pending);
    let denied = |call: &Call| call.is_get().then(|| FakeResponse::denied("set/TOKEN"));
    let server = FakeAws::start(secrets.clone().when(denied));
    let output = run(set(&server, "token", "t-9").arg("--overwrite"), 1);
    assert_contains(
        &output.stderr,
        &["`set/TOKEN` was not written: it is being rotated"],
    );
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn finished_rotation_permits_writes() {
    let secrets = rotated(500);
    let server = FakeAws::start(secrets.clone());
    run(set(&server, "port", "2"), 0);
    assert_eq!(current(&secrets, "set/db")["port"], 2);
}

#[test]
fn denied_list_permits_writes() {
    let secrets = rotated(2_000);
    let server = FakeAws::start(secrets.clone().when(|call| {
        let is_list = call.operation == "ListSecretVersionIds";
        is_list.then(|| FakeResponse::denied("set/db"))
    }));
    run(set(&server, "port", "2"), 0);
    assert_eq!(current(&secrets, "set/db")["port"], 2);
}

/// The access keys of two writers.
const WRITERS: [&str; 2] = ["writer-1", "writer-2"];

/// Two writers of one secret, whose calls arrive in an order that depends on the seed.
struct Race {
    secrets: FakeSecretsManager,
    calls: Vec<Call>,
    ended: [Ended; 2],
}

impl Race {
    fn run(seed: u64, writes: [(&str, &str); 2]) -> Self {
        let before = r#"{"port":1,"password":"p-0","count":0}"#;
        let secrets = FakeSecretsManager::new().text("set/db", before);
        let server = FakeAws::start(secrets.clone().latency_of(move |call| {
            let mut random = Random::new(seed.wrapping_mul(1000) + call.nth as u64);
            Duration::from_millis(random.below(8) as u64)
        }));
        let ended = std::thread::scope(|scope| {
            let threads = [0, 1].map(|i| {
                let (field, value) = writes[i];
                let set = set(&server, field, value).env("AWS_ACCESS_KEY_ID", WRITERS[i]);
                scope.spawn(move || set.run())
            });
            threads.map(|thread| thread.join().unwrap())
        });
        Self {
            secrets,
            calls: server.calls().all(),
            ended,
        }
    }

    /// Returns the position of the last call of this kind.
    fn last(&self, writer: usize, is_call: impl Fn(&Call) -> bool) -> usize {
        let calls = self.calls.iter();
        let own = calls.filter(|call| call.access_key == WRITERS[writer] && is_call(call));
        own.map(|call| call.nth).max().unwrap()
    }
}

#[test]
fn concurrent_writes_of_keys_survive() {
    seeds::each(20, |seed| {
        let race = Race::run(seed, [("password", "p-1"), ("port", "2")]);
        for writer in &race.ended {
            assert_eq!(writer.code, Some(0), "{}", writer.stderr);
        }
        let expected = serde_json::json!({ "port": 2, "password": "p-1", "count": 0 });
        assert_eq!(current(&race.secrets, "set/db"), expected);
    });
}

#[test]
fn only_read_value_is_overwritten() {
    seeds::each(20, |seed| {
        let race = Race::run(seed, [("password", "p-1"), ("password", "p-2")]);
        let current = current(&race.secrets, "set/db")["password"].clone();
        let last = usize::from(current == "p-2");
        assert!(current == "p-1" || current == "p-2", "{current}");
        assert_eq!(
            race.ended[last].code,
            Some(0),
            "{}",
            race.ended[last].stderr
        );
        let first = &race.ended[1 - last];
        if first.code == Some(0) {
            // The last writer read the value of the first one.
            let write = |call: &Call| is_move(call) || call.operation == "PutSecretValue";
            assert!(race.last(last, Call::is_get) > race.last(1 - last, write));
        } else {
            let reason = "the key `password` was changed since it was read";
            assert_contains(&first.stderr, &[reason]);
        }
    });
}
