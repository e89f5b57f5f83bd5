//! The Lambda Runtime API: hands out invocations, collects answers.

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

/// A running stand-in.
pub(crate) struct LambdaApi {
    pub(crate) address: String,
    responses: UnboundedReceiver<FunctionResponse>,
}

/// What the function answered.
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
    /// Invokes the function so often, one invocation after the other, and then leaves it waiting.
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

    /// The next answer; the bound is far above what a run takes.
    pub(crate) async fn response(&mut self) -> FunctionResponse {
        let response = timeout(Duration::from_secs(30), self.responses.recv());
        response.await.expect("no answer in time").unwrap()
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
    // Nobody listens any more once the test has seen enough.
    let _ = script.responses.send(response);
}
