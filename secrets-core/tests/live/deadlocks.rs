//! Code of the application that a refresh runs can use the struct.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use from_secrets::live::RefreshOutcome;
use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader};

use crate::events::on_event;
use crate::support::{Config, Secrets, bounded, current_thread, eventually, multi_thread};

const INSTANT: Duration = Duration::from_nanos(1);

fn own() -> (Secrets, Live<Config>) {
    let secrets = Secrets::new();
    let live = secrets.live().min_refresh_interval(INSTANT);
    let live = live.background_refresh(false).load_blocking().unwrap();
    (secrets, live)
}

/// Calls a function when it is woken.
struct Calls<F>(F);

impl<F: Fn() + Send + Sync> Wake for Calls<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

fn waker(call: impl Fn() + Send + Sync + 'static) -> Waker {
    Waker::from(Arc::new(Calls(call)))
}

#[test]
fn wakers_can_use_the_struct() {
    bounded(|| {
        let (secrets, live) = own();
        let used = Arc::new(AtomicUsize::new(0));
        let mut changes = live.subscribe();
        let mut waiting = pin!(changes.changed());
        let waker = waker({
            let (live, used) = (live.clone(), Arc::clone(&used));
            move || {
                assert_eq!(live.status().failures(), 0);
                assert_eq!(live.get().unwrap().token, "token 2");
                // It may return an error, because the refresh waits for wakers.
                drop(live.refresh_blocking());
                live.get_fresh_blocking().unwrap();
                used.fetch_add(1, Ordering::SeqCst);
            }
        });
        assert!(
            waiting
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        let _secrets = secrets.token("token 2");
        assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Changed);
        eventually("the waker runs", || used.load(Ordering::SeqCst) == 1);
        assert!(
            waiting
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        );
    });
}

#[test]
fn panicking_waker_keeps_others_awake() {
    bounded(|| {
        let (secrets, live) = own();
        let mut broken = live.subscribe();
        let mut broken = pin!(broken.changed());
        let waker = waker(|| panic!("the waker of a test panics"));
        assert!(
            broken
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        let mut changes = live.subscribe();
        let woken = Arc::new(AtomicBool::new(false));
        let mut waiting = pin!(changes.changed());
        let waker = self::waker({
            let woken = Arc::clone(&woken);
            move || woken.store(true, Ordering::SeqCst)
        });
        assert!(
            waiting
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        let _secrets = secrets.token("token 2");
        assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Changed);
        eventually("the other task is woken", || woken.load(Ordering::SeqCst));
    });
}

/// A field that uses the struct when it is dropped.
struct Probe {
    text: String,
    live: &'static OnceLock<Live<Witnessed>>,
    dropped: &'static AtomicUsize,
}

#[derive(FromSecrets)]
struct Witnessed {
    #[secret("API_TOKEN", parse = probe)]
    token: Probe,
}

static WITNESSED: OnceLock<Live<Witnessed>> = OnceLock::new();
static DROPPED: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::unnecessary_wraps, reason = "`parse` requires a result")]
fn probe(text: &str) -> Result<Probe, Infallible> {
    Ok(Probe {
        text: text.to_owned(),
        live: &WITNESSED,
        dropped: &DROPPED,
    })
}

impl Drop for Probe {
    fn drop(&mut self) {
        if let Some(live) = self.live.get() {
            assert!(!live.status().is_stale());
            drop(live.get().unwrap());
        }
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn dropped_fields_can_use_the_struct() {
    bounded(|| {
        let memory = Memory::new().with_secret("API_TOKEN", "token 1");
        let loader = Loader::new().source(memory.clone());
        let live = Live::<Witnessed>::builder().loader(loader);
        let live = live.min_refresh_interval(INSTANT).load_blocking().unwrap();
        let live = WITNESSED.get_or_init(|| live);
        // One that is not used, and one that is replaced.
        live.refresh_blocking().unwrap();
        eventually("the new value is dropped", || {
            DROPPED.load(Ordering::SeqCst) == 1
        });
        let _memory = memory.with_secret("API_TOKEN", "token 2");
        live.refresh_blocking().unwrap();
        eventually("the old value is dropped", || {
            DROPPED.load(Ordering::SeqCst) == 2
        });
        assert_eq!(live.get().unwrap().token.text, "token 2");
    });
}

#[test]
fn tracing_subscriber_can_use_the_struct() {
    #[derive(FromSecrets)]
    struct Traced {
        #[secret("API_TOKEN")]
        token: String,
    }
    static LIVE: OnceLock<Live<Traced>> = OnceLock::new();
    static EVENTS: AtomicUsize = AtomicUsize::new(0);
    bounded(|| {
        on_event("Traced", |_| {
            if let Some(live) = LIVE.get() {
                let _status = live.status();
                drop(live.get().unwrap());
                EVENTS.fetch_add(1, Ordering::SeqCst);
            }
        });
        let memory = Memory::new().with_secret("API_TOKEN", "token 1");
        let loader = Loader::new().source(memory.clone());
        let live = Live::<Traced>::builder().loader(loader);
        let live = live.min_refresh_interval(INSTANT).load_blocking().unwrap();
        let live = LIVE.get_or_init(|| live);
        let fails = |_: &String| -> Result<(), &str> { Err("a function of a test fails") };
        let is_first = AtomicBool::new(true);
        let derived = from_secrets::project!(live, token).try_map(move |token: &String| {
            if is_first.swap(false, Ordering::SeqCst) {
                return Ok(());
            }
            fails(token)
        });
        live.refresh_blocking().unwrap();
        memory.set_secret("API_TOKEN", "token 2");
        live.refresh_blocking().unwrap();
        let memory = memory.with_outage(from_secrets::source::SourceErrorKind::Internal);
        live.refresh_blocking().unwrap_err();
        memory.recover();
        live.refresh_blocking().unwrap();
        assert!(derived.unwrap().last_error().is_some());
        // Unchanged, changed, failed, recovered.
        eventually("each refresh is logged", || {
            EVENTS.load(Ordering::SeqCst) >= 4
        });
        assert_eq!(live.get().unwrap().token, "token 2");
    });
}

#[test]
fn live_snapshots_do_not_block_changes() {
    bounded(|| {
        let (mut secrets, live) = own();
        let mut stored = Vec::new();
        for i in 2..100 {
            secrets = secrets.token(&format!("token {i}"));
            assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Changed);
            stored.push((live.get().unwrap(), live.status(), i));
        }
        for (snapshot, _, i) in &stored {
            assert_eq!(snapshot.token, format!("token {i}"));
        }
    });
}

#[test]
fn threads_use_everything_during_changes() {
    bounded(|| {
        let (mut secrets, live) = own();
        let stop = Arc::new(AtomicBool::new(false));
        let users: Vec<_> = (0..8)
            .map(|i| {
                let (live, stop) = (live.clone(), Arc::clone(&stop));
                thread::spawn(move || {
                    let mut changes = live.subscribe();
                    while !stop.load(Ordering::SeqCst) {
                        let stored = live.get().unwrap();
                        let _status = live.status();
                        match i % 4 {
                            0 => drop(live.refresh_blocking().unwrap()),
                            1 => drop(live.get_fresh_blocking().unwrap()),
                            2 => drop(from_secrets::project!(live, token).map(String::clone)),
                            _ => drop(changes.changed_blocking().unwrap()),
                        }
                        assert!(stored.token.starts_with("token"));
                    }
                })
            })
            .collect();
        for i in 0..200 {
            secrets = secrets.token(&format!("token {i}"));
            live.refresh_blocking().unwrap();
            assert_eq!(live.get().unwrap().token, format!("token {i}"));
        }
        stop.store(true, Ordering::SeqCst);
        while !users.iter().all(thread::JoinHandle::is_finished) {
            secrets = secrets.token(&format!("token {:?}", std::time::Instant::now()));
            live.refresh_blocking().unwrap();
        }
        for user in users {
            user.join().unwrap();
        }
    });
}

#[derive(FromSecrets)]
struct Inner {
    #[secret("INNER")]
    inner: String,
}

fn inner() -> String {
    let memory = Memory::new().with_secret("INNER", "inner");
    let loader = Loader::new().source(memory);
    loader.load_blocking::<Inner>().unwrap().inner
}

#[expect(clippy::unnecessary_wraps, reason = "`parse` requires a result")]
fn parse_with_load(text: &str) -> Result<String, Infallible> {
    Ok(format!("{text} {}", inner()))
}

#[derive(FromSecrets)]
struct Outer {
    #[secret("API_TOKEN", parse = parse_with_load)]
    token: String,
    #[secret("ABSENT", default = inner())]
    other: String,
}

#[test]
fn fields_can_load_during_refreshes() {
    bounded(|| {
        let memory = Memory::new().with_secret("API_TOKEN", "token 1");
        let loader = Loader::new().source(memory.clone());
        let builder = || {
            Live::<Outer>::builder()
                .loader(loader.clone())
                .min_refresh_interval(INSTANT)
        };
        let (one, many) = (current_thread(), multi_thread());
        let lives = [
            builder().load_blocking().unwrap(),
            one.block_on(builder().load()).unwrap(),
            many.block_on(builder().load()).unwrap(),
        ];
        for (i, live) in lives.iter().enumerate() {
            let token = format!("token {}", i + 2);
            memory.set_secret("API_TOKEN", &token);
            let refreshed = match i {
                0 => live.refresh_blocking(),
                1 => one.block_on(live.refresh()),
                _ => many.block_on(live.refresh()),
            };
            assert_eq!(refreshed.unwrap(), RefreshOutcome::Changed);
            let outer = live.get().unwrap();
            assert_eq!(outer.token, format!("{token} inner"));
            assert_eq!(outer.other, "inner");
        }
    });
}
