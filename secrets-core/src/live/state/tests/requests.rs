//! Requests of callers: the loads that they wait for, and their rejections.

use super::*;

/// Requests the load with this number.
fn request(
    state: &mut RefreshState,
    (number, trigger, run_on): (u64, Trigger, RunOn),
    cx: &mut TransitionContext<'_>,
) -> Awaited {
    state.request_load((number, trigger, run_on), false, cx)
}

fn is_error(awaited: &Awaited, text: &str) -> bool {
    matches!(awaited, Awaited::Ended(Err(error)) if error.to_string().contains(text))
}

#[test]
fn callers_never_join_sent_requests() {
    let (_runtime, settings, mut state) = fixture();
    assert_eq!((state.next_load(), state.ended()), (1, 0));
    let task = start(&mut state, &mut at(&settings, START));
    assert_eq!((state.next_load(), state.running_load()), (1, Some(1)));
    state.note_requests(&task);
    assert_eq!((state.next_load(), state.running_load()), (2, Some(1)));
    end(&mut state, &task, true, START);
    assert_eq!((state.next_load(), state.running_load()), (2, None));
    assert_eq!(state.ended(), 1);
    let mut later = at(&settings, START.after(settings.policy.ttl));
    let task = start(&mut state, &mut later);
    state.note_requests(&task);
    assert_eq!(state.next_load(), 3);
}

#[test]
fn demand_reaches_its_load_only() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    assert!(!state.note_requests(&task), "the timer started it");
    assert_eq!(state.demand_load(true), 2);
    assert_eq!(state.demand_load(false), 2);
    end(&mut state, &task, true, START);
    for is_demanded in [true, false] {
        let mut later = at(&settings, START.after(settings.policy.ttl * 2));
        let task = start(&mut state, &mut later);
        assert_eq!(state.note_requests(&task), is_demanded);
        end(&mut state, &task, true, START);
    }
}

#[test]
fn demand_within_refresh_is_not_noted() {
    let (_runtime, settings, mut state) = fixture();
    assert_eq!(state.demand_load(true), 1);
    let task = start(&mut state, &mut at(&settings, START));
    assert!(!state.note_requests(&task));
}

#[test]
fn only_demands_are_passed_to_sources() {
    for (trigger, is_demand) in [(Trigger::Demand, true), (Trigger::Access, false)] {
        let (_runtime, settings, mut state) = fixture();
        let cx = &mut at(&settings, START);
        let awaited = request(&mut state, (1, trigger, RunOn::Runtime), cx);
        assert!(matches!(awaited, Awaited::Until(_)));
        let task = cx.effects.start.take().unwrap();
        assert_eq!(state.note_requests(&task), is_demand);
    }
}

#[test]
fn ended_load_is_not_repeated() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    end(&mut state, &task, true, START);
    let cx = &mut at(&settings, START);
    let awaited = request(&mut state, (1, Trigger::Demand, RunOn::Runtime), cx);
    assert!(matches!(awaited, Awaited::Ended(Ok(()))));
    assert!(cx.effects.start.is_none());
    request(&mut state, (2, Trigger::Demand, RunOn::Runtime), cx);
    assert!(cx.effects.start.is_some());
}

#[test]
fn access_waits_for_load_after_followers() {
    for is_failed in [false, true] {
        let (_runtime, settings, mut state) = fixture();
        let task = start(&mut state, &mut at(&settings, START));
        assert!(state.note_loaded(&task));
        assert_eq!(state.awaited_load(&at(&settings, START)), None);
        let ttl = settings.policy.ttl;
        let cx = &mut at(&settings, START.after(ttl));
        if is_failed {
            state.fail(Error::runtime("Config", "failed"), cx);
        } else {
            state.succeed(cx.reading.now.after(ttl), None, cx);
        }
        assert_eq!(state.awaited_load(cx), (!is_failed).then_some(2));
        let cx = &at(&settings, START.after(ttl * 2));
        assert_eq!(state.awaited_load(cx), Some(2), "the pause is over");
    }
}

#[test]
fn later_failure_keeps_earlier_result() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    end(&mut state, &task, true, START);
    let cx = &mut at(&settings, START.after(settings.policy.ttl * 2));
    let task = start(&mut state, cx);
    assert!(state.note_loaded(&task));
    state.fail(Error::runtime("Config", "failed"), cx);
    state.end(&task, true, cx);
    for (number, is_failed) in [(1, false), (2, true)] {
        let awaited = request(&mut state, (number, Trigger::Demand, RunOn::Runtime), cx);
        assert!(matches!(awaited, Awaited::Ended(_)));
        assert_eq!(is_error(&awaited, "failed"), is_failed, "{number}");
    }
}

#[test]
fn request_within_refresh_is_rejected() {
    let (_runtime, settings, mut state) = fixture();
    let cx = &mut at(&settings, START);
    let awaited = state.request_load((1, Trigger::Demand, RunOn::Runtime), true, cx);
    assert!(is_error(&awaited, "by code that a refresh waits for"));
    assert!(cx.effects.start.is_none());
}

#[test]
fn blocked_refresh_rejects_requests() {
    let (_runtime, settings, mut state) = fixture();
    let task = start(&mut state, &mut at(&settings, START));
    task.begin_poll();
    let mut now = START;
    for is_rejected in [false, true] {
        let cx = &mut at(&settings, now);
        let awaited = request(&mut state, (2, Trigger::Demand, RunOn::Runtime), cx);
        assert_eq!(is_error(&awaited, "is still running"), is_rejected);
        now = START.after(settings.longest_refresh());
    }
}

#[test]
fn third_unstarted_refresh_is_reported_once() {
    for waits_first in [false, true] {
        let (_runtime, settings, mut state) = fixture();
        let mut now = START;
        for attempt in 0..3 {
            now = now.after(MINUTE);
            let cx = &mut at(&settings, now);
            let awaited = request(&mut state, (9, Trigger::Demand, RunOn::Runtime), cx);
            assert!(matches!(awaited, Awaited::Until(_)), "{attempt}");
            let task = cx.effects.start.take().unwrap();
            if waits_first && attempt == 0 {
                state.supervise(&mut at(&settings, now.after(GRACE)));
            } else {
                state.end_dropped(&task, cx);
            }
        }
        let cx = &mut at(&settings, now.after(MINUTE));
        let load = (9, Trigger::Demand, RunOn::Runtime);
        let awaited = request(&mut state, load, cx);
        assert!(is_error(&awaited, "a thread cannot be started"));
        assert!(matches!(request(&mut state, load, cx), Awaited::Until(_)));
    }
}

/// A thread that waits cannot run the tasks of its own runtime.
#[test]
fn blocked_runtime_is_replaced_by_thread() {
    let (runtime_task, thread_task) = (RunOn::Runtime, RunOn::OwnThread);
    for (running, is_polled, requested, is_replaced) in [
        (runtime_task, false, thread_task, true),
        (runtime_task, true, thread_task, false),
        (runtime_task, false, runtime_task, false),
        (thread_task, false, thread_task, false),
    ] {
        let runtime = runtime();
        let settings = settings(&runtime, Clock::System);
        for is_caller in [true, false] {
            let mut state = state();
            let cx = &mut at(&settings, START);
            state.start_due(Trigger::Timer, running, cx);
            let task = cx.effects.start.take().unwrap();
            if is_polled {
                task.begin_poll();
            }
            let _context = is_caller.then(|| runtime.enter());
            request(&mut state, (1, Trigger::Demand, requested), cx);
            let started = cx.effects.start.take().map(|task| task.run_on());
            let expected = (is_replaced && is_caller).then_some(RunOn::OwnThread);
            assert_eq!(started, expected, "{running:?} {is_polled} {requested:?}");
        }
    }
}
