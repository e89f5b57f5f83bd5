//! Structs that a forked child inherits, and when readers need the lock.

mod leases;

use std::sync::mpsc::channel;
use std::thread::spawn;
use std::time::Duration;

use super::*;
use crate::live::clock::{Clock, TestClock};
use crate::live::executor::{Executor, Job, RunOn, Trigger};
use crate::live::follower::OnChange;
use crate::live::retry::Upstream;
use crate::live::schedule::RefreshPolicy;
use crate::live::snapshot::FieldScope;

const LONG: Duration = Duration::from_mins(1);
const LOADED_AT: SystemTime = SystemTime::UNIX_EPOCH;

/// Returns a struct whose first load began at a time.
pub(in crate::live) fn loaded(
    name: &'static str,
    clock: Clock,
    began: Timestamp,
) -> LiveShared<u8> {
    let policy = RefreshPolicy {
        jitter: 0.0,
        background_refresh: false,
        ..RefreshPolicy::default()
    };
    let settings = LiveSettings {
        name,
        load_timeout: LONG,
        policy,
        clock,
        executor: Arc::new(Executor::current()),
    };
    let load: LoadFn<u8> = Arc::new(|_| Box::pin(std::future::pending()));
    let first = (Box::new(1), LoadReport::of_version("1"));
    LiveShared::new(settings, Some(load), (began, LOADED_AT), first)
}

/// Returns a struct with the data of another process.
fn inherited(name: &'static str) -> Arc<LiveShared<u8>> {
    let shared = loaded(name, Clock::System, Clock::System.now());
    let state = RefreshState::new(Timestamp::NEVER, SystemTime::now());
    let parent = Process {
        id: u32::MAX,
        ..Process::new(state)
    };
    drop(shared.process.swap(Arc::new(parent)));
    Arc::new(shared)
}

#[test]
fn only_background_refreshes_are_watched() {
    let moved = || Clock::Test(TestClock::new());
    for (clock, background_refresh, is_watched) in [
        (Clock::System, true, true),
        (Clock::System, false, false),
        (moved(), true, false),
        (moved(), false, false),
    ] {
        let began = clock.now();
        let mut shared = loaded("Watched", clock, began);
        shared.settings.policy.background_refresh = background_refresh;
        let shared = Arc::new(shared);
        shared.watch();
        assert_eq!(Arc::weak_count(&shared) > 0, is_watched);
    }
}

#[test]
fn inherited_lock_is_not_locked() {
    let shared = inherited("InheritedLock");
    let parent = shared.process_unchecked();
    parent.has_rejections.store(true, Ordering::Relaxed);
    let _locked = parent.lock();
    let (sender, noted) = channel();
    let child = Arc::clone(&shared);
    spawn(move || {
        child.note_accepted(&FieldScope::all(), &child.report());
        sender.send(())
    });
    noted.recv_timeout(LONG).unwrap();
}

#[test]
fn last_attempt_is_inherited() {
    let process = inherited("InheritedAttempt").process();
    assert_eq!(process.lock().attempted_at, LOADED_AT);
}

/// The parent may not have followed the last change yet.
#[test]
fn inherited_followers_run_at_once() {
    for has_follower in [false, true] {
        let shared = inherited("InheritedFollower");
        if has_follower {
            let call = |_| std::future::ready(());
            let follower = OnChange::new(FieldScope::all(), shared.report(), call);
            shared.followers.add(Arc::new(follower));
        }
        let process = shared.process();
        let reading = shared.settings.clock.read();
        assert_eq!(shared.must_act(reading.now), has_follower);
        let effects = shared.start_due(&process, Trigger::Access, RunOn::OwnThread, reading);
        let job = effects.start.map(|task| task.job());
        assert_eq!(job, has_follower.then_some(Job::Follow));
    }
}

#[cfg(feature = "metrics")]
#[test]
fn inherited_structs_are_counted() {
    use metrics_exporter_prometheus::PrometheusBuilder;

    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let lives = [(); 2].map(|()| inherited("InheritedGauge"));
        for live in &lives {
            live.process();
        }
        let [first, second] = lives;
        let max_stale = |value: &str| {
            let gauge = "from_secrets_live_max_stale_seconds";
            let line = format!("{gauge}{{config=\"InheritedGauge\"}} {value}\n");
            assert!(metrics.render().contains(&line), "{}", metrics.render());
        };
        max_stale("86400");
        drop(first);
        max_stale("86400");
        drop(second);
        max_stale("NaN");
    });
}
