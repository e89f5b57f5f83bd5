"""Defects in the synchronization of the library, which the tests of interleavings find."""

# Name, edits (file, code, defect), and the test that finds it.
DEFECTS = [
    (
        "give-up is decided outside the lock",
        [
            (
                "live/retry.rs",
                """        let mut state = process.lock();
        let has_changed = !scope.is_same(used, &current());
""",
                """        let has_changed = !scope.is_same(used, &current());
        let mut state = process.lock();
""",
            ),
        ],
        "rejected_operations_find_new_version",
    ),
    (
        "waiting starts after the check",
        [
            (
                "live/refresh.rs",
                """            let (loaded, ended) = (signals.loaded.listen(), signals.ended.listen());
            if is_enough() {
                return Ok(());
            }
            match self.request_load(&process, load) {
                Awaited::Ended(result) => return result,
                Awaited::Until(time) => {
""",
                """            if is_enough() {
                return Ok(());
            }
            match self.request_load(&process, load) {
                Awaited::Ended(result) => return result,
                Awaited::Until(time) => {
                    let (loaded, ended) = (signals.loaded.listen(), signals.ended.listen());
""",
            ),
        ],
        "snapshot_does_not_block_refresh",
    ),
    (
        "refreshes do not wait for followers",
        [
            (
                "live/refresh.rs",
                """    let can_follow = process.lock().can_follow();
    let has_followed = can_follow && run_followers(&shared, loaded).await;
    if let Some(shared) = shared.upgrade() {
        shared.transition(&process, |state, cx| {
            state.end(&task, has_followed, cx);
        });
    }
""",
                """    if let Some(shared) = shared.upgrade() {
        shared.transition(&process, |state, cx| {
            state.end(&task, true, cx);
        });
    }
    run_followers(&shared, loaded).await;
""",
            ),
        ],
        "derived_value_follows_before_refresh_ends",
    ),
    (
        "abandoned refresh continues, and replaces the struct",
        [
            (
                "live/executor.rs",
                """        self.change_phase(IDLE, POLLING).is_ok()""",
                """        self.phase.swap(POLLING, Ordering::AcqRel) != 7""",
            ),
            (
                "live/state.rs",
                """            return false;
        };
        if running.progress""",
                """            return true;
        };
        if running.progress""",
            ),
        ],
        "frozen_refresh_never_replaces_newer_struct",
    ),
    (
        "later callers share a load that has sent its requests",
        [
            (
                "live/state.rs",
                """            Some(running) if running.progress == RefreshProgress::Started =>""",
                """            Some(running) if running.task.job().number() > self.ended =>""",
            ),
        ],
        "refresh_never_returns_older_load",
    ),
    (
        "last handle wakes no tasks",
        [
            (
                "live/signals.rs",
                """        self.closed.notify();
        self.ended.notify();
""",
                """""",
            ),
        ],
        "dropped_last_handle_ends_all_tasks",
    ),
    (
        "dropped refresh wakes no tasks",
        [
            (
                "live/state.rs",
                """            cx.settings.executor.set_shut_down();
        }
        cx.effects.wakes = true;
""",
                """            cx.settings.executor.set_shut_down();
        }
""",
            ),
        ],
        "refresh_survives_shutdown_of_runtime",
    ),
    (
        "readers ignore the bound while refreshes fail",
        [
            (
                "live/state.rs",
                """        next.min(usable_until)
""",
                """        next
""",
            ),
        ],
        "reader_never_gets_struct_past_bound",
    ),
    (
        "denials are checked outside the lock",
        [
            (
                "source/aws/regional.rs",
                """        let mut without_batches = lock(&self.without_batches);
        let is_new = !without_batches.iter().any(|known| known == region);
        if is_new {
            without_batches.push(region.to_owned());
        }
""",
                """        let is_new = !self.denies_batches(region);
        if is_new {
            lock(&self.without_batches).push(region.to_owned());
        }
""",
            ),
        ],
        "denied_batches_are_remembered_once",
    ),
    (
        "panicked attempt wakes no other load",
        [
            (
                "source/aws/slot.rs",
                """            let opened = panics::caught_async(opening).await;
            let result = opened.unwrap_or_else(|panic| Err(FetchResult::Failed(panic)));
            let result = result.map(Arc::new);
""",
                """            let result = opening.await.map(Arc::new);
""",
            ),
        ],
        "failed_attempt_is_repeated_once",
    ),
    (
        "rejection removes a newer client",
        [
            (
                "source/aws/slot.rs",
                """SlotState::Open(value) if matches(value)) {""",
                """SlotState::Open(_)) {""",
            ),
        ],
        "rejected_client_is_replaced_once",
    ),
    (
        "attempt starts outside the lock",
        [
            (
                "source/aws/slot.rs",
                """            let attempt = in_progress.unwrap_or_else(|| self.open(open()));
            if let Some(weak) = attempt.downgrade() {
                *state = SlotState::Opening(weak);
            }
""",
                """            drop(state);
            let attempt = in_progress.unwrap_or_else(|| self.open(open()));
            if let Some(weak) = attempt.downgrade() {
                *lock(&self.0) = SlotState::Opening(weak);
            }
""",
            ),
        ],
        "loads_share_client_of_key",
    ),
    (
        "later calls return the error of an earlier lookup",
        [("source/aws/lookup_gate.rs", """load(Ordering::Acquire) > arrived""", """load(Ordering::Acquire) >= arrived""")],
        "lookup_error_reaches_only_waiting_calls",
    ),
    (
        "request does not read a replaced token",
        [
            (
                "source/agent/token.rs",
                """            if seen.current.is_none() && seen.rejected.len() == rejections {""",
                """            if seen.rejected.len() >= rejections {""",
            ),
        ],
        "replaced_token_reaches_all_requests",
    ),
    (
        "end of a read is checked and noted separately",
        [
            (
                "source/file_io/blocking.rs",
                """        if in_thread.swap(true, Ordering::Relaxed) {""",
                """        let is_late = in_thread.load(Ordering::Relaxed);
        in_thread.store(true, Ordering::Relaxed);
        if is_late {""",
            ),
        ],
        "late_read_counts_until_it_ends",
    ),
    (
        "nested load waits for the driver that it blocks",
        [("load/blocking.rs", """cell.set(level.saturating_add(1))""", """cell.set(level)""")],
        "nested_loads_never_wait_for_themselves",
    ),
    (
        "ping is processed before it can be sent again",
        [
            (
                "load/blocking.rs",
                """            driver.is_pinged.swap(false, Ordering::AcqRel);
            driver.is_unresponsive.store(false, Ordering::Release);
""",
                """            driver.is_unresponsive.store(false, Ordering::Release);
            driver.is_pinged.swap(false, Ordering::AcqRel);
""",
            ),
        ],
        "unresponsive_driver_is_used_again",
    ),
    (
        "load is woken before its alarm has rung",
        [
            (
                "load/blocking.rs",
                """        self.is_rung.store(true, Ordering::Release);
        self.thread.unpark();
""",
                """        self.thread.unpark();
        self.is_rung.store(true, Ordering::Release);
""",
            ),
        ],
        "concurrent_loads_share_one_driver",
    ),
]
