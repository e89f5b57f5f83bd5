//! A client for the API of the reading list.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{error, fmt};

use from_secrets::ExposeSecret;
use reqwest::{StatusCode, redirect};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{PocketConfig, item::Item, tag::Tag};

/// The reading list of one user.
#[derive(Debug)]
pub struct Api {
    http: reqwest::Client,
    config: PocketConfig,
}

/// A failed call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The request failed, or its response is malformed.
    Http(reqwest::Error),
    /// The API rejected the request.
    Rejected {
        /// The HTTP status.
        status: StatusCode,
        /// The reason, from the header `X-Error`.
        reason: String,
    },
}

#[derive(Serialize)]
struct Request<'a, B> {
    consumer_key: &'a str,
    access_token: &'a str,
    #[serde(flatten)]
    body: B,
}

#[derive(Serialize)]
struct Get {
    state: &'static str,
    tag: &'static str,
    since: u64,
    #[serde(rename = "detailType")]
    detail_type: &'static str,
}

#[derive(Deserialize)]
struct Got {
    #[serde(deserialize_with = "super::item::list")]
    list: BTreeMap<String, Item>,
}

#[derive(Serialize)]
struct Send<'a> {
    actions: Vec<AddTags<'a>>,
}

#[derive(Serialize)]
struct AddTags<'a> {
    action: &'static str,
    item_id: &'a str,
    tags: Tag,
}

#[derive(Deserialize)]
struct Sent {
    action_results: Vec<bool>,
}

impl Api {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// Returns an error if TLS cannot be set up.
    pub fn new(config: PocketConfig) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            // A redirect would send the secrets in the body to another host.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { http, config })
    }

    /// Returns the unread, untagged items that were saved after this time, by ID.
    pub(crate) async fn untagged(
        &self,
        since: SystemTime,
    ) -> Result<BTreeMap<String, Item>, Error> {
        let since = since.duration_since(UNIX_EPOCH).unwrap_or_default();
        let body = Get {
            state: "unread",
            tag: "_untagged_",
            since: since.as_secs(),
            detail_type: "complete",
        };
        let got: Got = self.post("/v3/get", body).await?;
        Ok(got.list)
    }

    /// Tags items, and returns how many the API accepted.
    pub(crate) async fn add_tags(&self, tags: &[(&str, Tag)]) -> Result<usize, Error> {
        let actions = tags.iter().map(|&(item_id, tags)| AddTags {
            action: "tags_add",
            item_id,
            tags,
        });
        let body = Send {
            actions: actions.collect(),
        };
        let sent: Sent = self.post("/v3/send", body).await?;
        Ok(sent.action_results.into_iter().filter(|&done| done).count())
    }

    /// Sends a request. Only this function exposes the secrets.
    async fn post<B: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        body: B,
    ) -> Result<A, Error> {
        let mut url = self.config.base_url.clone();
        url.set_path(path);
        let request = Request {
            consumer_key: self.config.key.expose_secret(),
            access_token: self.config.token.expose_secret(),
            body,
        };
        let response = self.http.post(url).json(&request).send().await?;
        if !response.status().is_success() {
            return Err(Error::rejected(&response));
        }
        Ok(response.json().await?)
    }
}

impl Error {
    fn rejected(response: &reqwest::Response) -> Self {
        let reason = response.headers().get("x-error");
        Self::Rejected {
            status: response.status(),
            reason: reason
                .and_then(|reason| reason.to_str().ok())
                .unwrap_or("no reason given")
                .to_owned(),
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(_) => f.write_str("the request to the reading list failed"),
            Self::Rejected { status, reason } => {
                write!(
                    f,
                    "the reading list rejected the request: {status}, {reason}"
                )
            }
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Http(error) => Some(error),
            Self::Rejected { .. } => None,
        }
    }
}
