//! Secrets Manager over https and the agent over http, holding what the arguments say, until standard input closes.
//!
//! Prints one line: the environment, as JSON, with which a program asks them.
#![expect(clippy::print_stdout, reason = "it prints where it listens")]

use std::io::Read;

use from_secrets_tests::{Scripted, ScriptedAgent, Vault};
use serde_json::json;

fn main() {
    let vault = std::env::args()
        .skip(1)
        .fold(Vault::new(), |vault, secret| {
            let (name, text) = secret.split_once('=').expect("NAME=TEXT");
            vault.text(name, text)
        });
    let agent = ScriptedAgent::start(vault.clone());
    let aws = Scripted::start_tls(vault);
    let environment = json!({
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.endpoint(),
        "SSL_CERT_FILE": aws.authority(),
        "AWS_TOKEN": ScriptedAgent::TOKEN,
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": agent.port().to_string(),
    });
    println!("{environment}");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
