//! The HTTP routes of the service.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use from_secrets::Live;
use from_secrets::live::LiveStatus;
use serde::Deserialize;

use super::Config;
use super::error::Error;
use super::notes::{Note, Notes};

/// A note in a request.
#[derive(Debug, Deserialize)]
struct NewNote {
    text: String,
}

/// Returns the routes: `GET` and `POST /notes`, and `GET /health`.
pub fn router(live: Live<Config>) -> Router {
    let notes = Notes::new(&live);
    Router::new()
        .route("/notes", get(list).post(add))
        .with_state(notes)
        .route("/health", get(async move || health(&live)))
}

/// Returns how fresh the secrets are. An orchestrator can alert on 503, or replace the instance.
fn health(live: &Live<Config>) -> (StatusCode, Json<LiveStatus>) {
    let status = live.status();
    let code = if status.is_stale() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (code, Json(status))
}

async fn list(State(notes): State<Notes>) -> Result<Json<Vec<Note>>, Error> {
    notes.latest().await.map(Json)
}

async fn add(
    State(notes): State<Notes>,
    Json(new): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Error> {
    let note = notes.add(&new.text).await?;
    Ok((StatusCode::CREATED, Json(note)))
}
