//! Loading without `async`.
//!
//! A blocking load polls its future on a separate thread. Timers, sockets and spawned tasks run on another thread, the
//! *driver*, which is shared by all blocking loads of a process. User code can also run there: a custom source can
//! spawn a task that starts a blocking load or that never returns. Two rules prevent loads that wait forever:
//!
//! - Each driver has a level. Code on a driver's thread, and on threads that it starts through this module, uses only
//!   drivers of higher levels. So a load never waits for the thread that it blocks.
//! - A load that is still pending after [`TICK`] checks whether its driver responds. If the driver does not respond for
//!   [`MAX_UNRESPONSIVE`], the load fails, and later loads use another driver until this one responds again.

#[cfg(all(test, shuttle))]
mod interleavings;
mod runtime;

use std::cell::{Cell, OnceCell};
use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tracing::Instrument;

use self::runtime::{DriverRuntime, Handle};
use crate::error::Error;
use crate::per_process::PerProcess;
#[cfg(feature = "live")]
use crate::sync::thread::Builder;
use crate::sync::thread::{Thread, current, scope};
use crate::sync::time::{Instant, park_timeout};
use crate::sync::{AtomicBool, AtomicU64, Ordering, spawn_scoped, thread_local};

/// Runs a load to its end on a thread of its own, because a thread that already drives a runtime must not block on
/// another.
///
/// Returns an error if the driver stops responding: the load's own deadline is a timer, which no longer fires then.
/// Code that blocks while the load is polled, for example a `parse` function, cannot be interrupted.
pub(crate) fn run<T: Send>(
    subject: &'static str,
    load: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    let unable = |error: io::Error| {
        Error::runtime(
            subject,
            format!("no thread or runtime can be started: {error}"),
        )
    };
    let driver = driver().map_err(unable)?;
    let _blocked = BlockedDriver::enter();
    // The thread does not inherit the caller's span.
    let load = load.in_current_span();
    let level = LEVEL.with(Cell::get);
    scope(|scope| {
        let load = || {
            LEVEL.with(|cell| cell.set(level));
            let loaded = driver.complete(load);
            loaded.unwrap_or_else(|Unresponsive| Err(unresponsive(subject)))
        };
        let thread = spawn_scoped(scope, "from-secrets-load", load).map_err(unable)?;
        // A panic in user code, such as a `default` expression, continues in the caller.
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Runs a future to its end on a thread of its own, with the timers and sockets of a driver. Drops the future if the
/// driver stops responding.
#[cfg(feature = "live")]
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let driver = driver()?;
    let level = LEVEL.with(Cell::get);
    let work = move || {
        LEVEL.with(|cell| cell.set(level));
        // If the future is dropped, its channels close, which ends the wait for its result.
        let _ = driver.complete(future);
    };
    let thread = Builder::new().name("from-secrets-refresh".to_owned());
    thread.spawn(work).map(drop)
}

/// Returns the runtime of a driver that does not run on the current thread.
#[cfg(all(feature = "live", not(shuttle)))]
pub(crate) fn background() -> io::Result<Handle> {
    driver().map(|driver| driver.runtime.clone())
}

/// Returns whether a runtime is the one of a driver.
#[cfg(all(feature = "live", not(shuttle)))]
pub(crate) fn is_background(runtime: &Handle) -> bool {
    let is_same = |driver: &Arc<Driver>| driver.runtime.id() == runtime.id();
    DRIVERS.with(|drivers| drivers.iter().any(is_same))
}

fn unresponsive(subject: &'static str) -> Error {
    let message = format!(
        "the background thread of blocking loads did not respond for {MAX_UNRESPONSIVE:?}; use \
         `tokio::task::spawn_blocking` for code that blocks in tasks of a custom source"
    );
    Error::runtime(subject, message)
}

/// The drivers of the process: one, plus those for nested loads and those that replace an unresponsive driver.
static DRIVERS: PerProcess<Vec<Arc<Driver>>> = PerProcess::new();

thread_local! {
    /// The lowest level of a driver that the current thread can wait for.
    static LEVEL: Cell<u32> = const { Cell::new(0) };
    /// The driver that runs on the current thread.
    static CURRENT: OnceCell<Arc<Driver>> = const { OnceCell::new() };
}

/// Returns a driver that the current thread can wait for. Starts one if all are blocked.
fn driver() -> io::Result<Arc<Driver>> {
    let level = LEVEL.with(Cell::get);
    DRIVERS.with(|drivers| driver_of(drivers, level))
}

fn driver_of(drivers: &mut Vec<Arc<Driver>>, level: u32) -> io::Result<Arc<Driver>> {
    let is_usable = |driver: &&Arc<Driver>| driver.level >= level && driver.is_available();
    if let Some(driver) = drivers.iter().find(is_usable) {
        return Ok(Arc::clone(driver));
    }
    let driver = Driver::start(level)?;
    drivers.push(Arc::clone(&driver));
    Ok(driver)
}

/// A thread that drives the timers, sockets and tasks of one runtime.
///
/// It lives as long as the process. Connections stay open from load to load, and a load does not wait for unfinished
/// work, such as a DNS lookup.
struct Driver {
    runtime: Handle,
    level: u32,
    /// Whether a load that started on the driver's thread blocks that thread. Such a load ends at its own deadline.
    runs_load: AtomicBool,
    is_unresponsive: AtomicBool,
    /// Whether a ping was sent that the driver has not processed yet.
    is_pinged: AtomicBool,
    /// The number of pings that the driver has processed.
    pongs: AtomicU64,
}

/// The driver stopped responding, so timers no longer fire.
#[derive(Debug)]
struct Unresponsive;

impl Driver {
    fn start(level: u32) -> io::Result<Arc<Self>> {
        let runtime = DriverRuntime::new()?;
        let driver = Arc::new(Self {
            runtime: runtime.handle(),
            level,
            runs_load: AtomicBool::new(false),
            is_unresponsive: AtomicBool::new(false),
            is_pinged: AtomicBool::new(false),
            pongs: AtomicU64::new(0),
        });
        let current = Arc::clone(&driver);
        runtime.start(move || {
            LEVEL.with(|cell| cell.set(level.saturating_add(1)));
            CURRENT.with(|cell| drop(cell.set(current)));
        })?;
        Ok(driver)
    }

    fn is_available(&self) -> bool {
        !self.runs_load.load(Ordering::Acquire) && !self.is_unresponsive.load(Ordering::Acquire)
    }

    /// Polls a future on the current thread until it completes, or until the driver stops responding.
    fn complete<F: Future>(self: &Arc<Self>, future: F) -> Result<F::Output, Unresponsive> {
        let _context = self.runtime.enter();
        let mut future = pin!(future);
        let alarm = Arc::new(Alarm::new());
        let waker = Waker::from(Arc::clone(&alarm));
        let mut watch = DriverWatch::new(self);
        loop {
            if alarm.is_rung.swap(false, Ordering::AcqRel)
                && let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker))
            {
                return Ok(output);
            }
            alarm.wait(TICK);
            watch.check(self)?;
        }
    }

    /// Sends a ping, unless one is on its way.
    fn ping(self: &Arc<Self>) {
        if self.is_pinged.swap(true, Ordering::AcqRel) {
            return;
        }
        let driver = Arc::clone(self);
        self.runtime.spawn(async move {
            // This comes first, so that a load that marks the driver as unresponsive right now sends another ping.
            driver.is_pinged.swap(false, Ordering::AcqRel);
            driver.is_unresponsive.store(false, Ordering::Release);
            driver.pongs.fetch_add(1, Ordering::AcqRel);
        });
    }
}

/// Marks the current thread's driver as blocked by a load.
struct BlockedDriver(Arc<Driver>);

impl BlockedDriver {
    /// Returns `None` if the current thread is not a driver's. A driver's thread starts one load at a time.
    fn enter() -> Option<Self> {
        let driver = CURRENT.try_with(|driver| driver.get().map(Arc::clone));
        let driver = driver.ok().flatten()?;
        driver.runs_load.store(true, Ordering::Release);
        Some(Self(driver))
    }
}

impl Drop for BlockedDriver {
    fn drop(&mut self) {
        self.0.runs_load.store(false, Ordering::Release);
    }
}

/// Wakes a thread that polls a future. The future's code can consume the thread's `unpark` token, so the flag decides.
struct Alarm {
    thread: Thread,
    is_rung: AtomicBool,
}

impl Alarm {
    /// Returns an alarm for the current thread that has rung, so that the future is polled once.
    fn new() -> Self {
        Self {
            thread: current(),
            is_rung: AtomicBool::new(true),
        }
    }

    fn wait(&self, longest: Duration) {
        if !self.is_rung.load(Ordering::Acquire) {
            park_timeout(longest);
        }
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// The interval at which a pending load checks its driver. Shorter loads send no ping.
const TICK: Duration = Duration::from_millis(250);

/// How long a driver can leave a ping unprocessed.
const MAX_UNRESPONSIVE: Duration = Duration::from_secs(2);

/// The factor by which a driver can be silent longer while a nested load blocks it, which ends at its own deadline.
const LOAD_ALLOWANCE: u32 = 15;

/// Measures how long a driver has been silent.
struct DriverWatch {
    unresponsive_time: Duration,
    pongs: u64,
    checked: Instant,
}

impl DriverWatch {
    fn new(driver: &Driver) -> Self {
        Self {
            unresponsive_time: Duration::ZERO,
            pongs: driver.pongs.load(Ordering::Acquire),
            checked: Instant::now(),
        }
    }

    /// Fails if the driver has been silent for too long.
    fn check(&mut self, driver: &Arc<Driver>) -> Result<(), Unresponsive> {
        let elapsed = self.checked.elapsed();
        if elapsed < TICK {
            return Ok(());
        }
        self.checked = Instant::now();
        let pongs = driver.pongs.load(Ordering::Acquire);
        if pongs != self.pongs {
            self.pongs = pongs;
            self.unresponsive_time = Duration::ZERO;
        }
        driver.ping();
        self.unresponsive_time +=
            unresponsive_time(elapsed, driver.runs_load.load(Ordering::Acquire));
        if self.unresponsive_time <= MAX_UNRESPONSIVE {
            return Ok(());
        }
        driver.is_unresponsive.store(true, Ordering::Release);
        // If the last ping was processed just now, another one makes the driver available again.
        driver.ping();
        Err(Unresponsive)
    }
}

/// Returns the time that a check adds to a driver's unresponsive time. If the process was suspended, more time has
/// elapsed, but the driver could not use it.
fn unresponsive_time(elapsed: Duration, runs_load: bool) -> Duration {
    let allowance = if runs_load { LOAD_ALLOWANCE } else { 1 };
    elapsed.min(TICK) / allowance
}

#[cfg(all(test, not(shuttle)))]
mod tests;
