//! A fake Secrets Manager for loads, which records requests.

use std::sync::{Arc, Mutex};

use axum::http::HeaderMap;
use axum::{Json, Router, routing::post};
use serde_json::{Value, json};

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Requested {
    /// `GetSecretValue` or `BatchGetSecretValue`.
    pub(crate) operation: String,
    /// The region that the request was signed for.
    pub(crate) region: String,
    /// The body of the request.
    pub(crate) body: Value,
}

/// A running server.
pub(crate) struct SecretsManager {
    address: String,
    requested: Arc<Mutex<Vec<Requested>>>,
}

impl SecretsManager {
    pub(crate) async fn start(secrets: &'static [(&'static str, &'static str)]) -> Self {
        let requested = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requested);
        let response = async move |headers: HeaderMap, body: String| {
            let requested = Requested::new(&headers, &body);
            log.lock().unwrap().push(requested.clone());
            Json(requested.response(secrets))
        };
        let address = super::serve(Router::new().route("/", post(response))).await;
        Self { address, requested }
    }

    /// Returns environment variables with the endpoint and with credentials, as on Lambda.
    pub(crate) fn variables(&self) -> [(&'static str, String); 4] {
        [
            (
                "AWS_ENDPOINT_URL_SECRETS_MANAGER",
                format!("http://{}", self.address),
            ),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "example".to_owned()),
            ("AWS_SESSION_TOKEN", "example".to_owned()),
        ]
    }

    pub(crate) fn requested(&self) -> Vec<Requested> {
        self.requested.lock().unwrap().clone()
    }
}

impl Requested {
    fn new(headers: &HeaderMap, body: &str) -> Self {
        let header = |name| headers[name].to_str().unwrap();
        // `Credential=<key>/<date>/<region>/secretsmanager/aws4_request`
        let region = header("authorization").split('/').nth(2).unwrap();
        let operation = header("x-amz-target").rsplit('.').next().unwrap();
        Self {
            operation: operation.to_owned(),
            region: region.to_owned(),
            body: serde_json::from_str(body).unwrap(),
        }
    }

    fn response(&self, secrets: &[(&str, &str)]) -> Value {
        let value = |id: &Value| {
            let (name, value) = secrets.iter().find(|(name, _)| id == name).unwrap();
            json!({
                "ARN": format!("arn:aws:secretsmanager:{}:123456789012:secret:{name}-AbCdEf", self.region),
                "Name": name,
                "SecretString": value,
                "VersionId": "11111111-1111-1111-1111-111111111111",
                "VersionStages": ["AWSCURRENT"],
            })
        };
        match self.operation.as_str() {
            "GetSecretValue" => value(&self.body["SecretId"]),
            "BatchGetSecretValue" => {
                let ids = self.body["SecretIdList"].as_array().unwrap();
                json!({"SecretValues": ids.iter().map(value).collect::<Vec<_>>(), "Errors": []})
            }
            other => panic!("`{other}` is not scripted"),
        }
    }
}
