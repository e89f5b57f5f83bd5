use super::*;

#[test]
fn system_clock_advances() {
    let (first, cheap) = (Clock::System.read(), Clock::System.cheap());
    std::thread::sleep(2 * RESOLUTION);
    let second = Clock::System.read();
    assert!(!first.is_simulated && !second.is_simulated);
    assert!(second.now.since(first.now) >= 2 * RESOLUTION);
    assert!(Clock::System.cheap() > cheap);
}

#[tokio::test(start_paused = true)]
async fn paused_clock_is_followed() {
    let first = Clock::System.read();
    tokio::time::advance(Duration::from_mins(10)).await;
    let second = Clock::System.read();
    assert!(first.is_simulated && second.is_simulated);
    let passed = second.now.since(first.now);
    assert!(passed.abs_diff(Duration::from_mins(10)) < Duration::from_mins(1));
}

#[test]
fn far_times_saturate() {
    let now = Clock::System.now();
    assert_eq!(now.after(Duration::MAX), Timestamp::NEVER);
    assert_eq!(now.since(Timestamp::NEVER), Duration::ZERO);
}

#[cfg(not(shuttle))]
#[test]
fn panicking_waker_does_not_stop_timers() {
    use std::sync::mpsc::{Sender, channel};

    const LONG: Duration = Duration::from_mins(1);

    struct PanickingWaker(Sender<()>);

    impl Wake for PanickingWaker {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
            std::panic::resume_unwind(Box::new(()));
        }
    }

    let (sender, woken) = channel();
    let waker = Waker::from(Arc::new(PanickingWaker(sender)));
    let mut first = Box::pin(sleep(Duration::from_millis(1), false));
    let polled = first.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    woken.recv_timeout(LONG).unwrap();
    let (sender, slept) = channel();
    std::thread::spawn(move || {
        crate::sync::block_on(sleep(Duration::from_millis(1), false));
        let _ = sender.send(());
    });
    slept.recv_timeout(LONG).unwrap();
}
