//! Reads that end late, and loads that are dropped before them.

use futures_util::future::select;
use shuttle::future::{block_on, spawn, yield_now};
use shuttle::thread;

use super::blocking::{Reading, left_behind, run};
use crate::sync::{explore, time};

#[test]
fn late_read_counts_until_it_ends() {
    explore(|| {
        time::pass(true);
        let reads: Vec<_> = [false, true]
            .map(|is_dropped| {
                spawn(async move {
                    let deadline = tokio::time::Instant::now() + std::time::Duration::from_hours(1);
                    let reading = Reading::default();
                    let work = |_| thread::yield_now();
                    let read = Box::pin(run(deadline, &reading, work));
                    if is_dropped {
                        drop(select(read, Box::pin(yield_now())).await);
                    } else {
                        drop(read.await);
                    }
                })
            })
            .into();
        block_on(async {
            for read in reads {
                read.await.expect("the task ends");
            }
        });
        let mut waits = 0;
        while left_behind() != 0 {
            waits += 1;
            assert!(waits < 1000, "a read that ended is still counted");
            thread::yield_now();
        }
    });
}
