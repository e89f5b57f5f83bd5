//! Loads without `await`, and without a runtime.

use from_secrets::ErrorKind;
use from_secrets::source::Memory;

use crate::support::{Pocket, loader};

#[tokio::test]
async fn load_blocking_works_in_current_thread() {
    let memory = Memory::new()
        .with_secret("POCKET_KEY", "k")
        .with_secret("POCKET_TOKEN", "t");
    assert!(loader(&memory, &[]).load_blocking::<Pocket>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn load_blocking_works_in_multi_thread() {
    let memory = Memory::new()
        .with_secret("POCKET_KEY", "k")
        .with_secret("POCKET_TOKEN", "t");
    assert!(loader(&memory, &[]).load_blocking::<Pocket>().is_ok());
}

#[test]
fn async_load_outside_runtime_suggests_blocking() {
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
