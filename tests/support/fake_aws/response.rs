//! Responses of the fake server.

use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use hyper::header::HeaderValue;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use tokio::time::timeout;

use crate::call::Calls;
use crate::serve::{Ending, Partial, Reply};

/// How long a request waits for others that should come at its side.
const PATIENCE: Duration = Duration::from_secs(5);

/// A response to one request.
#[derive(Clone, Debug)]
pub struct FakeResponse {
    delay: Duration,
    arrivals: usize,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    Reply {
        status: u16,
        body: String,
        ending: Ending,
        date: Option<SystemTime>,
        header: Option<(&'static str, &'static str)>,
    },
    Hang,
    Close,
}

impl FakeResponse {
    /// The request id of every response.
    pub const REQUEST_ID: &str = "5ec2e7ed-0000-4000-8000-00000000da7a";

    /// Status 200 with that body.
    pub fn json(body: &Value) -> Self {
        Self::raw(200, body.to_string())
    }

    /// Any status and text.
    pub fn raw(status: u16, body: impl Into<String>) -> Self {
        Self::act(Act::Reply {
            status,
            body: body.into(),
            ending: Ending::Whole,
            date: None,
            header: None,
        })
    }

    /// An error as AWS words it: status 400.
    pub fn error(code: &str, message: &str) -> Self {
        Self::error_with_status(400, code, message)
    }

    /// An error of the service, or of something before it.
    pub fn error_with_status(status: u16, code: &str, message: &str) -> Self {
        Self::raw(
            status,
            json!({ "__type": code, "Message": message }).to_string(),
        )
    }

    /// Returns IAM's response if the permission for batches is not granted.
    pub fn batch_denied() -> Self {
        Self::error("AccessDeniedException", &denial("BatchGetSecretValue", "*"))
    }

    /// Returns IAM's response if the permission to read a secret is not granted.
    pub fn denied(secret_id: &str) -> Self {
        Self::error(
            "AccessDeniedException",
            &denial("GetSecretValue", secret_id),
        )
    }

    /// Too many requests.
    pub fn throttled() -> Self {
        Self::error("ThrottlingException", "Rate exceeded")
    }

    /// Something broke in the service.
    pub fn internal() -> Self {
        Self::error_with_status(
            500,
            "InternalServiceError",
            "An error occurred on the server side.",
        )
    }

    /// Headers and half the body, then nothing more.
    pub fn stalled(self) -> Self {
        self.ending(Ending::Stalls)
    }

    /// Headers and half the body, then the connection ends.
    pub fn broken_off(self) -> Self {
        self.ending(Ending::Breaks)
    }

    /// Sets the `Date` header, in place of the current time.
    pub fn dated(mut self, at: SystemTime) -> Self {
        if let Act::Reply { date, .. } = &mut self.act {
            *date = Some(at);
        }
        self
    }

    /// Adds a header.
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        if let Act::Reply { header, .. } = &mut self.act {
            *header = Some((name, value));
        }
        self
    }

    /// Accepts the request without a response.
    pub fn hang() -> Self {
        Self::act(Act::Hang)
    }

    /// The request is taken, and the connection closed.
    pub fn close() -> Self {
        Self::act(Act::Close)
    }

    /// The same after a while.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Delays the response until this number of requests has arrived, which proves that they are concurrent.
    /// Where they are not, the connection is closed.
    pub fn once_arrived(self, arrivals: usize) -> Self {
        Self { arrivals, ..self }
    }

    fn act(act: Act) -> Self {
        Self {
            delay: Duration::ZERO,
            arrivals: 0,
            act,
        }
    }

    fn ending(mut self, as_said: Ending) -> Self {
        if let Act::Reply { ending, .. } = &mut self.act {
            *ending = as_said;
        }
        self
    }

    pub(crate) async fn perform(self, calls: &Calls) -> Reply {
        // The timer would make a millisecond of no time at all.
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        if timeout(PATIENCE, calls.arrived(self.arrivals))
            .await
            .is_err()
        {
            return None;
        }
        match self.act {
            Act::Reply {
                status,
                body,
                ending,
                date,
                header,
            } => {
                let mut response = response(status, &body, ending, date);
                if let Some((name, value)) = header {
                    let value = HeaderValue::from_static(value);
                    response.headers_mut().insert(name, value);
                }
                Some(response)
            }
            Act::Hang => std::future::pending().await,
            Act::Close => None,
        }
    }
}

pub(crate) fn denial(action: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:sts::123456789012:assumed-role/app/session is not authorized to perform: \
         secretsmanager:{action} on resource: {resource} because no identity-based policy allows the \
         secretsmanager:{action} action"
    )
}

fn response(
    status: u16,
    body: &str,
    ending: Ending,
    date: Option<SystemTime>,
) -> Response<Partial> {
    let sent = match ending {
        Ending::Whole => body.len(),
        Ending::Stalls | Ending::Breaks => body.len() / 2,
    };
    let date = DateTime::from(date.unwrap_or_else(SystemTime::now)).fmt(Format::HttpDate);
    Response::builder()
        .header("date", date.expect("a time that HTTP can write"))
        .status(StatusCode::from_u16(status).expect("a status that HTTP has"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("content-length", body.len())
        .header("x-amzn-requestid", FakeResponse::REQUEST_ID)
        .body(Partial::new(body.as_bytes()[..sent].to_vec(), ending))
        .expect("a response of valid parts")
}
