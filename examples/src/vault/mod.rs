//! HashiCorp Vault as a source: what it takes to add one of your own.
//!
//! Secrets are read from a KV version 2 engine. One whose only key is `value` is that text; any other is a JSON secret.
//! <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version>

use std::fmt;

use from_secrets::source::{
    FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest, SecretSource,
    SecretValue, SourceError, SourceErrorKind, VersionSelector,
};
use from_secrets::{ExposeSecret, SecretString};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::task::JoinSet;

/// A KV version 2 engine of a Vault.
#[derive(Clone)]
pub struct Vault {
    engine: Url,
    token: Option<SecretString>,
    client: Client,
}

#[derive(Deserialize)]
struct Read {
    data: Versioned,
}

#[derive(Deserialize)]
struct Versioned {
    data: Map<String, Value>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    version: u64,
}

impl Vault {
    /// The engine `secret` of a Vault, as `https://127.0.0.1:8200`. Without a token the source is not configured, and
    /// the chain goes on.
    pub fn new(address: &Url, token: Option<SecretString>) -> Self {
        let mut engine = address.clone();
        if let Ok(mut path) = engine.path_segments_mut() {
            path.pop_if_empty().extend(["v1", "secret", "data"]);
        }
        Self {
            engine,
            token,
            client: Client::new(),
        }
    }

    /// One answer. A source tells what is so, and leaves it to the chain what follows.
    async fn response(&self, request: &SecretRequest) -> FetchResult {
        let Some(token) = &self.token else {
            return FetchResult::NotConfigured("no token of Vault is set".to_owned());
        };
        let Some(url) = self.url(request) else {
            return FetchResult::Missing(MissingReason::Version);
        };
        let requested = self.client.get(url);
        let sent = requested
            .header("X-Vault-Token", token.expose_secret())
            .send();
        match sent.await {
            Ok(response) if response.status().is_success() => match response.json().await {
                Ok(read) => found(request, read),
                Err(_) => failed(
                    SourceErrorKind::Internal,
                    "the answer is not Vault's",
                    ADDRESS,
                ),
            },
            Ok(response) => refused(response.status()),
            // The error's text holds the URL, which holds no value; its token is in a header.
            Err(error) => failed(
                SourceErrorKind::Unreachable,
                &error.without_url().to_string(),
                ADDRESS,
            ),
        }
    }

    /// `None`: Vault numbers its versions, and has no stages.
    fn url(&self, request: &SecretRequest) -> Option<Url> {
        let mut url = self.engine.clone();
        let names = request.id().split('/').filter(|name| !name.is_empty());
        url.path_segments_mut().ok()?.extend(names);
        match request.version() {
            VersionSelector::Current => Some(url),
            VersionSelector::Id(number) => {
                url.query_pairs_mut().append_pair("version", number);
                Some(url)
            }
            _ => None,
        }
    }
}

impl SecretSource for Vault {
    fn name(&self) -> &'static str {
        "vault"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async move {
            let mut requested = JoinSet::new();
            for (place, request) in requests.iter().cloned().enumerate() {
                let vault = self.clone();
                requested.spawn(async move { (place, vault.response(&request).await) });
            }
            // They come as they are ready, and are given in the order of the requests.
            let mut responses = requested.join_all().await;
            responses.sort_unstable_by_key(|(place, _)| *place);
            responses
                .into_iter()
                .map(|(_, response)| response)
                .collect()
        })
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.engine.origin().ascii_serialization())
    }
}

/// Never shows the token.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.engine.as_str();
        f.debug_struct("Vault")
            .field("engine", &engine)
            .finish_non_exhaustive()
    }
}

fn found(request: &SecretRequest, read: Read) -> FetchResult {
    let Versioned { data, metadata } = read.data;
    let is_asked_for = request.json_keys().iter().any(|key| key == "value");
    let text = match data.get("value") {
        Some(Value::String(text)) if data.len() == 1 && !is_asked_for => text.clone(),
        _ => Value::Object(data).to_string(),
    };
    FetchResult::Found(SecretValue::text(text).with_version_id(metadata.version.to_string()))
}

const ADDRESS: &str = "check VAULT_ADDR, and that this machine can reach it";

fn refused(status: StatusCode) -> FetchResult {
    match status.as_u16() {
        404 => FetchResult::Missing(MissingReason::Secret),
        403 => failed(
            SourceErrorKind::Denied,
            "permission denied",
            "renew VAULT_TOKEN, or let its policy read this path",
        ),
        429 => failed(
            SourceErrorKind::Throttled,
            "too many requests",
            "raise the rate limit quota",
        ),
        503 => failed(
            SourceErrorKind::Unreachable,
            "Vault is sealed, or in maintenance",
            "unseal it",
        ),
        code => failed(SourceErrorKind::Internal, &format!("HTTP {code}"), ADDRESS),
    }
}

fn failed(cause: SourceErrorKind, message: &str, hint: &str) -> FetchResult {
    FetchResult::Failed(SourceError::new(cause, message).with_hint(hint))
}
