//! The steps of the program.

use std::io::BufRead;

use super::{by_hand, declared};

pub(super) fn run() {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().expect("two arguments");
    let (loaded_by, what) = (argument(), argument());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        match loaded_by.as_str() {
            "declared" => declared::keep(&what).await,
            "by-hand" => by_hand::keep(&what).await,
            other => panic!("unknown loader `{other}`"),
        }
    });
    // With their runtime, connections end.
    drop(runtime);
    step("ended");
}

/// Prints the current step, and waits for a line.
pub(super) fn step(name: &str) {
    println!("{name}");
    std::io::stdin()
        .lock()
        .read_line(&mut String::new())
        .expect("a line");
}

/// Holds something while it is looked at, then drops it.
pub(super) fn hold<T>(stored: T) {
    step("held");
    drop(stored);
    step("dropped");
}
