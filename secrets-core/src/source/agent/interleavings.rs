//! Requests that share a token while it is replaced.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use shuttle::future::{block_on, spawn};
use shuttle::sync::atomic::AtomicBool;
use shuttle::thread;
use tokio::time::Instant;

use super::token::Tokens;
use crate::source::Env;
use crate::sync::explore;

#[test]
fn replaced_token_reaches_all_requests() {
    let name = format!("from-secrets-token-{}-replaced", std::process::id());
    let path = std::env::temp_dir().join(name);
    explore(move || {
        std::fs::write(&path, "old").expect("the file can be written");
        let token = format!("file://{}", path.display());
        let tokens = Tokens::new(Some(token.into()), Env::from_vars::<&str, &str>([]), false);
        let shared = Arc::new((tokens, AtomicBool::new(false)));
        let requests: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                spawn(async move {
                    let (tokens, is_replaced) = &*shared;
                    loop {
                        let deadline = Instant::now() + Duration::from_hours(1);
                        let token = tokens.current(deadline).await.expect("the file is read");
                        let token = token.expect("the file contains another token");
                        // The agent that wrote the new token rejects the old one.
                        if token.header == "new" || !is_replaced.load(SeqCst) {
                            return;
                        }
                        tokens.reject(&token);
                    }
                })
            })
            .collect();
        std::fs::write(&path, "new").expect("the file can be written");
        shared.1.store(true, SeqCst);
        thread::yield_now();
        block_on(async {
            for request in requests {
                request.await.expect("the request ends");
            }
        });
    });
}
