//! One client for a process, whatever runtimes come and go.

use from_secrets_tests::Scripted;

use super::{configured, loaded};
use crate::home::Home;
use crate::structs::pocket;

#[test]
fn default_loads_share_the_client_and_what_was_learned() {
    let aws = Scripted::start(pocket().without_batch());
    let ended = configured("twice", &Home::new(), &aws).run();
    loaded(&ended, "the key the token\nthe key the token");
    assert_eq!(aws.tally(), "1 batch, 4 gets");
}

#[test]
fn default_loads_share_a_connection() {
    let aws = Scripted::start(pocket());
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
fn a_load_works_without_async_and_within_runtimes_of_either_flavour() {
    let aws = Scripted::start(pocket());
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
fn two_loads_at_once_do_not_disturb_each_other() {
    let aws = Scripted::start(pocket().side_by_side(2));
    loaded(
        &configured("at-once", &Home::new(), &aws).run(),
        "the key the token\nthe key the token",
    );
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[test]
fn a_client_outlives_the_runtime_that_it_was_built_in() {
    let aws = Scripted::start(pocket());
    let ended = configured("in-one-runtime-after-the-other", &Home::new(), &aws).run();
    loaded(&ended, "the key the token\nthe key the token");
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[test]
fn a_blocking_load_does_not_wait_for_connections_of_the_runtime_that_it_blocks() {
    let aws = Scripted::start(pocket());
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
fn runtimes_that_end_do_not_take_other_loads_connections_with_them() {
    let aws = Scripted::start(pocket());
    let ended = configured("in-many-runtimes-at-once", &Home::new(), &aws).run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.tally(), "80 batches, 0 gets");
}
