//! What can be asked of the service.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use from_secrets::Live;
use serde::Deserialize;

use super::Config;
use super::error::Error;
use super::health::Health;
use super::notes::{Note, Notes};

/// A note as a client sends it.
#[derive(Debug, Deserialize)]
struct NewNote {
    text: String,
}

/// `GET` and `POST /notes`, and `GET /health`.
pub fn router(live: Live<Config>) -> Router {
    let notes = Notes::new(live.clone());
    Router::new()
        .route("/notes", get(list).post(add))
        .with_state(notes)
        .route("/health", get(async move || Health::of(&live)))
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
