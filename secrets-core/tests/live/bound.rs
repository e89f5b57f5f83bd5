//! No struct older than `max_stale` is returned without an error, and a healthy service never sees one.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as RealInstant};

use from_secrets::live::TestClock;
use from_secrets::source::{Memory, SourceErrorKind};
use from_secrets::{FromSecrets, Live, Loader, project};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

use crate::events::collect;
use crate::support::{
    Gate, MINUTE, Obstacle, Secrets, block_on, bounded, current_thread, eventually, multi_thread,
    secs,
};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test(start_paused = true)]
async fn access_returns_soon_after_long_outage() {
    for (ttl, background) in [
        (5 * MINUTE, true),
        (HOUR, true),
        (HOUR, false),
        (secs(30), true),
    ] {
        {
            let secrets = Secrets::new();
            let live = secrets
                .load_live(|live| live.ttl(ttl).background_refresh(background))
                .await;
            secrets.fail(SourceErrorKind::Unreachable);
            for _ in 0..30 * 60 {
                sleep(MINUTE).await;
                let _ = live.get();
            }
            assert!(live.get().is_err() && live.status().is_stale());
            secrets.recover();
            let start = Instant::now();
            while live.get().is_err() {
                sleep(secs(1)).await;
            }
            assert!(
                start.elapsed() <= secs(32),
                "{ttl:?}: {:?}",
                start.elapsed()
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn fleet_past_bound_is_no_storm() {
    let secrets = Secrets::new();
    let mut lives = Vec::new();
    for _ in 0..20 {
        lives.push(secrets.live().ttl(HOUR).load().await.unwrap());
    }
    secrets.fail(SourceErrorKind::Unreachable);
    sleep(25 * HOUR).await;
    let (before, minutes) = (secrets.load_count(), 10);
    sleep(minutes * MINUTE).await;
    let requests = secrets.load_count() - before;
    // Each one sends a request every 15 to 30 seconds.
    assert!((20 * 20..=20 * 41).contains(&requests), "{requests}");
    let mut most = 0;
    let loads = secrets.loads();
    let late = &loads[before..];
    for (i, first) in late.iter().enumerate() {
        let within = late[i..]
            .iter()
            .take_while(|load| **load - *first < secs(1))
            .count();
        most = most.max(within);
    }
    assert!(most < 15, "{most} of 20 in one second");
}

#[tokio::test(start_paused = true)]
async fn shortest_bound_never_fails_healthy_service() {
    for (jitter, millis) in [(0.0, 0), (0.2, 5_000), (0.9, 9_900), (0.0, 9_900)] {
        for background in [true, false] {
            let secrets = Secrets::new();
            let live = secrets
                .load_live(|live| {
                    live.ttl(MINUTE)
                        .max_stale(MINUTE + secs(20))
                        .jitter(jitter)
                        .background_refresh(background)
                })
                .await;
            secrets.delay(Duration::from_millis(millis));
            for _ in 0..4 * 3_600 {
                sleep(Duration::from_millis(250)).await;
                assert!(live.get().is_ok(), "{jitter} {millis} {background}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn status_and_access_agree_on_age() {
    let secrets = Secrets::new();
    let clock = TestClock::new();
    let live = secrets
        .live()
        .ttl(MINUTE)
        .max_stale(2 * MINUTE)
        .background_refresh(false);
    let live = live.clock(&clock).load().await.unwrap();
    secrets.fail(SourceErrorKind::Internal);
    for _ in 0..400 {
        clock.advance(Duration::from_millis(499));
        assert_eq!(live.status().is_stale(), live.get().is_err());
        assert_eq!(
            live.status().is_stale(),
            project!(live, token).get().is_err()
        );
        assert_eq!(live.status().is_stale(), live.get_fresh().await.is_err());
    }
    assert!(live.status().is_stale());
}

#[tokio::test(start_paused = true)]
async fn age_counts_from_the_beginning() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .ttl(MINUTE)
        .max_stale(2 * MINUTE)
        .background_refresh(false);
    let live = live.load().await.unwrap();
    secrets.delay(secs(9));
    advance(MINUTE).await;
    live.get_fresh().await.unwrap();
    sleep(secs(9)).await;
    assert!(live.status().age() >= secs(9) && live.status().age() < secs(11));
}

#[test]
fn blocked_threads_never_extend_bound() {
    bounded(|| {
        let ttl = Duration::from_millis(100);
        let timeout = Duration::from_millis(50);
        let bound = ttl + 4 * timeout;
        let gate = Gate::default();
        let secrets = Secrets::new();
        let builder = || {
            let loader = secrets.loader().timeout(timeout);
            secrets.live().loader(loader).ttl(ttl).max_stale(bound)
        };
        let (one, many) = (current_thread(), multi_thread());
        let lives = [
            builder().load_blocking().unwrap(),
            one.block_on(builder().load()).unwrap(),
            many.block_on(builder().load()).unwrap(),
        ];
        secrets.obstruct(Obstacle::Blocks(gate.clone()));
        // Everything that could run a refresh is blocked, by other structs, too.
        let stop = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&stop);
        let stuck = std::thread::spawn(move || {
            one.block_on(async move {
                while !ends.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
        });
        for live in &lives {
            eventually("it is too old", || live.get().is_err());
            assert!(live.status().age() > bound);
        }
        let start = RealInstant::now();
        while start.elapsed() < 2 * bound {
            for live in &lives {
                assert!(live.get().is_err(), "{:?}", live.status().age());
            }
        }
        secrets.obstruct(Obstacle::Absent);
        gate.open();
        stop.store(true, Ordering::SeqCst);
        for live in &lives {
            eventually("it is fresh again", || live.get().is_ok());
        }
        stuck.join().unwrap();
        many.shutdown_background();
    });
}

#[test]
fn late_frozen_refresh_stays_old() {
    bounded(|| {
        let secrets = Secrets::new();
        let clock = TestClock::new();
        let live = secrets
            .live()
            .background_refresh(false)
            .ttl(MINUTE)
            .max_stale(10 * MINUTE)
            .clock(&clock)
            .load_blocking()
            .unwrap();
        let gate = Gate::default();
        secrets.obstruct(Obstacle::Blocks(gate.clone()));
        clock.advance(MINUTE);
        live.get().unwrap();
        gate.wait_for_arrival();
        secrets.obstruct(Obstacle::Absent);
        secrets.fail(SourceErrorKind::Internal);
        clock.advance(HOUR);
        assert!(live.get().is_err());
        secrets.recover();
        gate.open();
        // What was requested an hour ago is an hour old. The next refresh brings a new one.
        eventually("it ends", || {
            let fresh = live.get().is_ok();
            assert!(!fresh || live.status().age() <= 10 * MINUTE);
            fresh
        });
    });
}

#[test]
fn refresh_without_change_is_logged() {
    #[derive(FromSecrets)]
    struct Quiet {
        #[secret("API_TOKEN")]
        token: String,
    }
    bounded(|| {
        let events = collect("Quiet");
        let memory = Memory::new().with_secret("API_TOKEN", "canary 1");
        let live = Live::<Quiet>::builder()
            .loader(Loader::new().source(memory.clone()))
            .min_refresh_interval(Duration::from_nanos(1))
            .load_blocking()
            .unwrap();
        let logged = |text: &str| {
            let events = events.lock().unwrap();
            events.iter().filter(|event| event.contains(text)).count()
        };
        live.refresh_blocking().unwrap();
        assert_eq!(logged("have not changed"), 1);
        memory.set_secret("API_TOKEN", "canary 2");
        live.refresh_blocking().unwrap();
        assert_eq!(logged("secrets have changed"), 1);
        let memory = memory.with_outage(SourceErrorKind::Denied);
        live.refresh_blocking().unwrap_err();
        assert_eq!(logged("cannot refresh secrets"), 1);
        memory.recover();
        live.refresh_blocking().unwrap();
        assert_eq!(logged("after failures"), 1);
        assert_eq!(logged("canary"), 0);
        assert_eq!(live.get().unwrap().token, "canary 2");
    });
}

const CHILD: &str = "LIVE_TEST_FROZEN_CHILD";

/// Part of `frozen_process_returns_no_old_struct`: runs in a process that is stopped for a while.
#[test]
#[expect(clippy::print_stdout, reason = "the parent process reads it")]
fn frozen_child_checks_each_access() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let secrets = Secrets::new();
    let timeout = Duration::from_millis(50);
    let bound = Duration::from_millis(500);
    let builder = || {
        let loader = secrets.loader().timeout(timeout);
        secrets
            .live()
            .loader(loader)
            .ttl(Duration::from_millis(300))
            .max_stale(bound)
    };
    let runtime = multi_thread();
    let lives = [
        builder().load_blocking().unwrap(),
        runtime.block_on(builder().load()).unwrap(),
        builder().background_refresh(false).load_blocking().unwrap(),
    ];
    // It may be frozen as soon as the line is written.
    let (start, mut was_frozen) = (RealInstant::now(), false);
    let mut last = start;
    println!("\nready");
    while start.elapsed() < secs(20) {
        for live in &lives {
            let before = RealInstant::now();
            was_frozen |= before - last > 2 * bound;
            last = before;
            // The age before the access: it may be frozen after it.
            let age = live.status().age();
            if live.get().is_ok() && live.status().age() >= age {
                assert!(age <= bound, "{age:?}");
            }
        }
        if was_frozen && lives.iter().all(|live| live.get().is_ok()) {
            println!("\nfrozen and fresh");
            return;
        }
        block_on(std::future::ready(()));
    }
    panic!("frozen: {was_frozen}");
}

#[cfg(target_os = "linux")]
#[test]
fn frozen_process_returns_no_old_struct() {
    bounded(|| {
        for _ in 0..3 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "bound::frozen_child_checks_each_access",
                    "--nocapture",
                ])
                .env(CHILD, "1")
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let pid = child.id().to_string();
            let signal = |name: &str| {
                let sent = Command::new("kill").args([name, &pid]).status().unwrap();
                assert!(sent.success());
            };
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut lines = lines.map_while(Result::ok);
            assert!(lines.any(|line| line == "ready"));
            signal("-STOP");
            // It is the time of the other process that passes.
            std::thread::sleep(Duration::from_millis(1_200));
            signal("-CONT");
            assert!(lines.any(|line| line == "frozen and fresh"));
            assert!(child.wait().unwrap().success());
        }
    });
}

#[tokio::test(start_paused = true)]
async fn bound_applies_to_every_caller() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.ttl(MINUTE).max_stale(10 * MINUTE))
        .await;
    secrets.delay(secs(8));
    let mut callers = JoinSet::new();
    for i in 0..50_u32 {
        let live = live.clone();
        callers.spawn(async move {
            for _ in 0..200 {
                sleep(Duration::from_millis(u64::from(1_000 + i * 37))).await;
                if live.get().is_ok() {
                    assert!(live.status().age() <= 10 * MINUTE);
                }
                if live.get_fresh().await.is_ok() {
                    assert!(live.status().age() <= 10 * MINUTE);
                }
            }
        });
    }
    for _ in 0..3 {
        sleep(MINUTE).await;
        secrets.fail(SourceErrorKind::Throttled);
        sleep(20 * MINUTE).await;
        secrets.recover();
    }
    callers.join_all().await;
}
