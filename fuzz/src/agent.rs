//! The agent source with any server on the agent's port: a load returns within its deadline and leaks no values.
//!
//! The input is a readable script: responses that are separated by lines of `----`. A response that begins with `HTTP/`
//! is sent unchanged. Any other response is a body, whose first line may specify a status and how the body is sent.

use std::net::{Ipv4Addr, SocketAddr, TcpListener as Listener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use from_secrets::source::{Agent, Env};
use from_secrets::{Error, ExposeSecret as _, FromSecrets, Loader, SecretString};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::json::Tree;
use crate::loading::{self, assert_silent, is_silent, printable, shown};

mod script;

use script::{Ending, ScriptedResponse};

/// The remaining responses.
type Script = Arc<Mutex<std::vec::IntoIter<ScriptedResponse>>>;

/// The token that is sent to the server. It looks like a canary, and must not be shown either.
const TOKEN: &str = "cAnArY-token";

/// The timeout of a load, in paused time.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Values of all kinds. They are optional, so that only failures cause errors.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Values {
    #[secret("prod/number", env = false)]
    number: Option<u16>,
    #[secret("prod/object", json_key = "key", env = false)]
    key: Option<SecretString>,
    #[secret("prod/bytes", binary, version_stage = "AWSPENDING", env = false)]
    bytes: Option<Vec<u8>>,
    #[secret("prod/versions", version_id = "7", env = false)]
    list: Option<Vec<String>>,
}

/// The name of the secret of `One`.
const NAME: &str = "prod/one";

#[derive(FromSecrets)]
#[secrets(debug)]
struct One {
    #[secret("prod/one", env = false)]
    one: SecretString,
}

/// Loads from a server that follows the script, on a host and on Lambda.
pub fn check(script: &[u8]) {
    let responses = ScriptedResponse::read_all(script);
    let may_show_canary = responses.iter().any(ScriptedResponse::has_shown_canary);
    let host: [(&str, &str); 0] = [];
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("SSM_PARAMETER_STORE_TIMEOUT_MILLIS", "50"),
    ];
    let host = Env::from_vars(host);
    let lambda = Env::from_vars(lambda);
    let one = load::<One>(&responses, Agent::new(), &host, may_show_canary);
    check_value(
        &responses,
        one.map(|one| one.one.expose_secret().to_owned()),
    );
    for environment in [&host, &lambda] {
        for agent in [Agent::new(), Agent::new().parameter_store()] {
            if let Ok(Values {
                number,
                key,
                bytes,
                list,
            }) = load(&responses, agent, environment, may_show_canary)
            {
                drop((number, key, bytes, list));
            }
        }
    }
}

/// Loads within the deadline. Checks the output unless the responses contain a canary in a part that may be shown.
fn load<T: FromSecrets + std::fmt::Debug>(
    responses: &[ScriptedResponse],
    agent: Agent,
    environment: &Env,
    may_show_canary: bool,
) -> Result<T, Error> {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
    listener
        .set_nonblocking(true)
        .expect("a listener that does not block");
    let port = listener
        .local_addr()
        .as_ref()
        .map(SocketAddr::port)
        .expect("a bound socket has an address");
    let loader = Loader::new()
        .env(environment.clone())
        .source(agent.port(port).token(TOKEN))
        .timeout(TIMEOUT);
    let script = Arc::new(Mutex::new(Vec::from(responses).into_iter()));
    let (outcome, took) = loading::run(async {
        let listener = TcpListener::from_std(listener).expect("a listener on this runtime");
        let mut server = JoinSet::new();
        server.spawn(serve(listener, script));
        let began = Instant::now();
        let outcome = timeout(2 * TIMEOUT, loader.load_with_report::<T>()).await;
        (
            outcome.expect("a load ends by its deadline"),
            began.elapsed(),
        )
    });
    // The clock ticks in milliseconds.
    assert!(
        took <= TIMEOUT + Duration::from_millis(2),
        "a load took {took:?}"
    );
    let shown = shown(&outcome);
    assert!(!shown.contains(TOKEN), "the token is shown in:\n{shown}");
    if !may_show_canary {
        assert_silent(&shown);
    }
    outcome.map(|(loaded, _)| loaded)
}

async fn serve(listener: TcpListener, script: Script) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(handle(stream, Arc::clone(&script)));
        }
    }
}

/// Serves the requests of one connection in the order of the script, and closes the connection at its end.
async fn handle(mut stream: TcpStream, script: Script) {
    while read_request(&mut stream).await {
        let response = script.lock().expect("the lock is not poisoned").next();
        let Some(response) = response else {
            return;
        };
        if stream.write_all(&response.bytes).await.is_err() {
            return;
        }
        match response.ending {
            Ending::Kept => {}
            Ending::Closed => return,
            Ending::Stalled => std::future::pending().await,
        }
    }
}

/// Returns whether a complete request was received. Requests have no body.
async fn read_request(stream: &mut TcpStream) -> bool {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    true
}

/// A valid first response must provide the loaded value; a response for a different secret must not.
fn check_value(responses: &[ScriptedResponse], loaded: Result<String, Error>) {
    let Some(ScriptedResponse {
        status: Some(200),
        body,
        is_whole: true,
        ..
    }) = responses.first()
    else {
        return;
    };
    let Ok(Value::Object(secret)) = serde_json::from_slice(body) else {
        return;
    };
    let is_plain = Tree::parse(body).is_some_and(|tree| !tree.repeats_keys());
    let Some(Value::String(text)) = secret.get("SecretString").filter(|_| is_plain) else {
        return;
    };
    let is_absent = |key: &str| secret.get(key).is_none_or(Value::is_null);
    let is_named = secret.get("Name").is_some_and(|name| name == NAME);
    let has_no_other_keys = ["ARN", "VersionId", "VersionStages"]
        .into_iter()
        .all(is_absent);
    let has_arn = matches!(secret.get("ARN"), Some(Value::String(arn)) if arn.contains(NAME));
    match loaded {
        Ok(loaded) => {
            assert_eq!(loaded, *text);
            assert!(
                is_named || has_arn,
                "the value of another secret was loaded"
            );
        }
        Err(error) if is_named && has_no_other_keys => {
            panic!("a valid secret was rejected: {error:#}")
        }
        Err(_) => {}
    }
}

impl ScriptedResponse {
    /// Returns whether a canary is in a part that may be shown: the ARN, the version, the error code, the message, or a
    /// plain text error.
    fn has_shown_canary(&self) -> bool {
        const SHOWN: [&str; 5] = ["ARN", "VersionId", "__type", "message", "Message"];
        match Tree::parse(&self.body) {
            Some(tree) => tree.has_under(&SHOWN, &|text| !is_silent(text)),
            None => {
                let text = printable(&String::from_utf8_lossy(&self.body));
                self.is_plain_error() && !is_silent(&text)
            }
        }
    }

    fn is_plain_error(&self) -> bool {
        let is_json = self.body.trim_ascii_start().starts_with(b"{");
        self.status.is_none_or(|status| status == 400 && !is_json)
    }
}
