//! Servers for Secrets Manager over http and https, and for its agent, with all secrets: `stand MILLISECONDS`.
//!
//! The argument is the response delay. The program prints its addresses as one line of JSON, and runs until its input
//! ends.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use from_secrets_benches::Wanted;
use from_secrets_tests::{FakeAgent, FakeAws, FakeSecretsManager};
use serde_json::json;

struct Stand {
    http: FakeAws,
    https: FakeAws,
    agent: FakeAgent,
}

impl Stand {
    fn start(latency: Duration) -> Self {
        let contents = Wanted::ALL.iter().flat_map(|wanted| wanted.contents());
        let vault = contents
            .fold(FakeSecretsManager::new(), |vault, (name, text)| {
                vault.text(&name, text)
            })
            .latency(latency);
        Self {
            http: FakeAws::start(vault.clone()),
            https: FakeAws::start_tls(vault.clone()),
            agent: FakeAgent::start(vault),
        }
    }

    fn requests(&self) -> usize {
        self.http.calls().count() + self.https.calls().count() + self.agent.requested().len()
    }
}

fn main() {
    let milliseconds = std::env::args()
        .nth(1)
        .expect("the response delay in milliseconds");
    let stand = Arc::new(Stand::start(Duration::from_millis(
        milliseconds.parse().expect("a number"),
    )));
    let counter = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
    let addresses = json!({
        "http": stand.http.endpoint(),
        "https": stand.https.endpoint(),
        "environment": {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "SSL_CERT_FILE": stand.https.authority(),
            "AWS_TOKEN": FakeAgent::TOKEN,
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": stand.agent.port().to_string(),
            "STAND_CALLS": counter.local_addr().expect("an address").to_string(),
        },
    });
    let counted = Arc::clone(&stand);
    std::thread::spawn(move || {
        for connection in counter.incoming() {
            let _ = write!(connection.expect("a connection"), "{}", counted.requests());
        }
    });
    println!("{addresses}");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
