//! Emulators of Secrets Manager and Parameter Store, each a process of its own that lives no longer than ours.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;

use crate::python;
use crate::sdk::{self, Credentials};

/// Importing a Python application on a busy machine takes a while; no test waits longer than this.
const PATIENCE: Duration = Duration::from_mins(1);

/// Which emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ministack`, letting everybody read everything.
    Ministack,
    /// `ministack`, checking IAM policies.
    MinistackWithIam,
    /// `moto`.
    Moto,
}

impl Kind {
    fn environment(self) -> &'static str {
        match self {
            Self::Ministack | Self::MinistackWithIam => "ministack",
            Self::Moto => "moto",
        }
    }
}

/// A running emulator.
#[derive(Debug)]
pub struct Emulator {
    kind: Kind,
    child: Child,
    // The child ends when this closes: on drop, and when this process dies in whatever way.
    _life_line: ChildStdin,
    endpoint: String,
}

impl Emulator {
    /// Returns the emulator of this process, and starts it on first use. Tests share it, so each uses its own names.
    pub fn shared(kind: Kind) -> &'static Self {
        static MINISTACK: OnceLock<Emulator> = OnceLock::new();
        static WITH_IAM: OnceLock<Emulator> = OnceLock::new();
        static MOTO: OnceLock<Emulator> = OnceLock::new();
        let shared = match kind {
            Kind::Ministack => &MINISTACK,
            Kind::MinistackWithIam => &WITH_IAM,
            Kind::Moto => &MOTO,
        };
        shared.get_or_init(|| Self::start(kind))
    }

    /// Starts an emulator and waits until it can be connected to.
    pub fn start(kind: Kind) -> Self {
        let mut child = Command::new(python::environment(kind.environment()))
            .arg(python::sources().join("serve.py"))
            .arg(kind.environment())
            .env("AUTH", (kind == Kind::MinistackWithIam).to_string())
            .env("LOG_LEVEL", "ERROR")
            .env("PYTHONWARNINGS", "ignore")
            // An emulator that checks IAM reads its root key from these.
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env_remove("AWS_SESSION_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let life_line = child.stdin.take().expect("a piped standard input");
        let stdout = child.stdout.take().expect("a piped standard output");
        let mut emulator = Self {
            kind,
            child,
            _life_line: life_line,
            endpoint: String::new(),
        };
        emulator.endpoint = format!("http://127.0.0.1:{}", port(stdout));
        emulator
    }

    /// Which emulator it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A client that may do everything, to set secrets up with.
    pub fn client(&self) -> Client {
        sdk::client(&self.endpoint)
    }

    /// The same for Parameter Store.
    pub fn parameters(&self) -> aws_sdk_ssm::Client {
        sdk::parameters(&self.endpoint)
    }

    /// Returns a loader that queries this emulator and ignores the process's environment.
    pub fn loader(&self) -> from_secrets::Loader {
        sdk::loader(&self.endpoint)
    }

    /// Creates an IAM user with that policy and returns its access key.
    pub fn user(&self, name: &str, policy: &serde_json::Value) -> Credentials {
        let output = Command::new(python::environment(self.kind.environment()))
            .arg(python::sources().join("user.py"))
            .args([self.endpoint(), name, &policy.to_string()])
            .output()
            .expect("the script starts");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let stdout = String::from_utf8(output.stdout).expect("an access key is text");
        let mut lines = stdout.lines().map(str::to_owned);
        let mut next = || lines.next().expect("an id and a secret");
        Credentials::new(next(), next(), None, None, "tests")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the first line of the emulator's output, which contains its port.
fn port(stdout: ChildStdout) -> u16 {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines();
        let _ = sender.send(lines.next());
        // Continue to read, so that an emulator with much output is not blocked.
        lines.for_each(drop);
    });
    let line = receiver
        .recv_timeout(PATIENCE)
        .expect("the emulator prints its port in time");
    let line = line
        .expect("the emulator prints its port")
        .expect("readable output");
    line.parse().expect("a port number")
}

/// Creates a text secret and returns its ARN.
pub async fn put(emulator: &Emulator, name: &str, text: &str) -> String {
    let created = emulator
        .client()
        .create_secret()
        .name(name)
        .secret_string(text)
        .send()
        .await
        .unwrap();
    created.arn().unwrap().to_owned()
}

/// Creates secrets whose texts are their names, unless another test has created them.
pub async fn put_names(emulator: &Emulator, names: &[&str]) {
    for name in names {
        let secret = emulator.client().create_secret().name(*name);
        let _ = secret.secret_string(*name).send().await;
    }
}

/// Rotates a secret: the new text becomes current, the current one previous. Returns the id of the new version.
pub async fn rotate(emulator: &Emulator, name: &str, text: &str) -> String {
    let put = emulator
        .client()
        .put_secret_value()
        .secret_id(name)
        .secret_string(text)
        .send()
        .await
        .unwrap();
    put.version_id().unwrap().to_owned()
}
