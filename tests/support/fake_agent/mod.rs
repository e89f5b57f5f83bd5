//! A fake Secrets Manager Agent or Lambda extension with scripted responses.

mod place;
mod request;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use from_secrets::Loader;
use from_secrets::source::{Agent, Env};
use hyper::header::{CONNECTION, HeaderValue};

use place::Place;
pub use request::AgentRequest;

use crate::call::Calls;
use crate::fake_aws::{FakeResponse, FakeSecretsManager};
use crate::serve::{Reply, Server, Service, Whole};

/// How long a request waits for others that should come at its side.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentKind {
    /// The Secrets Manager Agent. It supports `refreshNow`, but not Parameter Store.
    Agent,
    /// The Parameters and Secrets Lambda extension: the other way round.
    Extension,
}

/// A running agent; it stops when dropped.
pub struct FakeAgent {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    place: Mutex<Place>,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl FakeAgent {
    /// The token that it takes at first.
    pub const TOKEN: &str = "agents-own-token";

    /// Starts an agent in front of these secrets.
    pub fn start(vault: FakeSecretsManager) -> Self {
        Self::of(AgentKind::Agent, vault)
    }

    /// Starts a Lambda extension in front of these secrets.
    pub fn extension(vault: FakeSecretsManager) -> Self {
        Self::of(AgentKind::Extension, vault)
    }

    fn of(kind: AgentKind, vault: FakeSecretsManager) -> Self {
        let shared = Arc::new(Shared {
            place: Mutex::new(Place::new(kind, vault)),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let server = Server::start(Serving(Arc::clone(&shared)), None);
        Self { server, shared }
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Returns a source that requests secrets from it.
    pub fn source(&self) -> Agent {
        Agent::new().port(self.port()).token(Self::TOKEN)
    }

    /// Returns a source that requests parameters from it.
    pub fn parameters(&self) -> Agent {
        Agent::new()
            .parameter_store()
            .port(self.port())
            .token(Self::TOKEN)
    }

    /// Returns a loader that queries it, without an environment.
    pub fn loader(&self) -> Loader {
        Loader::new()
            .env(Env::from_vars::<&str, &str>([]))
            .source(self.source())
    }

    /// It has these secrets, as if it had never cached others.
    pub fn hold(&self, vault: FakeSecretsManager) {
        self.place().hold(vault);
    }

    /// From now on AWS has these secrets; the agent's cache keeps what it had until it is passed by.
    pub fn rotate(&self, vault: FakeSecretsManager) {
        self.place().behind = vault;
    }

    /// From now on it takes this token only.
    pub fn take_token(&self, token: &str) {
        token.clone_into(&mut self.place().token);
    }

    /// One more parameter, its versions from 1 on, each with its label.
    pub fn parameter(&self, name: &str, versions: &[(&str, Option<&str>)]) {
        let versions = versions
            .iter()
            .map(|(value, label)| ((*value).to_owned(), label.map(str::to_owned)));
        let versions = versions.collect();
        self.place().parameters.insert(name.to_owned(), versions);
    }

    /// The next requests, that many, come too early.
    pub fn not_ready(&self, requests: usize) {
        self.place().not_ready = requests;
    }

    /// It is from before `refreshNow`.
    pub fn forget_refresh(&self) {
        self.place().supports_refresh = false;
    }

    /// Delays all responses until this number of requests has arrived, which proves that they are concurrent.
    pub fn side_by_side(&self, requests: usize) {
        self.place().side_by_side = requests;
    }

    /// Closes every connection after a response.
    pub fn end_connections(&self) {
        self.place().ends_connections = true;
    }

    /// Adds a rule that can replace responses.
    pub fn when(
        &self,
        rule: impl Fn(&AgentRequest) -> Option<FakeResponse> + Send + Sync + 'static,
    ) {
        self.place().rule = Some(Arc::new(rule));
    }

    /// Returns the requests in the order of their arrival.
    pub fn requested(&self) -> Vec<AgentRequest> {
        self.place().requested.clone()
    }

    /// How many connections were opened to it.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// How many requests were under way at once, at most.
    pub fn most_at_once(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }

    /// How many requests are under way.
    pub fn under_way(&self) -> usize {
        self.shared.under_way.load(Ordering::SeqCst)
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.shared.place()
    }
}

impl fmt::Debug for FakeAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAgent")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Waits until enough requests have arrived; `false` where they never do.
    async fn company(&self) -> bool {
        let enough = || {
            let place = self.place();
            place.requested.len() >= place.side_by_side
        };
        let began = Instant::now();
        while !enough() {
            if began.elapsed() > PATIENCE {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        true
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Serving(Arc<Shared>);

impl Service for Serving {
    async fn response(&self, request: Whole) -> Reply {
        let _guest = Guest::enter(&self.0);
        let (response, ends) = {
            let mut place = self.0.place();
            let requested = AgentRequest::read(&request, place.requested.len());
            place.requested.push(requested.clone());
            (place.response(&requested), place.ends_connections)
        };
        if !self.0.company().await {
            return None;
        }
        let mut reply = response.perform(&Calls::default()).await?;
        if ends {
            let end = HeaderValue::from_static("close");
            reply.headers_mut().insert(CONNECTION, end);
        }
        Some(reply)
    }
}

/// A request in progress. It also ends if its client cancels it.
struct Guest<'a>(&'a Shared);

impl<'a> Guest<'a> {
    fn enter(shared: &'a Shared) -> Self {
        let now = shared.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most.fetch_max(now, Ordering::SeqCst);
        Self(shared)
    }
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}
