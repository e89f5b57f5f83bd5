//! Blocking loads from many threads, from tasks of a driver, and while a driver does not respond.

use shuttle::thread;
use tokio::sync::oneshot;

use super::*;
use crate::sync::{explore, time};

/// Runs code in a task of the driver of the current load.
async fn in_task<T: Send + 'static>(code: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, result) = oneshot::channel();
    Handle::current().spawn(async move { drop(sender.send(code())) });
    result.await.expect("the driver runs its tasks")
}

/// A load that waits for its driver.
fn load(value: u32) -> Result<u32, Error> {
    run("Config", async move { Ok(in_task(move || value).await) })
}

#[test]
fn concurrent_loads_share_one_driver() {
    explore(|| {
        time::pass(false);
        let loads = [1, 2, 3].map(|value| thread::spawn(move || load(value)));
        let values = loads.map(|load| load.join().expect("the thread ends").unwrap());
        assert_eq!(values, [1, 2, 3]);
        assert_eq!(DRIVERS.with(|drivers| drivers.len()), 1);
    });
}

#[test]
fn nested_loads_never_wait_for_themselves() {
    explore(|| {
        time::pass(false);
        let nested = || in_task(|| run("Config", async { in_task(|| load(2)).await }));
        let outer = thread::spawn(move || run("Config", async move { nested().await }));
        assert_eq!(load(1).unwrap(), 1);
        assert_eq!(outer.join().expect("the thread ends").unwrap(), 2);
        let are_available =
            DRIVERS.with(|drivers| drivers.iter().all(|driver| driver.is_available()));
        assert!(are_available, "a driver is still marked as blocked");
    });
}

#[test]
fn unresponsive_driver_is_used_again() {
    explore(|| {
        time::pass(true);
        let driver = Driver::start(0).expect("the driver starts");
        // Loads that have waited for the longest time, while the driver responds.
        let loads = [(); 2].map(|()| {
            let driver = Arc::clone(&driver);
            thread::spawn(move || {
                let mut watch = DriverWatch::new(&driver);
                watch.unresponsive_time = MAX_UNRESPONSIVE;
                drop(watch.check(&driver));
            })
        });
        loads.map(|load| load.join().expect("the thread ends"));
        let mut waits = 0;
        while !driver.is_available() {
            waits += 1;
            assert!(waits < 1000, "the driver is never used again");
            thread::yield_now();
        }
    });
}
