//! Requests as they arrived.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use hyper::HeaderMap;
use hyper::header::HeaderValue;
use serde_json::Value;

/// One request to Secrets Manager or Parameter Store, as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    /// `GetSecretValue`, `BatchGetSecretValue`, `GetParameters`, …
    pub operation: String,
    /// The requested ids, names or path, in their order, or the name of a secret to create.
    pub ids: Vec<String>,
    /// The version stage, where one was sent.
    pub version_stage: Option<String>,
    /// The version id, where one was sent.
    pub version_id: Option<String>,
    /// The page, if one was requested.
    pub next_token: Option<String>,
    /// The body, if it is JSON.
    pub body: Value,
    /// The path of the URL, without the query.
    pub path: String,
    /// The access key id that the request was signed with; empty if it was not signed.
    pub access_key: String,
    /// The region that the request was signed for.
    pub region: String,
    /// The header `user-agent`, in which the SDK describes the client that sent it.
    pub user_agent: String,
    /// The header `x-amz-user-agent`, which the SDK also sends.
    pub sdk_user_agent: String,
    /// The time that the request was signed with, if it was signed.
    pub signed_at: Option<SystemTime>,
    /// How many requests came before it.
    pub nth: usize,
    /// When it arrived.
    pub at: Instant,
}

impl Call {
    pub(crate) fn read(path: &str, headers: &HeaderMap, body: &[u8], nth: usize) -> Self {
        let operation = operation(headers).or_else(|| action(body));
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self {
            operation: operation.unwrap_or_default(),
            path: path.to_owned(),
            access_key: access_key(headers),
            user_agent: header(headers, "user-agent").to_owned(),
            sdk_user_agent: header(headers, "x-amz-user-agent").to_owned(),
            ids: ids(&body),
            version_stage: text(&body["VersionStage"]),
            version_id: text(&body["VersionId"]),
            next_token: text(&body["NextToken"]),
            body,
            region: region(headers),
            signed_at: signed_at(headers),
            nth,
            at: Instant::now(),
        }
    }

    /// Returns whether the call requests several secrets.
    pub fn is_batch(&self) -> bool {
        self.operation == "BatchGetSecretValue"
    }

    /// Returns whether the call requests one secret.
    pub fn is_get(&self) -> bool {
        self.operation == "GetSecretValue"
    }

    /// Returns whether the call requests this id, alone or among others.
    pub fn is_request_for(&self, id: &str) -> bool {
        self.ids.iter().any(|requested| requested == id)
    }
}

fn operation(headers: &HeaderMap) -> Option<String> {
    let (_, operation) = header(headers, "x-amz-target").rsplit_once('.')?;
    Some(operation.to_owned())
}

/// STS names its operation in a form.
fn action(body: &[u8]) -> Option<String> {
    let form = std::str::from_utf8(body).ok()?;
    let action = form
        .split('&')
        .find_map(|part| part.strip_prefix("Action="))?;
    Some(action.to_owned())
}

fn access_key(headers: &HeaderMap) -> String {
    let credential = header(headers, "authorization").split("Credential=").nth(1);
    let key = credential.and_then(|credential| credential.split('/').next());
    key.unwrap_or_default().to_owned()
}

/// From `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn region(headers: &HeaderMap) -> String {
    let authorization = header(headers, "authorization");
    authorization
        .split('/')
        .nth(2)
        .unwrap_or_default()
        .to_owned()
}

/// Reads `x-amz-date`, as `20260101T120000Z`.
fn signed_at(headers: &HeaderMap) -> Option<SystemTime> {
    let (date, time) = header(headers, "x-amz-date").split_once('T')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..)?);
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}");
    let time = DateTime::from_str(&text, Format::DateTime).ok()?;
    time.try_into().ok()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map(HeaderValue::to_str)
        .and_then(Result::ok)
        .unwrap_or_default()
}

fn ids(body: &Value) -> Vec<String> {
    let lists = ["SecretIdList", "Names"].iter();
    let lists = lists.filter_map(|key| body[*key].as_array());
    let alone = ["SecretId", "Name", "Path"].iter().map(|key| &body[*key]);
    lists.flatten().chain(alone).filter_map(text).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Every request that a server was sent.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    pub(crate) fn record(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Call {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let call = Call::read(path, headers, body, calls.len());
        calls.push(call.clone());
        call
    }

    /// All of them, in the order in which they arrived.
    pub fn all(&self) -> Vec<Call> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many have arrived.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits until that many have arrived.
    pub(crate) async fn arrived(&self, count: usize) {
        while self.count() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many of which kind: `1 batch, 10 gets`.
    pub fn tally(&self) -> String {
        let calls = self.all();
        let batches = calls.iter().filter(|call| call.is_batch()).count();
        let gets = calls.iter().filter(|call| call.is_get()).count();
        let others = calls.len() - batches - gets;
        let mut tally = format!(
            "{}, {}",
            counted(batches, "batch", "batches"),
            counted(gets, "get", "gets")
        );
        if others > 0 {
            let _ = write!(tally, ", {others} of another kind");
        }
        tally
    }

    /// Forgets what has arrived so far.
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(target: &'static str, body: &str) -> Call {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", HeaderValue::from_static(target));
        let authorization = "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/secretsmanager/aws4_request, Signature=0";
        headers.insert("authorization", HeaderValue::from_static(authorization));
        Call::read("/", &headers, body.as_bytes(), 0)
    }

    #[test]
    fn get_has_version_and_region() {
        let call = call(
            "secretsmanager.GetSecretValue",
            r#"{"SecretId":"a","VersionStage":"AWSPREVIOUS"}"#,
        );
        assert!(call.is_get() && call.is_request_for("a"));
        assert_eq!(call.version_stage.as_deref(), Some("AWSPREVIOUS"));
        assert_eq!((call.version_id, call.region.as_str()), (None, "eu-west-1"));
    }

    #[test]
    fn batch_keeps_order_of_ids() {
        let call = call(
            "secretsmanager.BatchGetSecretValue",
            r#"{"SecretIdList":["b","a"]}"#,
        );
        assert!(call.is_batch());
        assert_eq!(call.ids, ["b", "a"]);
    }
}
