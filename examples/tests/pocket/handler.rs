//! The handler in this process, with secrets from memory.

use std::error::Error as _;
use std::time::{Duration, UNIX_EPOCH};

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use from_secrets::Loader;
use from_secrets::source::{Env, Memory};
use from_secrets_examples::pocket::{Api, Error, RunSummary, tag_reading_list};
use serde_json::{Value, json};

use crate::reading_list::ReadingList;
use crate::{KEY, TOKEN, assert_no_value};

const NOW: u64 = 1_700_000_000;

async fn api(base_url: &str) -> Api {
    let secrets = Memory::new()
        .with_secret("POCKET_KEY", KEY)
        .with_secret("POCKET_TOKEN", TOKEN);
    let config = Loader::new()
        .source(secrets)
        .env(Env::from_vars([("POCKET_BASE_URL", base_url)]))
        .load()
        .await
        .unwrap();
    Api::new(config).unwrap()
}

async fn run(list: &ReadingList) -> Result<RunSummary, Error> {
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    tag_reading_list(&api(&list.url).await, now).await
}

fn one_of_each() -> Value {
    json!({
        "11": {"item_id": "11", "resolved_title": "Quick", "time_to_read": 2, "word_count": "410", "has_video": "0"},
        "12": {"item_id": "12", "resolved_title": "Medium", "word_count": "501", "has_video": "0"},
        "13": {"item_id": "13", "resolved_title": "Long", "time_to_read": "6", "has_video": 0},
        "14": {"item_id": "14", "resolved_title": "Film", "time_to_read": 0, "word_count": "0", "has_video": "2"},
        "15": {"item_id": "15", "resolved_title": "Unread by the API", "word_count": "0", "has_video": "0"},
    })
}

#[tokio::test]
async fn items_with_length_are_tagged() {
    let list = ReadingList::with(one_of_each()).await;

    let outcome = run(&list).await.unwrap();

    assert_eq!(outcome.to_string(), "4 of 5 items tagged");
    let requested = list.requested();
    assert_eq!(requested.len(), 2);
    assert_eq!(
        requested[1],
        (
            "/v3/send".to_owned(),
            json!({
                "consumer_key": KEY,
                "access_token": TOKEN,
                "actions": [
                    {"action": "tags_add", "item_id": "11", "tags": "a quick read"},
                    {"action": "tags_add", "item_id": "12", "tags": "a medium read"},
                    {"action": "tags_add", "item_id": "13", "tags": "a long read"},
                    {"action": "tags_add", "item_id": "14", "tags": "article with video"},
                ],
            })
        )
    );
}

#[tokio::test]
async fn request_selects_recent_untagged_items() {
    let list = ReadingList::with(json!([])).await;

    run(&list).await.unwrap();

    let week = 7 * 24 * 60 * 60;
    assert_eq!(
        list.requested(),
        [(
            "/v3/get".to_owned(),
            json!({
                "consumer_key": KEY,
                "access_token": TOKEN,
                "state": "unread",
                "tag": "_untagged_",
                "since": NOW - week,
                "detailType": "complete",
            })
        )]
    );
}

#[tokio::test]
async fn empty_list_sends_no_tags() {
    let list = ReadingList::with(json!([])).await;

    let outcome = run(&list).await.unwrap();

    assert_eq!(outcome.to_string(), "no untagged items this week");
    assert_eq!(list.paths(), ["/v3/get"]);
}

#[tokio::test]
async fn items_without_length_send_no_tags() {
    let list = ReadingList::with(json!({"15": {"word_count": "0"}})).await;

    let outcome = run(&list).await.unwrap();

    assert_eq!(outcome.to_string(), "0 of 1 items tagged");
    assert_eq!(list.paths(), ["/v3/get"]);
}

#[tokio::test]
async fn rejected_tag_is_not_counted() {
    let list = ReadingList::start(|path, _| match path {
        "/v3/get" => Json(json!({"list": one_of_each()})).into_response(),
        _ => {
            Json(json!({"status": 1, "action_results": [true, false, true, true]})).into_response()
        }
    })
    .await;

    assert_eq!(
        run(&list).await.unwrap(),
        RunSummary {
            found: 5,
            tagged: 3
        }
    );
}

#[tokio::test]
async fn rejection_shows_status_and_reason() {
    let list = ReadingList::start(|_, _| {
        (StatusCode::FORBIDDEN, [("x-error", "Invalid consumer key")]).into_response()
    })
    .await;

    let error = run(&list).await.unwrap_err();

    assert_eq!(
        error.to_string(),
        "the reading list rejected the request: 403 Forbidden, Invalid consumer key"
    );
    assert_no_value(&format!("{error:?}"));
}

#[tokio::test]
async fn malformed_response_error_has_source() {
    let list = ReadingList::start(|_, _| Json(json!({"list": "none"})).into_response()).await;

    let error = run(&list).await.unwrap_err();

    assert_eq!(error.to_string(), "the request to the reading list failed");
    assert!(error.source().is_some());
    assert_no_value(&format!("{error:?}"));
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let elsewhere = ReadingList::with(json!([])).await;
    let target = format!("{}/v3/get", elsewhere.url);
    let list = ReadingList::start(move |_, _| {
        (
            StatusCode::TEMPORARY_REDIRECT,
            [("location", target.as_str())],
        )
            .into_response()
    })
    .await;

    run(&list).await.unwrap_err();

    assert!(elsewhere.requested().is_empty());
}

#[tokio::test]
async fn client_debug_shows_no_value() {
    let text = format!("{:?}", api("http://127.0.0.1:1").await);

    assert!(text.contains("127.0.0.1"), "{text}");
    assert_no_value(&text);
}
