//! The reading list's API, with a record of what it was asked.

use std::sync::{Arc, Mutex};

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::support;

/// A running stand-in.
pub(crate) struct ReadingList {
    pub(crate) url: String,
    requested: Arc<Mutex<Vec<(String, Value)>>>,
}

impl ReadingList {
    /// Has these items, and accepts every tag.
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

    /// Responds as set, by path and body.
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

    /// What was asked so far: path and body.
    pub(crate) fn requested(&self) -> Vec<(String, Value)> {
        self.requested.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.requested().into_iter().map(|(path, _)| path).collect()
    }
}
