//! The faults of a network, and their selection for each message.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::message::Message;
use crate::random::Random;

/// The fault of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It arrives late.
    Delayed,
    /// It arrives in pieces, with pauses between.
    Dribbling,
    /// The connection ends before it.
    Cut,
    /// The connection ends within it.
    Truncated,
    /// It stops within, and the connection stays open.
    Stalled,
    /// It arrives twice.
    Doubled,
    /// It changes places with the message of another connection.
    Swapped,
    /// An earlier message arrives in its place.
    Stale,
    /// A byte of its head is another one.
    CorruptHead,
    /// A byte of its body is not valid in text.
    CorruptBody,
    /// Its body is missing, and its head declares that.
    Emptied,
}

/// All faults.
pub const ALL_FAULTS: [Fault; 11] = [
    Fault::Delayed,
    Fault::Dribbling,
    Fault::Cut,
    Fault::Truncated,
    Fault::Stalled,
    Fault::Doubled,
    Fault::Swapped,
    Fault::Stale,
    Fault::CorruptHead,
    Fault::CorruptBody,
    Fault::Emptied,
];

/// Those of requests: one that is changed or comes again at another time would be refused for its signature.
const OF_REQUESTS: [Fault; 6] = [
    Fault::Delayed,
    Fault::Dribbling,
    Fault::Cut,
    Fault::Truncated,
    Fault::Stalled,
    Fault::Doubled,
];

/// The possible faults of the messages between clients and a server. All connections share it.
#[derive(Debug)]
pub struct FaultPlan {
    state: Mutex<State>,
    longest: Duration,
    requests: AtomicUsize,
    clearing: Notify,
}

#[derive(Debug)]
struct State {
    random: Random,
    /// The percentage of messages with a fault.
    share: usize,
    faults: Vec<Fault>,
    details: Vec<(Way, Fault)>,
    earlier: Vec<Message>,
    waiting: Option<(Message, oneshot::Sender<Message>)>,
}

/// Whether a message is a request or a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client.
    Request,
    /// From the server.
    FakeResponse,
}

impl FaultPlan {
    /// Nothing ever happens.
    pub fn clear() -> Self {
        Self::of(Random::new(0), 0, &[], Duration::ZERO)
    }

    /// Returns a plan with between no and many faults, depending on the seed, and with this longest delay.
    pub fn by_seed(seed: u64, longest: Duration) -> Self {
        let mut random = Random::new(seed);
        let share = *random.one_of(&[0, 10, 30, 60, 90]);
        let mut faults = ALL_FAULTS.to_vec();
        random.shuffle(&mut faults);
        faults.truncate(1 + random.below(ALL_FAULTS.len()));
        Self::of(random, share, &faults, longest)
    }

    /// Returns a plan with this percentage of messages with a fault, and these faults.
    pub fn of(random: Random, share: usize, faults: &[Fault], longest: Duration) -> Self {
        Self {
            state: Mutex::new(State {
                random,
                share,
                faults: faults.to_vec(),
                details: Vec::new(),
                earlier: Vec::new(),
                waiting: None,
            }),
            longest,
            requests: AtomicUsize::new(0),
            clearing: Notify::new(),
        }
    }

    /// Sets the percentage of messages with a fault, and the faults.
    pub fn set(&self, share: usize, faults: &[Fault]) {
        let mut state = self.state();
        state.share = share;
        state.faults = faults.to_vec();
    }

    /// Ends all faults, and closes stalled connections, because a client cannot distinguish them from slow ones.
    pub fn clears(&self) {
        self.state().share = 0;
        self.clearing.notify_waiters();
    }

    /// Waits until it clears.
    pub(super) async fn cleared(&self) {
        self.clearing.notified().await;
    }

    /// Whether something may happen.
    pub fn is_clear(&self) -> bool {
        self.state().share == 0
    }

    /// What has happened so far.
    pub fn details(&self) -> Vec<(Way, Fault)> {
        self.state().details.clone()
    }

    /// How many requests the clients have sent.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Returns the fault of this message.
    pub(super) fn fault(&self, way: Way, message: &Message) -> Option<Fault> {
        if way == Way::Request {
            self.requests.fetch_add(1, Ordering::SeqCst);
        }
        let mut state = self.state();
        if way == Way::FakeResponse {
            state.earlier.push(message.clone());
        }
        let share = state.share;
        if !state.random.in_a_hundred(share) {
            return None;
        }
        let faults = state.faults.clone();
        let fault = *state.random.one_of(&faults);
        let fits = way == Way::FakeResponse || OF_REQUESTS.contains(&fault);
        fits.then(|| {
            state.details.push((way, fault));
            fault
        })
    }

    /// A while, at most the longest.
    pub(super) fn pause(&self) -> Duration {
        self.longest
            .mul_f64(f64::from(u16::try_from(self.below(1000)).unwrap_or_default()) / 1000.0)
    }

    /// A number below that one, which is not zero.
    pub(super) fn below(&self, end: usize) -> usize {
        self.state().random.below(end)
    }

    /// Returns an earlier response to any client.
    pub(super) fn earlier(&self) -> Message {
        let mut state = self.state();
        let known = state.earlier.len();
        let place = state.random.below(known);
        state.earlier[place].clone()
    }

    /// Exchanges a message for one of another connection, if such comes in time.
    pub(super) async fn exchange(&self, message: Message) -> Message {
        let (sender, mut receiver) = oneshot::channel();
        {
            let mut state = self.state();
            if let Some((theirs, other)) = state.waiting.take() {
                match other.send(message.clone()) {
                    Ok(()) => return theirs,
                    // Its connection is gone.
                    Err(_) => return message,
                }
            }
            state.waiting = Some((message.clone(), sender));
        }
        match tokio::time::timeout(self.longest, &mut receiver).await {
            Ok(Ok(theirs)) => theirs,
            _ => receiver.try_recv().unwrap_or(message),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
