//! A fake Lambda Runtime API, which sends invocations and collects responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;

use crate::support;

/// A running server.
pub(crate) struct LambdaApi {
    pub(crate) address: String,
    responses: UnboundedReceiver<FunctionResponse>,
}

/// A response of the function.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FunctionResponse {
    pub(crate) request_id: String,
    /// `response` or `error`.
    pub(crate) kind: String,
    pub(crate) body: Value,
}

#[derive(Clone)]
struct Script {
    invocations: usize,
    begun: Arc<AtomicUsize>,
    responses: UnboundedSender<FunctionResponse>,
}

impl LambdaApi {
    /// Sends this number of invocations, sequentially.
    pub(crate) async fn with(invocations: usize) -> Self {
        let (sender, responses) = mpsc::unbounded_channel();
        let script = Script {
            invocations,
            begun: Arc::default(),
            responses: sender,
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/{kind}",
                post(responded),
            )
            .with_state(script);
        Self {
            address: support::serve(router).await,
            responses,
        }
    }

    /// Waits for the next response.
    pub(crate) async fn response(&mut self) -> FunctionResponse {
        let response = timeout(Duration::from_secs(30), self.responses.recv());
        response.await.expect("no response in time").unwrap()
    }
}

async fn next(State(script): State<Script>) -> Response {
    let id = script.begun.fetch_add(1, Ordering::SeqCst);
    if id >= script.invocations {
        std::future::pending::<()>().await;
    }
    let headers = [
        ("lambda-runtime-aws-request-id", format!("invocation-{id}")),
        ("lambda-runtime-deadline-ms", "4102444800000".to_owned()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:pocket".to_owned(),
        ),
    ];
    let event = json!({"version": "0", "detail-type": "Scheduled Event", "detail": {}});
    (headers, Json(event)).into_response()
}

async fn responded(
    State(script): State<Script>,
    Path((request_id, kind)): Path<(String, String)>,
    body: Bytes,
) {
    let response = FunctionResponse {
        request_id,
        kind,
        body: serde_json::from_slice(&body).unwrap(),
    };
    // The test may have dropped the receiver.
    let _ = script.responses.send(response);
}
