//! Subscribers lose no change.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use from_secrets::live::RefreshOutcome;
use from_secrets::{Live, project};
use tokio::time::{sleep, timeout};

use crate::support::{Config, MINUTE, Secrets, block_on, bounded, secs};

const INSTANT: Duration = Duration::from_nanos(1);

#[tokio::test(start_paused = true)]
async fn loop_sees_each_of_hundred_changes() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let mut changes = live.subscribe();
    let seen = tokio::spawn(async move {
        let mut seen = Vec::new();
        while let Some(config) = changes.changed().await {
            seen.push(config.token.clone());
        }
        seen
    });
    let mut secrets = secrets;
    for i in 2..=101 {
        secrets = secrets.token(&format!("token {i}"));
        live.refresh().await.unwrap();
        live.refresh().await.unwrap();
    }
    drop(live);
    let expected: Vec<_> = (2..=101).map(|i| format!("token {i}")).collect();
    assert_eq!(seen.await.unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn cancelled_waits_lose_no_change() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let mut changes = live.subscribe();
    let mut seen = 0;
    let mut secrets = secrets;
    for i in 2..=101 {
        // Other branches end first, at every possible time around the change.
        tokio::select! {
            biased;
            () = std::future::ready(()) => {}
            _ = changes.changed() => unreachable!(),
        }
        secrets = secrets.token(&format!("token {i}"));
        if i % 2 == 0 {
            assert!(timeout(INSTANT, changes.changed()).await.is_err());
        }
        tokio::select! {
            biased;
            refreshed = live.refresh() => assert_eq!(refreshed.unwrap(), RefreshOutcome::Changed),
            config = changes.changed() => {
                assert_eq!(config.unwrap().token, format!("token {i}"));
                seen += 1;
                continue;
            }
        }
        drop(Box::pin(changes.changed()));
        assert_eq!(changes.changed().await.unwrap().token, format!("token {i}"));
        seen += 1;
    }
    assert_eq!(seen, 100);
    assert!(timeout(MINUTE, changes.changed()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn change_before_first_wait_is_returned() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let mut before = live.subscribe();
    let mut token = project!(live, token).subscribe();
    let secrets = secrets.token("token 2");
    live.refresh().await.unwrap();
    let _secrets = secrets.token("token 3");
    live.refresh().await.unwrap();
    let mut after = live.subscribe();
    assert_eq!(before.changed().await.unwrap().token, "token 3");
    assert_eq!(*token.changed().await.unwrap(), "token 3");
    for changes in [&mut before, &mut after] {
        assert!(timeout(secs(1), changes.changed()).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn handles_of_any_kind_keep_subscribers() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let mut changes = live.subscribe();
    let projection = project!(live, token);
    drop(live);
    let secrets = secrets.token("token 2");
    sleep(2 * MINUTE).await;
    assert_eq!(changes.changed().await.unwrap().token, "token 2");
    let derived = projection.map(String::clone);
    let _secrets = secrets.token("token 3");
    sleep(2 * MINUTE).await;
    assert_eq!(changes.changed().await.unwrap().token, "token 3");
    drop(derived);
    assert!(changes.changed().await.is_none());
    assert!(changes.changed().await.is_none());
}

#[test]
fn threads_see_the_last_change() {
    bounded(|| {
        let secrets = Secrets::new();
        let live: Live<Config> = secrets
            .live()
            .min_refresh_interval(INSTANT)
            .load_blocking()
            .unwrap();
        let (seen, last) = mpsc::channel();
        for i in 0..8 {
            let mut changes = live.subscribe();
            let mut token = project!(live, token).subscribe();
            let seen = seen.clone();
            thread::spawn(move || {
                let mut last = String::new();
                loop {
                    let token = match i % 3 {
                        0 => changes
                            .changed_blocking()
                            .map(|config| config.token.clone()),
                        1 => token.changed_blocking().map(|token| token.clone()),
                        _ => block_on(changes.changed()).map(|config| config.token.clone()),
                    };
                    let Some(token) = token else { break };
                    assert_ne!(token, last, "each change is returned once");
                    last = token;
                }
                seen.send(last).unwrap();
            });
        }
        let mut secrets = secrets;
        for i in 2..=300 {
            secrets = secrets.token(&format!("token {i}"));
            assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Changed);
        }
        let mut changes = live.subscribe();
        drop(live);
        assert!(changes.changed_blocking().is_none());
        drop(seen);
        let last: Vec<String> = last.iter().collect();
        assert_eq!(last.len(), 8);
        // The last handle may be dropped before a thread looks at the last change.
        assert!(
            last.iter().all(|token| token.starts_with("token")),
            "{last:?}"
        );
    });
}

#[test]
fn waiting_threads_miss_no_wake() {
    bounded(|| {
        let secrets = Secrets::new();
        let live = secrets
            .live()
            .min_refresh_interval(INSTANT)
            .load_blocking()
            .unwrap();
        let (seen, tokens) = mpsc::channel();
        let mut changes = live.subscribe();
        let thread = thread::spawn(move || {
            for _ in 2..=500 {
                let token = changes.changed_blocking().unwrap().token.clone();
                seen.send(token).unwrap();
            }
        });
        let mut secrets = secrets;
        for i in 2..=500 {
            secrets = secrets.token(&format!("token {i}"));
            live.refresh_blocking().unwrap();
            assert_eq!(tokens.recv().unwrap(), format!("token {i}"));
        }
        thread.join().unwrap();
    });
}
