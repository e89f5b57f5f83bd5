//! A source with a timeout of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout_at;

use super::{
    FetchContext, FetchFuture, FetchResult, KeyedBy, ReadyFuture, SecretRequest, SecretSource,
    timed_out,
};

/// Ends a fetch before the deadline of its load.
pub(super) struct TimeLimit {
    pub(super) source: Arc<dyn SecretSource>,
    pub(super) timeout: Duration,
}

impl TimeLimit {
    async fn limited(&self, requests: &[SecretRequest], load: FetchContext) -> Vec<FetchResult> {
        let context = load.limited_to(self.timeout);
        let fetch = self.source.fetch(requests, context);
        let fetched = timeout_at(context.deadline(), fetch).await;
        fetched.unwrap_or_else(|_| vec![self.timed_out(context); requests.len()])
    }

    async fn limited_ready(&self, load: FetchContext) -> Result<(), FetchResult> {
        let context = load.limited_to(self.timeout);
        let ready = timeout_at(context.deadline(), self.source.ready(context)).await;
        ready.unwrap_or_else(|_| Err(self.timed_out(context)))
    }

    fn timed_out(&self, context: FetchContext) -> FetchResult {
        FetchResult::Failed(timed_out(context, self.source.endpoint().as_deref()))
    }
}

impl SecretSource for TimeLimit {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn keyed_by(&self) -> KeyedBy {
        self.source.keyed_by()
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(self.limited(requests, context))
    }

    fn ready(&self, context: FetchContext) -> ReadyFuture<'_> {
        Box::pin(self.limited_ready(context))
    }

    fn endpoint(&self) -> Option<String> {
        self.source.endpoint()
    }

    fn does_io(&self) -> bool {
        self.source.does_io()
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        self.source.hint(request, result)
    }
}
