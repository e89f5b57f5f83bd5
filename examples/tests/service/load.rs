//! Clients that send requests without a pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use from_secrets_tests::canary;
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::until;

/// The number of clients.
const CLIENTS: usize = 8;

/// Running clients.
pub(crate) struct Load {
    clients: Vec<(Arc<Tally>, JoinHandle<()>)>,
    stop: Arc<AtomicBool>,
}

/// The responses that a client received.
#[derive(Debug, Default)]
struct Tally {
    responses: AtomicUsize,
    errors: AtomicUsize,
}

impl Load {
    /// Starts clients that read and write notes alternately.
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

    /// Returns the number of responses.
    pub(crate) fn responses(&self) -> usize {
        self.sum(|tally| &tally.responses)
    }

    /// Returns the number of responses that are errors.
    pub(crate) fn errors(&self) -> usize {
        self.sum(|tally| &tally.errors)
    }

    fn sum(&self, count: impl Fn(&Tally) -> &AtomicUsize) -> usize {
        let counts = self.clients.iter().map(|(tally, _)| count(tally));
        counts.map(|count| count.load(Ordering::SeqCst)).sum()
    }

    /// Waits until every client has received another response.
    pub(crate) async fn moves_on(&self) {
        for (tally, _) in &self.clients {
            let before = tally.responses.load(Ordering::SeqCst);
            until("every client has a response", async || {
                tally.responses.load(Ordering::SeqCst) > before
            })
            .await;
        }
    }

    /// Stops the clients, and waits for their last responses.
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
