//! Clients that ask without pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use from_secrets_tests::canary;
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::until;

/// How many clients there are.
const CLIENTS: usize = 8;

/// Clients at work.
pub(crate) struct Load {
    clients: Vec<(Arc<Tally>, JoinHandle<()>)>,
    stop: Arc<AtomicBool>,
}

/// What a client was answered.
#[derive(Debug, Default)]
struct Tally {
    responses: AtomicUsize,
    errors: AtomicUsize,
}

impl Load {
    /// Reads and writes notes, in turn.
    pub(crate) fn on(url: &str) -> Self {
        let notes = format!("{url}/notes");
        let stop = Arc::<AtomicBool>::default();
        let clients = (0..CLIENTS).map(|_| {
            let tally = Arc::<Tally>::default();
            let work = work(notes.clone(), Arc::clone(&tally), Arc::clone(&stop));
            (tally, tokio::spawn(work))
        });
        Self {
            clients: clients.collect(),
            stop,
        }
    }

    /// How many answers there were.
    pub(crate) fn responses(&self) -> usize {
        self.sum(|tally| &tally.responses)
    }

    /// How many of them were no success.
    pub(crate) fn errors(&self) -> usize {
        self.sum(|tally| &tally.errors)
    }

    fn sum(&self, count: impl Fn(&Tally) -> &AtomicUsize) -> usize {
        let counts = self.clients.iter().map(|(tally, _)| count(tally));
        counts.map(|count| count.load(Ordering::SeqCst)).sum()
    }

    /// Waits until no client waits for what it asked before this.
    pub(crate) async fn moves_on(&self) {
        for (tally, _) in &self.clients {
            let before = tally.responses.load(Ordering::SeqCst);
            until("every client is answered", async || {
                tally.responses.load(Ordering::SeqCst) > before
            })
            .await;
        }
    }

    /// Waits for the last answers.
    pub(crate) async fn stop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for (_, client) in &mut self.clients {
            client.await.unwrap();
        }
    }
}

async fn work(notes: String, tally: Arc<Tally>, stop: Arc<AtomicBool>) {
    let client = Client::new();
    while !stop.load(Ordering::SeqCst) {
        send(client.get(&notes), &tally).await;
        send(client.post(&notes).json(&json!({"text": "hello"})), &tally).await;
    }
}

async fn send(request: RequestBuilder, tally: &Tally) {
    let response = request.send().await.unwrap();
    let is_error = !response.status().is_success();
    canary::assert_absent(&response.text().await.unwrap());
    tally.errors.fetch_add(is_error.into(), Ordering::SeqCst);
    tally.responses.fetch_add(1, Ordering::SeqCst);
}
