//! A running service.

use std::process::Stdio;

use from_secrets_tests::canary;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::{TIMEOUT, until};

/// A running service.
pub(crate) struct Service {
    pub(crate) url: String,
    child: Child,
    written: [JoinHandle<String>; 2],
}

impl Service {
    /// Starts the service, and waits until it accepts connections.
    pub(crate) async fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stderr = tokio::spawn(rest(child.stderr.take().unwrap()));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let output = timeout(TIMEOUT, stdout.read_line(&mut line));
        output.await.expect("the service prints no line").unwrap();
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            panic!("the service ended: {}", stderr.await.unwrap());
        };
        Self {
            url: url.to_owned(),
            child,
            written: [tokio::spawn(rest(stdout)), stderr],
        }
    }

    /// Returns the status and the content of the health page.
    pub(crate) async fn health(&self) -> (u16, Value) {
        let response = reqwest::get(format!("{}/health", self.url)).await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        canary::assert_absent(&text);
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Waits until every field has this version.
    pub(crate) async fn follows(&self, version: &str) {
        until("the service follows the rotation", async || {
            let (_, health) = self.health().await;
            let versions = health["versions"].as_object().unwrap();
            assert_eq!(versions.len(), 5, "{health}");
            versions.values().all(|of_field| of_field == version)
        })
        .await;
    }

    /// Returns the number of the latest note.
    pub(crate) async fn latest_note(&self) -> usize {
        let notes = reqwest::get(format!("{}/notes", self.url)).await.unwrap();
        let notes: Value = notes.json().await.unwrap();
        notes[0]["id"].as_u64().unwrap().try_into().unwrap()
    }

    /// Stops the service with SIGTERM, and returns its output, after checking that it contains no secret values.
    pub(crate) async fn stop(mut self) -> String {
        let id = self.child.id().unwrap().to_string();
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -TERM $0", &id]);
        assert!(kill.status().await.unwrap().success());
        let status = timeout(TIMEOUT, self.child.wait());
        assert!(
            status
                .await
                .expect("the service does not stop")
                .unwrap()
                .success()
        );
        let [stdout, stderr] = self.written;
        let written = stdout.await.unwrap() + &stderr.await.unwrap();
        canary::assert_absent(&written);
        written
    }
}

async fn rest(mut stream: impl AsyncRead + Unpin) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}
