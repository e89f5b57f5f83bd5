//! Blocking loads that start within other loads, and blocking loads while a background thread is blocked.
#![cfg(feature = "derive")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use from_secrets::source::{
    FetchContext, FetchFuture, Memory, SecretRequest, SecretSource, Source,
};
use from_secrets::{Error, ErrorKind, FromSecrets, Loader};
use tokio::runtime::Handle;

#[derive(FromSecrets)]
#[secrets(debug)]
struct Config {
    #[secret("API_TOKEN")]
    token: String,
}

#[derive(FromSecrets)]
struct Parsed {
    #[secret("API_TOKEN", parse = parse_with_nested_load)]
    token: String,
}

#[derive(FromSecrets)]
struct Defaulted {
    #[secret("API_KEY", default = delayed().load_blocking::<Config>().unwrap().token)]
    key: String,
}

fn parse_with_nested_load(text: &str) -> Result<String, Error> {
    let nested = delayed().load_blocking::<Config>()?;
    Ok(format!("{text}, {}", nested.token))
}

/// The work that a [`Worker`] performs before it returns its secrets.
type Work = Arc<dyn Fn() + Send + Sync>;

/// A source that runs code in a task of the current runtime, and waits for the task and for a timer.
struct Worker(Work);

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Worker")
    }
}

impl SecretSource for Worker {
    fn name(&self) -> &'static str {
        "worker"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        let work = Arc::clone(&self.0);
        Box::pin(async move {
            tokio::spawn(async move { work() }).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
            memory().fetch(requests, context).await
        })
    }
}

fn memory() -> Memory {
    Memory::new().with_secret("API_TOKEN", "t")
}

fn loader(work: impl Fn() + Send + Sync + 'static) -> Loader {
    Loader::new().source(Worker(Arc::new(work))).timeout(LONG)
}

/// A loader whose source needs a thread that drives tasks and timers.
fn delayed() -> Loader {
    loader(|| ())
}

const LONG: Duration = Duration::from_mins(1);

/// Background threads belong to the process, so only one test uses them at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs code on another thread. Fails if it does not return.
fn ends<T: Send + 'static>(code: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, result) = channel();
    thread::spawn(move || drop(sender.send(code())));
    result
        .recv_timeout(2 * LONG)
        .expect("the code hangs or panics")
}

/// Loads with a source whose task loads with a source whose task loads, and so on.
fn nested(depth: u32) -> Loader {
    match depth {
        0 => delayed(),
        _ => loader(move || {
            let nested = nested(depth - 1).load_blocking::<Config>();
            assert_eq!(nested.unwrap().token, "t");
        }),
    }
}

#[test]
fn nested_load_in_task_ends() {
    let _alone = alone();
    let config = ends(|| nested(1).load_blocking::<Config>());
    assert_eq!(config.unwrap().token, "t");
}

#[test]
fn deeply_nested_load_in_task_ends() {
    let _alone = alone();
    let config = ends(|| nested(3).load_blocking::<Config>());
    assert_eq!(config.unwrap().token, "t");
}

#[test]
fn nested_load_in_parse_ends() {
    let _alone = alone();
    let parsed = ends(|| delayed().load_blocking::<Parsed>());
    assert_eq!(parsed.unwrap().token, "t, t");
}

#[test]
fn nested_load_in_default_ends() {
    let _alone = alone();
    let defaulted = ends(|| delayed().load_blocking::<Defaulted>());
    assert_eq!(defaulted.unwrap().key, "t");
}

/// Loads a struct in a task, so that its fields are decoded on the thread that runs the task.
fn loads_in_task<T: FromSecrets + Send + 'static>() -> Result<Config, Error> {
    let (sender, loaded) = channel();
    let outer = loader(move || {
        let sender = sender.clone();
        tokio::spawn(async move {
            let loaded = delayed().load::<T>().await;
            sender.send(loaded.is_ok()).unwrap();
        });
    });
    let config = outer.load_blocking::<Config>();
    assert!(loaded.recv_timeout(LONG).unwrap());
    config
}

#[test]
fn parse_nested_load_ends_in_task() {
    let _alone = alone();
    assert!(ends(loads_in_task::<Parsed>).is_ok());
}

#[test]
fn default_nested_load_ends_in_task() {
    let _alone = alone();
    assert!(ends(loads_in_task::<Defaulted>).is_ok());
}

/// A source that blocks the thread that runs the tasks of the current runtime, and waits for nothing.
#[derive(Debug)]
struct Blocker {
    started: Sender<Handle>,
    released: Mutex<Option<Receiver<()>>>,
}

impl SecretSource for Blocker {
    fn name(&self) -> &'static str {
        "blocker"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        let started = self.started.clone();
        let released = self.released.lock().unwrap().take().unwrap();
        tokio::spawn(async move {
            started.send(Handle::current()).unwrap();
            released.recv()
        });
        Box::pin(async move { memory().fetch(requests, context).await })
    }
}

/// A background thread that is blocked until this is dropped.
struct Blocked {
    runtime: Handle,
    release: Option<Sender<()>>,
}

impl Blocked {
    fn start() -> Self {
        let (release, released) = channel();
        let (started, has_started) = channel();
        let released = Mutex::new(Some(released));
        let blocker = Source::from(Blocker { started, released });
        let load = move || Loader::new().source(blocker).load_blocking::<Config>();
        assert!(ends(load).is_ok());
        Self {
            runtime: has_started.recv_timeout(LONG).unwrap(),
            release: Some(release),
        }
    }
}

impl Drop for Blocked {
    /// Waits until the thread has run all tasks, so that the next test finds it responsive.
    fn drop(&mut self) {
        drop(self.release.take());
        let (sender, is_idle) = channel();
        self.runtime.spawn(async move { sender.send(()) });
        let is_idle = is_idle.recv_timeout(LONG);
        assert!(thread::panicking() || is_idle.is_ok());
    }
}

#[test]
fn blocked_background_thread_is_replaced() {
    let _alone = alone();
    let _blocked = Blocked::start();
    let load = || ends(|| delayed().load_blocking::<Config>());
    let error = load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert!(error.to_string().contains("did not respond"), "{error}");
    assert_eq!(load().unwrap().token, "t");
}

/// Loads, and returns the thread that ran the source's task.
fn background_thread() -> Result<ThreadId, Error> {
    let (sender, thread) = channel();
    let load = loader(move || sender.send(thread::current().id()).unwrap());
    ends(move || load.load_blocking::<Config>())?;
    Ok(thread.recv_timeout(LONG).unwrap())
}

#[test]
fn released_background_thread_is_reused() {
    let _alone = alone();
    let before = background_thread().unwrap();
    let blocked = Blocked::start();
    background_thread().unwrap_err();
    let replacement = background_thread().unwrap();
    assert_ne!(replacement, before);
    drop(blocked);
    assert_eq!(background_thread().unwrap(), before);
}

#[test]
fn concurrent_loads_replace_blocked_thread() {
    let _alone = alone();
    let _blocked = Blocked::start();
    let load = || ends(|| delayed().load_blocking::<Config>().map(drop));
    let threads: Vec<_> = (0..8).map(|_| thread::spawn(load)).collect();
    for thread in threads {
        if let Err(error) = thread.join().unwrap() {
            assert_eq!(error.kind(), ErrorKind::Runtime);
        }
    }
    assert!(load().is_ok());
}

#[test]
fn memory_load_ignores_blocked_thread() {
    let _alone = alone();
    let _blocked = Blocked::start();
    let config = ends(|| Loader::new().source(memory()).load_blocking::<Config>());
    assert_eq!(config.unwrap().token, "t");
}

/// A source that never responds.
#[derive(Debug)]
struct Hanging;

impl SecretSource for Hanging {
    fn name(&self) -> &'static str {
        "hanging"
    }

    fn fetch<'a>(
        &'a self,
        _requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(std::future::pending())
    }
}

fn hanging() -> Loader {
    let loader = Loader::new().source(Hanging);
    loader.timeout(Duration::from_millis(1))
}

#[test]
fn hanging_source_fails_at_the_deadline() {
    let _alone = alone();
    let error = ends(|| hanging().load_blocking::<Config>()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fields);
}

#[test]
fn hanging_source_fails_behind_blocked_thread() {
    let _alone = alone();
    let _blocked = Blocked::start();
    let load = || ends(|| hanging().load_blocking::<Config>()).unwrap_err();
    assert_eq!(load().kind(), ErrorKind::Runtime);
    assert_eq!(load().kind(), ErrorKind::Fields);
}

#[test]
fn panic_in_default_reaches_the_caller() {
    #[derive(FromSecrets)]
    struct Panicking {
        #[secret("API_KEY", default = panic!("a panic of the test"))]
        _key: String,
    }
    let _alone = alone();
    let message = ends(|| {
        let load = AssertUnwindSafe(|| delayed().load_blocking::<Panicking>());
        let panic = catch_unwind(load).map(|_| ()).unwrap_err();
        panic.downcast_ref::<&str>().copied()
    });
    assert_eq!(message, Some("a panic of the test"));
}

#[test]
fn concurrent_loads_all_end() {
    let _alone = alone();
    let loads = || ends(|| delayed().load_blocking::<Config>().is_ok());
    let threads: Vec<_> = (0..64).map(|_| thread::spawn(loads)).collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}
