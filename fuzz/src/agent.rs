//! What the agent's source promises, whatever answers on its port: an answer or an error in time, and nothing shown.
//!
//! The input is a script, to be read by people too: answers that are separated by lines of `----`. One that begins with
//! `HTTP/` is sent as it is. Any other is a body; its first line may say a status and how it is sent.

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
use crate::loading::{self, assert_silent, is_silent, shown};

mod script;

use script::{Ending, FetchResult};

/// The answers that are left.
type Script = Arc<Mutex<std::vec::IntoIter<FetchResult>>>;

/// The token that is shown to whoever listens. It has a canary's letters, and is told as little as a value.
const TOKEN: &str = "cAnArY-token";

/// How long a load may take, by a clock that nobody waits for.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Every kind of a value. All are optional, so that whether the struct is filled depends on failures alone.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Asked {
    #[secret("prod/number", env = false)]
    number: Option<u16>,
    #[secret("prod/object", json_key = "key", env = false)]
    key: Option<SecretString>,
    #[secret("prod/bytes", binary, version_stage = "AWSPENDING", env = false)]
    bytes: Option<Vec<u8>>,
    #[secret("prod/versions", version_id = "7", env = false)]
    list: Option<Vec<String>>,
}

/// The one secret that is asked for alone.
const NAME: &str = "prod/one";

#[derive(FromSecrets)]
#[secrets(debug)]
struct One {
    #[secret("prod/one", env = false)]
    one: SecretString,
}

/// Loads from whoever follows this script, as a process on a host and as one on Lambda.
pub fn check(script: &[u8]) {
    let answers = FetchResult::read_all(script);
    let is_told = answers.iter().any(FetchResult::tells_a_canary);
    let host: [(&str, &str); 0] = [];
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("SSM_PARAMETER_STORE_TIMEOUT_MILLIS", "50"),
    ];
    let host = Env::from_vars(host);
    let lambda = Env::from_vars(lambda);
    let one = load::<One>(&answers, Agent::new(), &host, is_told);
    check_value(&answers, one.map(|one| one.one.expose_secret().to_owned()));
    for environment in [&host, &lambda] {
        for agent in [Agent::new(), Agent::new().parameter_store()] {
            if let Ok(Asked {
                number,
                key,
                bytes,
                list,
            }) = load(&answers, agent, environment, is_told)
            {
                drop((number, key, bytes, list));
            }
        }
    }
}

/// Loads within the deadline, and checks what is shown of it unless the answers say a canary where they may.
fn load<T: FromSecrets + std::fmt::Debug>(
    answers: &[FetchResult],
    agent: Agent,
    environment: &Env,
    is_told: bool,
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
    let script = Arc::new(Mutex::new(Vec::from(answers).into_iter()));
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
    if !is_told {
        assert_silent(&shown);
    }
    outcome.map(|(loaded, _)| loaded)
}

async fn serve(listener: TcpListener, script: Script) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(converse(stream, Arc::clone(&script)));
        }
    }
}

/// Serves the requests of one connection, in the script's order. Behind its end nothing is said any more.
async fn converse(mut stream: TcpStream, script: Script) {
    while read_request(&mut stream).await {
        let answer = script.lock().expect("nobody panics with it").next();
        let Some(answer) = answer else {
            return;
        };
        if stream.write_all(&answer.bytes).await.is_err() {
            return;
        }
        match answer.ending {
            Ending::Kept => {}
            Ending::Closed => return,
            Ending::Stalled => std::future::pending().await,
        }
    }
}

/// Whether a whole request came. It has no body.
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

/// Where the first answer is the agent's, its value is what is loaded; where it is of another secret, it is not.
fn check_value(answers: &[FetchResult], loaded: Result<String, Error>) {
    let Some(FetchResult {
        status: Some(200),
        body,
        is_whole: true,
        ..
    }) = answers.first()
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
    let says_no_more = ["ARN", "VersionId", "VersionStages"]
        .into_iter()
        .all(is_absent);
    let has_arn = matches!(secret.get("ARN"), Some(Value::String(arn)) if arn.contains(NAME));
    match loaded {
        Ok(loaded) => {
            assert_eq!(loaded, *text);
            assert!(is_named || has_arn, "another secret was taken");
        }
        Err(error) if is_named && says_no_more => panic!("a secret was not taken: {error:#}"),
        Err(_) => {}
    }
}

impl FetchResult {
    /// Whether a canary stands where the agent speaks of a secret, and not the secret itself: in its ARN and version,
    /// in AWS's codes and messages, and in a refusal that is plain text.
    fn tells_a_canary(&self) -> bool {
        const TOLD: [&str; 5] = ["ARN", "VersionId", "__type", "message", "Message"];
        match Tree::parse(&self.body) {
            Some(tree) => tree.has_under(&TOLD, &|text| !is_silent(text)),
            None => {
                // As it is told: a canary may come of what is left out.
                let text = String::from_utf8_lossy(&self.body).replace(char::is_control, "");
                self.is_refusal() && !is_silent(&text)
            }
        }
    }

    fn is_refusal(&self) -> bool {
        let is_json = self.body.trim_ascii_start().starts_with(b"{");
        self.status.is_none_or(|status| status == 400 && !is_json)
    }
}
