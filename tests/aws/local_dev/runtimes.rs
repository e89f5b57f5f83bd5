//! Clients that loads share, in one runtime and in several.

use from_secrets_tests::FakeAws;

use super::{configured, loaded};
use from_secrets_tests::home::Home;
use from_secrets_tests::structs::pocket;

#[test]
fn default_loads_share_client_state() {
    let aws = FakeAws::start(pocket().without_batch());
    let ended = configured("twice", &Home::new(), &aws).run();
    loaded(&ended, "the key the token\nthe key the token");
    assert_eq!(aws.tally(), "1 batch, 4 gets");
}

#[test]
fn default_loads_share_a_connection() {
    let aws = FakeAws::start(pocket());
    loaded(
        &configured("twice", &Home::new(), &aws).run(),
        "the key the token\nthe key the token",
    );
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("2 batches, 0 gets", 1)
    );
}

#[test]
fn blocking_load_works_in_any_runtime() {
    let aws = FakeAws::start(pocket());
    for how in [
        "blocking",
        "blocking-in-a-current-thread-runtime",
        "blocking-in-a-multi-thread-runtime",
    ] {
        let ended = configured(how, &Home::new(), &aws).run();
        loaded(&ended, "the key the token\nthe key the token");
        assert!(
            !ended.stderr.contains("panicked"),
            "{how}: {}",
            ended.stderr
        );
    }
    assert_eq!(aws.tally(), "6 batches, 0 gets");
}

#[test]
fn concurrent_loads_both_succeed() {
    let aws = FakeAws::start(pocket().side_by_side(2));
    loaded(
        &configured("at-once", &Home::new(), &aws).run(),
        "the key the token\nthe key the token",
    );
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[test]
fn client_outlives_its_first_runtime() {
    let aws = FakeAws::start(pocket());
    let ended = configured("in-one-runtime-after-the-other", &Home::new(), &aws).run();
    loaded(&ended, "the key the token\nthe key the token");
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[test]
fn blocking_load_avoids_blocked_connections() {
    let aws = FakeAws::start(pocket());
    for how in [
        "async-and-then-blocking-in-a-current-thread-runtime",
        "async-and-then-blocking-in-a-multi-thread-runtime",
    ] {
        let ended = configured(how, &Home::new(), &aws).run();
        loaded(&ended, "the key the token\nthe key the token");
    }
    assert_eq!(aws.tally(), "4 batches, 0 gets");
}

#[test]
fn runtime_shutdown_keeps_other_loads_working() {
    let aws = FakeAws::start(pocket());
    let ended = configured("in-many-runtimes-at-once", &Home::new(), &aws).run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.tally(), "80 batches, 0 gets");
}
