//! Refreshes do not accumulate memory, and reads do not allocate. Measured in a process of its own.

use from_secrets_tests::fake_aws::{Entry, Script};
use from_secrets_tests::process::Program;
use from_secrets_tests::{Call, FakeAws, FakeSecretsManager};

/// If each refresh left only a few bytes behind, it would be more.
const BOUND: u64 = 4 << 10;

/// What the program measured, in bytes but for the changes.
#[derive(Debug)]
struct Measured {
    after_a_tenth: u64,
    after_all: u64,
    changes: u64,
    by_reads: u64,
}

fn measured(refreshes: u64, endpoint: Option<String>) -> Measured {
    let program = Program::at(env!("CARGO_BIN_EXE_live_allocations")).arg(refreshes.to_string());
    let ended = endpoint.into_iter().fold(program, Program::arg).run();
    assert!(ended.success, "{}", ended.stderr);
    let numbers = ended.stdout.lines().map(|line| {
        let (_, number) = line.rsplit_once(' ').expect("what it is, and a number");
        number.parse().expect("a number")
    });
    let numbers: Vec<u64> = numbers.collect();
    let [after_a_tenth, after_all, changes, by_reads] = numbers[..] else {
        panic!("{}", ended.stdout);
    };
    Measured {
        after_a_tenth,
        after_all,
        changes,
        by_reads,
    }
}

#[track_caller]
fn assert_steady(refreshes: u64, measured: &Measured) {
    assert!(
        measured.after_all < measured.after_a_tenth + BOUND,
        "{measured:?}"
    );
    assert_eq!(measured.changes, refreshes / 2, "{measured:?}");
    assert_eq!(measured.by_reads, 0, "{measured:?}");
}

#[test]
fn refreshes_over_http_leak_no_memory() {
    // Every other response has a new version.
    let aws = FakeAws::start(|call: &Call| {
        let version = format!("{:06}", call.nth / 2);
        let token = Entry::text(format!("token {version}")).with_id(version);
        FakeSecretsManager::new()
            .text("POCKET_KEY", "the key")
            .entry("POCKET_TOKEN", token)
            .response(call)
    });
    // Unoptimized, ten thousand would take half a minute.
    assert_steady(1_000, &measured(1_000, Some(aws.endpoint())));
    assert_eq!(aws.tally(), "1001 batches, 0 gets");
    assert_eq!(aws.connections(), 1);
}

#[test]
fn refreshes_in_process_leak_no_memory() {
    assert_steady(10_000, &measured(10_000, None));
}
