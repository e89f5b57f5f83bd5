//! Refreshes whose runtime is shut down.

use std::time::Duration;

use tokio::runtime::Builder;

use super::*;
use crate::live::clock::Clock;
use crate::live::shared::tests::loaded;

#[test]
fn runtime_shutdown_ends_its_refresh() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let shared = {
        let _context = runtime.enter();
        Arc::new(loaded("Shutdown", Clock::System, Clock::System.now()))
    };
    let process = shared.process();
    let reading = ClockReading {
        now: shared.settings.clock.now().after(Duration::from_hours(1)),
        is_simulated: false,
    };
    shared
        .start_due(&process, Trigger::Timer, RunOn::Runtime, reading)
        .run(&shared);
    assert_eq!(process.lock().running_load(), Some(1));
    drop(runtime);
    assert_eq!(process.lock().running_load(), None);
}
