//! The supervision of refreshes.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Suspends a task that its thread has polled.
fn suspend(task: &Task) {
    assert!(task.begin_poll());
    task.end_poll();
}

#[test]
fn refresh_without_thread_is_checked_early() {
    let (_runtime, settings, mut state) = fixture();
    let mut cx = at(&settings, START);
    let task = start(&mut state, &mut cx);
    assert_eq!(state.next_check(&cx, MINUTE), START.after(GRACE));
    task.begin_poll();
    let longest = START.after(settings.longest_refresh());
    assert_eq!(state.next_check(&cx, MINUTE), longest);
}

#[test]
fn simulated_time_allows_late_start() {
    let (_runtime, settings, mut state) = fixture();
    let mut cx = at(&settings, START);
    cx.reading.is_simulated = true;
    let _task = start(&mut state, &mut cx);
    let longest = START.after(settings.longest_refresh());
    assert_eq!(state.next_check(&cx, MINUTE), longest);
    cx.reading.now = START.after(GRACE);
    state.supervise(&mut cx);
    assert_eq!(state.running_load(), Some(1));
}

#[test]
fn moved_clock_checks_no_refresh() {
    let runtime = runtime();
    let settings = settings(&runtime, Clock::Test(TestClock::new()));
    let mut state = state();
    let mut cx = at(&settings, START);
    let _task = start(&mut state, &mut cx);
    assert_eq!(state.next_check(&cx, MINUTE), Timestamp::NEVER);
    cx.reading.now = START.after(settings.longest_refresh());
    state.supervise(&mut cx);
    assert_eq!(state.running_load(), Some(1));
}

#[test]
fn blocked_refresh_is_checked_each_second() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    task.begin_poll();
    let longest = START.after(settings.longest_refresh());
    state.supervise(&mut at(&settings, longest));
    assert_eq!(state.schedule.failures, 1);
    for time in [longest, longest.after(MINUTE)] {
        let mut cx = at(&settings, time);
        state.supervise(&mut cx);
        assert_eq!(state.next_check(&cx, MINUTE), time.after(GRACE));
    }
    assert_eq!(state.schedule.failures, 1, "it is counted once");
}

#[test]
fn refresh_is_given_up_at_bound() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    task.begin_poll();
    let longest = settings.longest_refresh();
    let cx = &mut at(&settings, START.after(longest.saturating_sub(SECOND)));
    state.supervise(cx);
    assert_eq!((state.schedule.failures, cx.effects.wakes), (0, false));
    let cx = &mut at(&settings, START.after(longest));
    state.supervise(cx);
    assert_eq!((state.schedule.failures, cx.effects.wakes), (1, true));
}

#[test]
fn unstarted_refresh_moves_to_own_thread() {
    let (_runtime, settings, mut state) = fixture();
    start(&mut state, &mut at(&settings, START));
    let early = START.after(GRACE.saturating_sub(Duration::from_nanos(1)));
    state.supervise(&mut at(&settings, early));
    assert_eq!(state.running_load(), Some(1));
    let cx = &mut at(&settings, START.after(GRACE));
    state.supervise(cx);
    assert_eq!((state.running_load(), cx.effects.wakes), (None, true));
    assert!(!settings.executor.is_responsive());
    assert_eq!(start(&mut state, cx).run_on(), RunOn::OwnThread);
}

#[test]
fn frozen_refresh_is_retried_at_once() {
    let (_runtime, settings, mut state) = fixture();
    let mut now = START;
    for failures in 1..=2 {
        suspend(&start(&mut state, &mut at(&settings, now)));
        now = now.after(settings.longest_refresh());
        state.supervise(&mut at(&settings, now));
        assert_eq!(state.schedule.failures, failures);
        let is_due = state.next_check(&at(&settings, now), Duration::ZERO) <= now;
        assert_eq!(is_due, failures == 1, "{failures}");
    }
}

#[test]
fn late_followers_are_no_failure() {
    for is_blocked in [false, true] {
        let (_runtime, settings, mut state) = fixture();
        let task = start(&mut state, &mut at(&settings, START));
        suspend(&task);
        assert!(state.note_loaded(&task));
        if is_blocked {
            task.begin_poll();
        }
        let mut cx = at(&settings, START.after(settings.longest_refresh()));
        state.supervise(&mut cx);
        assert_eq!((state.schedule.failures, state.follow_failures), (0, 1));
        assert_eq!((state.running_load(), state.ended()), (None, 1));
        let event = matches!(cx.effects.events[..], [LogEvent::FollowerBlocks]);
        assert_eq!(event, is_blocked);
        // Other followers wait for the thread.
        assert_eq!(state.can_follow(), !is_blocked);
        task.end_poll();
        assert!(state.can_follow());
    }
}

#[test]
fn end_of_blocked_load_keeps_failure() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    task.begin_poll();
    state.supervise(&mut at(&settings, START.after(settings.longest_refresh())));
    assert!(state.note_loaded(&task));
    assert_eq!(
        state.running_load(),
        None,
        "callers still do not wait for it"
    );
    let other = Task::new(Job::Follow, RunOn::Runtime);
    assert!(!state.note_loaded(&Arc::new(other)));
}

#[test]
fn dropped_refresh_marks_its_runtime_only() {
    for run_on in [RunOn::Runtime, RunOn::OwnThread] {
        let (_runtime, settings, mut state) = fixture();
        let cx = &mut at(&settings, START);
        state.start_due(Trigger::Timer, run_on, cx);
        let task = cx.effects.start.take().unwrap();
        state.end_dropped(&task, cx);
        assert_eq!((state.running_load(), cx.effects.wakes), (None, true));
        let has_runtime = settings.executor.has_runtime();
        assert_eq!(has_runtime, run_on == RunOn::OwnThread);
    }
}

#[test]
fn dropped_followers_run_after_pause() {
    let (_runtime, settings, mut state) = fixture();
    let cx = &mut at(&settings, START);
    let task = start(&mut state, cx);
    suspend(&task);
    assert!(state.note_loaded(&task));
    state.succeed(START.after(settings.policy.ttl), None, cx);
    state.end_dropped(&task, cx);
    assert_eq!((state.follow_failures, state.unstarted), (1, 0));
    assert!(matches!(
        cx.effects.events[..],
        [LogEvent::Succeeded { .. }, LogEvent::FollowersStopped]
    ));
    assert_eq!(
        state.ended(),
        0,
        "callers wait until the change is followed"
    );
    state.start_due(Trigger::Timer, RunOn::Runtime, cx);
    assert!(cx.effects.start.is_none(), "they run again at once");
    let follow = start(&mut state, &mut at(&settings, START.after(MINUTE)));
    assert_eq!(follow.job(), Job::Follow);
}

#[test]
fn followers_without_thread_have_not_failed() {
    let (_runtime, settings, mut state) = fixture();
    let load = start(&mut state, &mut at(&settings, START));
    state.request_follow(START);
    end(&mut state, &load, true, START);
    let cx = &mut at(&settings, START);
    let follow = start(&mut state, cx);
    state.end_dropped(&follow, cx);
    assert_eq!((state.follow_failures, state.unstarted), (0, 1));
    let follow = start(&mut state, cx);
    assert_eq!(
        (follow.job(), follow.run_on()),
        (Job::Follow, RunOn::OwnThread)
    );
}

#[test]
fn failed_followers_run_after_pause() {
    let (_runtime, settings, mut state) = fixture();
    let load = start(&mut state, &mut at(&settings, START));
    end(&mut state, &load, false, START);
    assert_eq!(state.follow_failures, 1);
    let cx = &mut at(&settings, START);
    state.start_due(Trigger::Timer, RunOn::Runtime, cx);
    assert!(cx.effects.start.is_none(), "they run again at once");
    let follow = start(&mut state, &mut at(&settings, START.after(MINUTE)));
    assert_eq!(follow.job(), Job::Follow);
    assert_eq!(state.running_load(), None, "it loads nothing");
}

#[test]
fn follower_added_during_refresh_runs_afterwards() {
    for is_added in [false, true] {
        let (_runtime, settings, mut state) = fixture();
        let load = start(&mut state, &mut at(&settings, START));
        if is_added {
            state.request_follow(START);
        }
        end(&mut state, &load, true, START);
        let cx = &mut at(&settings, START);
        state.start_due(Trigger::Timer, RunOn::Runtime, cx);
        assert_eq!(cx.effects.start.is_some(), is_added);
    }
}

#[test]
fn success_ends_backoff() {
    let (_runtime, settings, mut state) = fixture();
    let cx = &mut at(&settings, START);
    state.fail(Error::runtime("Config", "failed"), cx);
    let due = START.after(MINUTE);
    state.succeed(due, None, cx);
    assert_eq!(state.schedule.failures, 0);
    assert!(state.schedule.last_error.is_none());
    assert_eq!(state.next_check(cx, SECOND), due.after(SECOND));
    assert!(matches!(
        cx.effects.events[..],
        [
            LogEvent::Failed { .. },
            LogEvent::Succeeded { failures: 1, .. }
        ]
    ));
}
