//! Loads without `await`, and without a runtime.

use from_secrets::{ErrorKind, Memory};

use crate::support::{Pocket, loader};

#[tokio::test]
async fn load_blocking_works_within_a_runtime_of_one_thread() {
    let memory = Memory::new()
        .secret("POCKET_KEY", "k")
        .secret("POCKET_TOKEN", "t");
    assert!(loader(&memory, &[]).load_blocking::<Pocket>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn load_blocking_works_within_a_runtime_of_many_threads() {
    let memory = Memory::new()
        .secret("POCKET_KEY", "k")
        .secret("POCKET_TOKEN", "t");
    assert!(loader(&memory, &[]).load_blocking::<Pocket>().is_ok());
}

#[test]
fn a_load_without_a_runtime_says_what_to_call() {
    let memory = Memory::new();
    let load =
        std::pin::pin!(async move { loader(&memory, &[]).load::<Pocket>().await.unwrap_err() });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(error) = load.poll(&mut context) else {
        panic!("it does not wait")
    };
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert!(error.to_string().contains("`load_blocking`"));
}
