use std::sync::mpsc::channel;
use std::thread::{sleep, spawn as start};

#[cfg(feature = "live")]
use tokio::runtime;

use super::*;

const LONG: Duration = Duration::from_mins(1);

fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LONG, "the condition is never met");
        sleep(Duration::from_millis(1));
    }
}

/// Runs code on the driver's thread.
fn in_task<T: Send + 'static>(driver: &Driver, code: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, result) = channel();
    let task = async move { drop(sender.send(code())) };
    driver.runtime.spawn(task);
    result.recv_timeout(LONG).unwrap()
}

#[test]
fn idle_driver_is_shared() {
    let mut drivers = Vec::new();
    let first = driver_of(&mut drivers, 0).unwrap();
    let second = driver_of(&mut drivers, 0).unwrap();
    assert!(Arc::ptr_eq(&first, &second));
}

#[test]
fn nested_load_uses_higher_driver() {
    let mut drivers = Vec::new();
    let outer = driver_of(&mut drivers, 0).unwrap();
    let level = in_task(&outer, || LEVEL.get());
    let inner = driver_of(&mut drivers, level).unwrap();
    assert!(inner.level > outer.level);
    assert!(in_task(&inner, || LEVEL.get()) > inner.level);
}

#[test]
fn load_thread_inherits_level() {
    let driver = Driver::start(6).unwrap();
    let level = || async { Ok(LEVEL.get()) };
    assert_eq!(run("Config", level()).unwrap(), 0);
    let nested = in_task(&driver, move || run("Config", level()));
    assert_eq!(nested.unwrap(), 7);
}

#[test]
fn blocked_driver_is_avoided_until_released() {
    let mut drivers = Vec::new();
    let driver = driver_of(&mut drivers, 0).unwrap();
    let (release, released) = channel::<()>();
    let blocked = Arc::clone(&driver);
    let load = async move {
        let _ = released.recv();
        Ok(())
    };
    let nested = start(move || in_task(&blocked, || run("Config", load)));
    until(|| !driver.is_available());
    let other = driver_of(&mut drivers, 0).unwrap();
    assert!(!Arc::ptr_eq(&driver, &other));
    drop(release);
    nested.join().unwrap().unwrap();
    let again = driver_of(&mut drivers, 0).unwrap();
    assert!(Arc::ptr_eq(&driver, &again));
}

#[test]
fn silent_driver_is_unresponsive_until_pong() {
    let driver = Driver::start(0).unwrap();
    let (release, released) = channel::<()>();
    driver.runtime.spawn(async move { released.recv() });
    let mut watch = DriverWatch::new(&driver);
    let mut checks = 0;
    loop {
        watch.checked = Instant::now().checked_sub(TICK).unwrap();
        if watch.check(&driver).is_err() {
            break;
        }
        checks += 1;
    }
    assert_eq!(checks, MAX_UNRESPONSIVE.as_millis() / TICK.as_millis());
    assert!(!driver.is_available());
    drop(release);
    until(|| driver.is_available());
}

#[test]
fn short_load_sends_no_ping() {
    let driver = Driver::start(0).unwrap();
    let (release, released) = channel::<()>();
    driver.runtime.spawn(async move { released.recv() });
    let mut watch = DriverWatch::new(&driver);
    let is_pinged = || driver.is_pinged.load(Ordering::Acquire);
    // This thread can be suspended.
    watch.checked = Instant::now() + Duration::from_hours(1);
    watch.check(&driver).unwrap();
    assert!(!is_pinged());
    watch.checked = Instant::now().checked_sub(TICK).unwrap();
    watch.check(&driver).unwrap();
    assert!(is_pinged());
    drop(release);
}

/// The code of a future can consume the token of the thread.
#[test]
fn rung_alarm_never_parks() {
    let start = Instant::now();
    Alarm::new().wait(LONG);
    assert!(start.elapsed() < LONG);
}

#[test]
fn responsive_driver_passes_every_check() {
    let driver = Driver::start(0).unwrap();
    let mut watch = DriverWatch::new(&driver);
    for _ in 0..100 {
        watch.checked = Instant::now().checked_sub(TICK).unwrap();
        watch.check(&driver).unwrap();
        until(|| driver.pongs.load(Ordering::Acquire) > watch.pongs);
    }
}

#[test]
fn suspended_process_counts_one_tick() {
    assert_eq!(unresponsive_time(LONG, false), TICK);
}

#[test]
fn nested_load_extends_patience() {
    let patience =
        MAX_UNRESPONSIVE.as_millis() / unresponsive_time(TICK, true).as_millis() * TICK.as_millis();
    assert!(patience > Duration::from_secs(20).as_millis());
}

#[test]
fn panic_of_load_reaches_caller() {
    let panic = std::panic::catch_unwind(|| {
        let load = async { resume_unwind(Box::new("panic")) };
        run::<()>("Config", load)
    });
    let panic = panic.unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"panic"));
}

#[cfg(feature = "live")]
#[test]
fn spawned_future_runs_off_the_driver() {
    let (sender, results) = channel();
    let future = async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let name = current().name().map(str::to_owned);
        sender
            .send((name, is_background(&Handle::current())))
            .unwrap();
    };
    spawn(future).unwrap();
    let (name, is_background) = results.recv_timeout(LONG).unwrap();
    assert_eq!(name.as_deref(), Some("from-secrets-refresh"));
    assert!(is_background);
}

#[cfg(feature = "live")]
#[test]
fn other_runtime_is_not_background() {
    assert!(is_background(&background().unwrap()));
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    assert!(!is_background(runtime.handle()));
}
