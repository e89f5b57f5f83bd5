//! Failover to the regions to which secrets are replicated.
//!
//! All values of one secret come from one region, because versions of two regions may not fit together. A *wave*
//! requests secrets in one region each. Another wave follows for the secrets that failed, and after a while for those
//! that have no results yet.

mod group;

use std::borrow::Cow;
use std::mem::take;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, Either, select};
use futures_util::stream::FuturesUnordered;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::batch::{ResultSlots, Service, Target, left_out};
use super::call::Calls;
use super::errors::no_region;
use super::outages::RegionState;
use super::replicas::Replicas;
use crate::source::{FetchResult, SecretRequest, SourceError, SourceErrorKind};
use crate::sync::lock;
use group::{Group, groups};

/// Groups that are requested together.
struct Wave<'a> {
    parts: Vec<WavePart<'a>>,
    slots: Arc<ResultSlots>,
}

/// One group in a wave.
struct WavePart<'a> {
    group: usize,
    region: &'a str,
    /// The place of its first request in the wave.
    start: usize,
    is_judged: bool,
}

type RunningWaves<'a> = FuturesUnordered<BoxFuture<'a, ()>>;

/// Fetches secrets, each in its own region or, if that fails, in a region to which it is replicated.
pub(super) struct Failover<'a> {
    calls: &'a Calls<'a, Client>,
    requests: &'a [&'a SecretRequest],
    groups: Vec<Group<'a>>,
    /// The places of requests without a region.
    without_region: Vec<usize>,
    waves: Vec<Wave<'a>>,
    progress: Arc<Notify>,
}

impl<'a> Failover<'a> {
    pub(super) fn new(
        calls: &'a Calls<'a, Client>,
        requests: &'a [&'a SecretRequest],
        replicas: &'a Replicas,
    ) -> Self {
        let (groups, without_region) = groups(requests, calls.clients.region(), replicas);
        Self {
            calls,
            requests,
            groups,
            without_region,
            waves: Vec::new(),
            progress: Arc::default(),
        }
    }

    pub(super) async fn run(mut self) -> Vec<FetchResult> {
        let pause = self.order_regions();
        let mut running = RunningWaves::new();
        let all = (0..self.groups.len()).collect();
        self.start(all, &mut running);
        while !running.is_empty() && !self.groups.iter().all(Group::is_settled) {
            let is_progress = self.wait(pause, &mut running).await;
            self.judge();
            if is_progress {
                // Secrets that failed are requested together, after the other calls of their wave.
                continue;
            }
            let now = Instant::now();
            let is_next = |group: &Group<'_>| group.has_next_region_at(now, pause);
            let groups = self.groups.iter().enumerate();
            let next = groups.filter(|(_, group)| is_next(group)).map(|(i, _)| i);
            let next = next.collect();
            self.start(next, &mut running);
        }
        drop(running);
        self.note_outages();
        self.into_results()
    }

    /// Waits until a wave ends, a secret has been pending for too long, or a call ends. Returns whether it is only a
    /// call.
    async fn wait(&mut self, pause: Duration, running: &mut RunningWaves<'a>) -> bool {
        let waiting = self.groups.iter().filter_map(Group::waiting_since);
        let until = waiting.min().map(|since| since + pause);
        let progress = Arc::clone(&self.progress);
        let progress = pin!(progress.notified());
        let event = select(running.next(), progress);
        let Some(until) = until else {
            return matches!(event.await, Either::Right(_));
        };
        let event = timeout_at(until, event).await;
        if event.is_err() {
            self.wait_for_credentials();
        }
        matches!(event, Ok(Either::Right(_)))
    }

    /// Restarts the wait for regions if no request has been sent: no region is late, but the credentials are.
    fn wait_for_credentials(&mut self) {
        if self.calls.has_sent_none() {
            for group in &mut self.groups {
                group.restart_wait();
            }
        }
    }

    /// Moves regions that are known to fail to the end. Returns the time after which the next region is queried, too.
    fn order_regions(&mut self) -> Duration {
        /// A region that failed before is given less time.
        const PROBE: Duration = Duration::from_secs(1);
        let now = Instant::now();
        let outages = lock(&self.calls.clients.outages);
        let mut is_probing = false;
        let mut most = 0;
        for group in &mut self.groups {
            let state = |region: &str| outages.state(region, now);
            let is_out = |region: &&str| state(region) == RegionState::Out;
            let (out, mut regions): (Vec<&str>, Vec<&str>) =
                take(&mut group.regions).into_iter().partition(is_out);
            regions.extend(out);
            group.regions = regions;
            let first = group.regions.first();
            is_probing |= first.is_some_and(|first| state(first) == RegionState::Probed);
            most = most.max(group.regions.len());
        }
        let left = self
            .calls
            .context()
            .deadline()
            .saturating_duration_since(now);
        let shares = u32::try_from(most + 1).unwrap_or(u32::MAX).max(3);
        let share = left / shares;
        if is_probing { share.min(PROBE) } else { share }
    }

    /// Starts a wave that requests each of these groups in its next region.
    fn start(&mut self, groups: Vec<usize>, running: &mut RunningWaves<'a>) {
        if groups.is_empty() {
            return;
        }
        let mut requests: Vec<(Cow<'a, SecretRequest>, &'a str)> = Vec::new();
        let mut parts = Vec::new();
        for index in groups {
            let group = &mut self.groups[index];
            let region = group.begin_next_region();
            parts.push(WavePart {
                group: index,
                region,
                start: requests.len(),
                is_judged: false,
            });
            let members = group.members.iter().map(|member| self.requests[*member]);
            requests.extend(members.map(|request| (request.in_region(region), region)));
        }
        let progress = Some(Arc::clone(&self.progress));
        let slots = Arc::new(ResultSlots::new(requests.len(), progress));
        self.waves.push(Wave {
            parts,
            slots: Arc::clone(&slots),
        });
        let calls = self.calls;
        running.push(Box::pin(async move {
            let mut targets = Vec::with_capacity(requests.len());
            for (request, region) in &requests {
                let region = Some(*region);
                targets.push(Target {
                    id: &**request,
                    region,
                });
            }
            calls.fetch_targets(&targets, &slots).await;
        }));
    }

    /// Judges the groups whose results are complete.
    fn judge(&mut self) {
        let lacks_credentials = self.calls.lacks_credentials();
        for wave in &mut self.waves {
            let slots = wave.slots.lock();
            for part in wave.parts.iter_mut().filter(|part| !part.is_judged) {
                let group = &mut self.groups[part.group];
                let results = &slots[part.start..part.start + group.members.len()];
                let Some(results) = results.iter().cloned().collect::<Option<Vec<_>>>() else {
                    continue;
                };
                part.is_judged = true;
                group.judge(part.region, results, lacks_credentials);
            }
        }
    }

    /// Remembers the regions that failed while another one had the secrets, and those that respond again.
    fn note_outages(&self) {
        let requested = self.groups.iter().flat_map(Group::requested_regions);
        // Without a request, credentials failed, and not the region.
        let is_contacted = |region: &&str| self.calls.has_contacted(region);
        let contacted: Vec<&str> = requested.copied().filter(is_contacted).collect();
        for (index, region) in contacted.iter().copied().enumerate() {
            if contacted[..index].contains(&region) {
                continue;
            }
            if self
                .groups
                .iter()
                .any(|group| group.has_response_of(region))
            {
                if lock(&self.calls.clients.outages).end(region) {
                    tracing::info!(region, "the region responds again");
                }
                continue;
            }
            let mut groups = self.groups.iter();
            if let Some((replacement, error)) = groups.find_map(|group| group.replaced(region)) {
                self.begin_outage(region, replacement, error);
            }
        }
    }

    fn begin_outage(&self, region: &str, replacement: &str, error: Option<&SourceError>) {
        let mut outages = lock(&self.calls.clients.outages);
        if outages.begin(region, Instant::now(), fastrand::f64()) {
            tracing::warn!(
                region,
                replacement,
                cause = error
                    .map_or(SourceErrorKind::Unreachable, SourceError::kind)
                    .label(),
                code = error.and_then(SourceError::code_label),
                "a region failed, so secrets are fetched from another one"
            );
        }
    }

    fn into_results(self) -> Vec<FetchResult> {
        let no_region = FetchResult::Failed(no_region());
        let mut results = vec![None; self.requests.len()];
        for group in self.groups {
            for (member, result) in group.into_results() {
                results[member] = Some(result);
            }
        }
        for member in self.without_region {
            results[member] = Some(no_region.clone());
        }
        let result = |result: Option<_>| result.unwrap_or_else(|| left_out(Client::AWS));
        results.into_iter().map(result).collect()
    }
}
