//! A struct, and secrets that a test can rotate, break and slow down.

use std::future::{Future, pending};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use from_secrets::live::LiveBuilder;
use from_secrets::source::{FetchContext, FetchFuture, Memory, SecretRequest, SecretSource};
use from_secrets::{FromSecrets, Live, Loader};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

#[derive(FromSecrets)]
#[secrets(debug)]
pub(crate) struct Config {
    #[secret("API_TOKEN")]
    pub(crate) token: String,
    #[secret(flatten)]
    pub(crate) database: Database,
}

#[derive(FromSecrets)]
#[secrets(name = "prod/db", debug)]
pub(crate) struct Database {
    pub(crate) password: String,
    pub(crate) port: u16,
    pub(crate) replica: Option<String>,
}

/// Secrets that a test can change during loads.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    memory: Memory,
    delay: Arc<AtomicU64>,
    loads: Arc<Mutex<Vec<Instant>>>,
    fresh: Arc<Mutex<Vec<bool>>>,
    on_demand: Arc<Mutex<Vec<bool>>>,
    obstacle: Arc<Mutex<Obstacle>>,
}

/// A reason why a source does not return a result.
#[derive(Clone, Debug, Default)]
pub(crate) enum Obstacle {
    #[default]
    Absent,
    /// Blocks the thread until the gate opens.
    Blocks(Gate),
    /// Returns a future that is never woken.
    NeverWakes,
    Panics,
}

impl Secrets {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::new(),
            delay: Arc::default(),
            loads: Arc::default(),
            fresh: Arc::default(),
            on_demand: Arc::default(),
            obstacle: Arc::default(),
        }
        .token("token 1")
        .database(r#"{"password": "password 1", "port": "5432"}"#)
    }

    pub(crate) fn token(self, text: &str) -> Self {
        self.put("API_TOKEN", text)
    }

    pub(crate) fn database(self, json: &str) -> Self {
        self.put("prod/db", json)
    }

    fn put(self, name: &str, text: &str) -> Self {
        self.memory.set_secret(name, text);
        self
    }

    /// Delays each response from now on.
    pub(crate) fn delay(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap();
        self.delay.store(millis, Ordering::SeqCst);
    }

    pub(crate) fn obstruct(&self, obstacle: Obstacle) {
        *self.obstacle.lock().unwrap() = obstacle;
    }

    pub(crate) fn fail(&self, cause: from_secrets::source::SourceErrorKind) {
        self.memory.set_outage(cause);
    }

    pub(crate) fn recover(&self) {
        self.memory.recover();
    }

    /// Returns whether each load was a refresh on demand.
    pub(crate) fn on_demand(&self) -> Vec<bool> {
        self.on_demand.lock().unwrap().clone()
    }

    /// Returns whether each load bypassed caches.
    pub(crate) fn fresh(&self) -> Vec<bool> {
        self.fresh.lock().unwrap().clone()
    }

    /// Returns the time of each load's request.
    pub(crate) fn loads(&self) -> Vec<Instant> {
        self.loads.lock().unwrap().clone()
    }

    pub(crate) fn load_count(&self) -> usize {
        self.loads().len()
    }

    /// Returns the times between loads.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        let loads = self.loads();
        loads.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    pub(crate) fn loader(&self) -> Loader {
        Loader::new().source(self.clone())
    }

    pub(crate) fn live(&self) -> LiveBuilder<Config> {
        Live::builder().loader(self.loader())
    }

    /// Loads the struct with settings.
    pub(crate) async fn load_live(
        &self,
        set: impl FnOnce(LiveBuilder<Config>) -> LiveBuilder<Config>,
    ) -> Live<Config> {
        set(self.live()).load().await.unwrap()
    }
}

impl SecretSource for Secrets {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        self.loads.lock().unwrap().push(Instant::now());
        self.fresh.lock().unwrap().push(context.bypasses_cache());
        let is_on_demand = context.is_on_demand();
        self.on_demand.lock().unwrap().push(is_on_demand);
        let obstacle = self.obstacle.lock().unwrap().clone();
        Box::pin(async move {
            match obstacle {
                Obstacle::Absent => {}
                Obstacle::Blocks(gate) => assert!(gate.pass(), "the gate stays closed"),
                Obstacle::NeverWakes => pending().await,
                Obstacle::Panics => panic!("the source of a test panics"),
            }
            let responses = self.memory.fetch(requests, context).await;
            let delay = Duration::from_millis(self.delay.load(Ordering::SeqCst));
            if !delay.is_zero() {
                sleep(delay).await;
            }
            responses
        })
    }
}

pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(crate) const MINUTE: Duration = secs(60);

/// Blocks threads until it is opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Debug, Default)]
struct GateState {
    is_open: bool,
    /// The number of threads that have arrived.
    arrived: usize,
}

impl Gate {
    /// Waits until it opens. Returns `false` after a limit, so that a failing test ends.
    pub(crate) fn pass(&self) -> bool {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.arrived += 1;
        changed.notify_all();
        let passed = changed.wait_timeout_while(state, LIMIT, |state| !state.is_open);
        passed.unwrap().0.is_open
    }

    pub(crate) fn open(&self) {
        let (state, changed) = &*self.0;
        state.lock().unwrap().is_open = true;
        changed.notify_all();
    }

    pub(crate) fn arrived(&self) -> usize {
        self.0.0.lock().unwrap().arrived
    }

    /// Waits until a thread arrives.
    pub(crate) fn wait_for_arrival(&self) {
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap();
        let waited = changed.wait_timeout_while(state, LIMIT, |state| state.arrived == 0);
        assert!(waited.unwrap().0.arrived > 0, "no thread arrives");
    }
}

/// A limit that is far longer than any step of a test.
pub(crate) const LIMIT: Duration = secs(120);

/// Runs code on a thread, and fails if it does not end.
pub(crate) fn bounded<R: Send + 'static>(code: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, result) = channel();
    let thread = std::thread::spawn(move || drop(sender.send(code())));
    match result.recv_timeout(LIMIT) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("the code does not end"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().expect_err("the thread panicked"))
        }
    }
}

/// Waits in real time until another thread has done its part.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LIMIT, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a future without any runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub(crate) fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
