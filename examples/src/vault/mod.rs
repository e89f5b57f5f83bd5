//! HashiCorp Vault as a custom source.
//!
//! It reads secrets from a KV version 2 engine. A secret whose only key is `value` is text; others are JSON secrets.
//! <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version>

use std::fmt;
use std::num::NonZeroU64;

use from_secrets::source::{
    FetchContext, FetchFuture, FetchResult, MissingReason, ReadyFuture, SecretRequest,
    SecretSource, SecretValue, SourceError, SourceErrorKind, VersionSelector,
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
    /// Returns the engine `secret` of a Vault, for example of `https://127.0.0.1:8200`. Without a token, the source is
    /// not configured, and the next source is queried.
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

    /// Returns the token, or the result of every request without it.
    fn token(&self) -> Result<&SecretString, FetchResult> {
        let token = self.token.as_ref();
        token.ok_or_else(|| FetchResult::NotConfigured("`VAULT_TOKEN` is not set".to_owned()))
    }

    /// Requests one secret. The loader decides from the result whether to query the next source.
    async fn response(&self, request: &SecretRequest) -> FetchResult {
        let token = match self.token() {
            Ok(token) => token,
            Err(result) => return result,
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
                    "the response is not a response of Vault",
                    ADDRESS,
                ),
            },
            Ok(response) => refused(response.status()),
            // The token is in a header, so the error cannot contain it.
            Err(error) => failed(
                SourceErrorKind::Unreachable,
                &error.without_url().to_string(),
                ADDRESS,
            ),
        }
    }

    /// Returns the URL of a secret, or `None` for a version that Vault cannot have: its versions are numbers.
    fn url(&self, request: &SecretRequest) -> Option<Url> {
        let mut url = self.engine.clone();
        let names = request.id().split('/').filter(|name| !name.is_empty());
        url.path_segments_mut().ok()?.extend(names);
        match request.version() {
            VersionSelector::Current => Some(url),
            VersionSelector::Id(number) => {
                // Vault rejects other text, and returns the latest version for 0.
                number.parse::<NonZeroU64>().ok()?;
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
            for (index, request) in requests.iter().cloned().enumerate() {
                let vault = self.clone();
                requested.spawn(async move { (index, vault.response(&request).await) });
            }
            // The results have the order of the requests.
            let mut responses = requested.join_all().await;
            responses.sort_unstable_by_key(|(index, _)| *index);
            responses
                .into_iter()
                .map(|(_, response)| response)
                .collect()
        })
    }

    fn ready(&self, _context: FetchContext) -> ReadyFuture<'_> {
        Box::pin(async { self.token().map(drop) })
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.engine.origin().ascii_serialization())
    }
}

/// Does not show the token.
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
    let is_key_requested = request.json_keys().iter().any(|key| key == "value");
    let text = match data.get("value") {
        Some(Value::String(text)) if data.len() == 1 && !is_key_requested => text.clone(),
        _ => Value::Object(data).to_string(),
    };
    FetchResult::Found(SecretValue::text(text).with_version_id(metadata.version.to_string()))
}

const ADDRESS: &str = "check VAULT_ADDR, and the network route to it";

fn refused(status: StatusCode) -> FetchResult {
    match status.as_u16() {
        404 => FetchResult::Missing(MissingReason::Secret),
        403 => failed(
            SourceErrorKind::Denied,
            "permission denied",
            "renew VAULT_TOKEN, or allow its policy to read this path",
        ),
        429 => failed(
            SourceErrorKind::Throttled,
            "too many requests",
            "raise the rate limit quota",
        ),
        503 => failed(
            SourceErrorKind::Unreachable,
            "Vault is sealed, or in maintenance",
            "unseal Vault",
        ),
        code => failed(SourceErrorKind::Internal, &format!("HTTP {code}"), ADDRESS),
    }
}

fn failed(kind: SourceErrorKind, message: &str, hint: &str) -> FetchResult {
    FetchResult::Failed(SourceError::new(kind, message).with_hint(hint))
}
