//! A fake Vault.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use reqwest::Url;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const TOKEN: &str = "hvs.canary-token";

#[derive(Default)]
struct Engine {
    secrets: BTreeMap<String, Vec<Map<String, Value>>>,
    denied: Vec<String>,
    hangs: bool,
}

type Shared = Arc<Mutex<Engine>>;

/// A running server, which stops when it is dropped.
pub(crate) struct Server {
    engine: Shared,
    pub(crate) address: Url,
    serving: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let engine = Shared::default();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/secret/data/{*path}", get(read))
            .with_state(Arc::clone(&engine));
        let serving = tokio::spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            engine,
            address: Url::parse(&address).unwrap(),
            serving,
        }
    }

    /// Adds a version.
    pub(crate) fn put(&self, path: &str, data: Map<String, Value>) {
        let mut engine = self.engine.lock().unwrap();
        let path = path.trim_start_matches('/').to_owned();
        engine.secrets.entry(path).or_default().push(data);
    }

    pub(crate) fn deny(&self, path: &str) {
        self.engine.lock().unwrap().denied.push(path.to_owned());
    }

    pub(crate) fn hang(&self) {
        self.engine.lock().unwrap().hangs = true;
    }

    pub(crate) fn stop(&self) {
        self.serving.abort();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn read(
    State(engine): State<Shared>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if engine.lock().unwrap().hangs {
        std::future::pending::<()>().await;
    }
    let engine = engine.lock().unwrap();
    let has_token = headers
        .get("X-Vault-Token")
        .is_some_and(|token| token == TOKEN);
    if !has_token || engine.denied.contains(&path) {
        let errors = json!({ "errors": ["permission denied"] });
        return (StatusCode::FORBIDDEN, errors.to_string()).into_response();
    }
    let versions = engine
        .secrets
        .get(&path)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pinned = query
        .as_deref()
        .and_then(|query| query.strip_prefix("version="));
    let Ok(version) = pinned.map_or(Ok(versions.len()), str::parse) else {
        return (StatusCode::BAD_REQUEST, json!({ "errors": [] }).to_string()).into_response();
    };
    match version.checked_sub(1).and_then(|index| versions.get(index)) {
        Some(data) => {
            let metadata = json!({ "version": version, "created_time": "2026-01-01T00:00:00Z" });
            json!({ "data": { "data": data, "metadata": metadata } })
                .to_string()
                .into_response()
        }
        None => (StatusCode::NOT_FOUND, json!({ "errors": [] }).to_string()).into_response(),
    }
}
