//! A program that resolves credentials, region and endpoint with the bare SDK, and then loads two secrets with the
//! library.
//!
//! It writes two lines of JSON: the result of the SDK, whose requests reach no network, and the error of the load.
#![expect(clippy::print_stdout, reason = "the test reads its output")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_secretsmanager::Client;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};
use from_secrets_tests::sdk::assumed_role;
use serde_json::{Value, json};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Pocket {
    key: SecretString,
    token: SecretString,
}

/// Responds to requests, and remembers the one to Secrets Manager.
#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Option<Value>>>);

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).unwrap_or_default().to_owned();
        let authorization = header("authorization");
        let mut scope = authorization
            .split_once("Credential=")
            .map_or("", |(_, scope)| scope)
            .split('/');
        let (key, region) = (
            scope.next().unwrap_or_default(),
            scope.nth(1).unwrap_or_default(),
        );
        let body = request.body().bytes().unwrap_or_default();
        let body = String::from_utf8_lossy(body).into_owned();
        let response = if header("x-amz-target").is_empty() {
            let action = body
                .split('&')
                .find_map(|part| part.strip_prefix("Action="));
            match action {
                Some(action) => (200, assumed_role(action, &format!("R{key}"))),
                None => (401, String::new()),
            }
        } else {
            let seen = json!({ "key": key, "region": region, "endpoint": request.uri() });
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
            let error = json!({ "__type": "ResourceNotFoundException", "Message": "" });
            (400, error.to_string())
        };
        let (status, body) = response;
        let status = StatusCode::try_from(status).expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

async fn with_bare_sdk() -> Value {
    let recorder = Recorder::default();
    let connector = SharedHttpConnector::new(recorder.clone());
    let http = http_client_fn(move |_, _| connector.clone());
    let get = tokio::spawn(async move {
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
        let client = Client::new(&config.load().await);
        let _ = client
            .get_secret_value()
            .secret_id("POCKET_KEY")
            .send()
            .await;
    });
    if get.await.is_err() {
        return json!({ "refused": "a panic" });
    }
    let seen = recorder.0.lock().unwrap_or_else(PoisonError::into_inner);
    seen.clone()
        .unwrap_or_else(|| json!({ "refused": "no request" }))
}

async fn with_library() -> Value {
    match Loader::new()
        .timeout(Duration::from_secs(20))
        .load::<Pocket>()
        .await
    {
        Ok(pocket) => {
            json!({ "loaded": [pocket.key.expose_secret(), pocket.token.expose_secret()] })
        }
        Err(error) => json!({ "error": format!("{error:#}") }),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    println!("{}", with_bare_sdk().await);
    println!("{}", with_library().await);
}
