//! A fake API of the reading list, which records requests.

use std::sync::{Arc, Mutex};

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::support;

/// A running server.
pub(crate) struct ReadingList {
    pub(crate) url: String,
    requested: Arc<Mutex<Vec<(String, Value)>>>,
}

impl ReadingList {
    /// Starts a server that has these items and accepts all tags.
    pub(crate) async fn with(list: Value) -> Self {
        Self::start(move |path, body| match path {
            "/v3/get" => Json(json!({"status": 1, "list": list})).into_response(),
            "/v3/send" => {
                let accepted = vec![true; body["actions"].as_array().unwrap().len()];
                Json(json!({"status": 1, "action_results": accepted})).into_response()
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        })
        .await
    }

    /// Starts a server with this response for a path and a body.
    pub(crate) async fn start<A>(response: A) -> Self
    where
        A: Fn(&str, &Value) -> Response + Clone + Send + Sync + 'static,
    {
        let requested = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requested);
        let handler = async move |uri: Uri, Json(body): Json<Value>| {
            let response = response(uri.path(), &body);
            log.lock().unwrap().push((uri.path().to_owned(), body));
            response
        };
        let address = support::serve(Router::new().fallback(handler)).await;
        Self {
            url: format!("http://{address}"),
            requested,
        }
    }

    /// Returns the path and the body of each request.
    pub(crate) fn requested(&self) -> Vec<(String, Value)> {
        self.requested.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.requested().into_iter().map(|(path, _)| path).collect()
    }
}
