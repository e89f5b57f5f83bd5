//! AWS's own Secrets Manager Agent, in front of an emulator.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use from_secrets::source::Agent;

use crate::{sdk, target};

const PACKAGE: &str = "aws_secretsmanager_agent";
const VERSION: &str = "2.1.0";

/// It is ready in a moment; no test waits longer than this.
const PATIENCE: Duration = Duration::from_mins(1);

/// The number of attempts to find a free port, because another process can use it first.
const TRIES: usize = 5;

/// A running agent; it ends when dropped.
#[derive(Debug)]
pub struct RealAgent {
    child: Child,
    port: u16,
    home: PathBuf,
}

impl RealAgent {
    /// The token that it takes.
    pub const TOKEN: &str = "the real agent's token";

    /// Starts an agent that queries Secrets Manager at this endpoint.
    pub fn before(endpoint: &str) -> Self {
        Self::with_ttl(endpoint, Duration::from_mins(5))
    }

    /// Starts an agent whose cache expires after this time, in whole seconds.
    pub fn with_ttl(endpoint: &str, ttl: Duration) -> Self {
        let program = installed();
        (0..TRIES)
            .find_map(|_| Self::start(&program, endpoint, ttl))
            .expect("the agent starts")
    }

    /// Returns a source that queries it.
    pub fn source(&self) -> Agent {
        Agent::new().port(self.port).token(Self::TOKEN)
    }

    /// Returns a source that queries it with another token.
    pub fn source_with(&self, token: &str) -> Agent {
        self.source().token(token)
    }

    /// `None` where it ends before it listens.
    fn start(program: &Path, endpoint: &str, ttl: Duration) -> Option<Self> {
        let port = free_port();
        let home = target::scratch("agent");
        fs::create_dir_all(&home).expect("a directory for the agent");
        let config = home.join("agent.toml");
        // Numbers are texts there; the log goes to the output, not to a file.
        let text = format!(
            "http_port = \"{port}\"\nttl_seconds = \"{}\"\nlog_to_file = false\nlog_level = \"info\"\nregion = \"{}\"\n\
             validate_credentials = false\n",
            ttl.as_secs(),
            sdk::REGION
        );
        fs::write(&config, text).expect("the agent's configuration");
        let child = Command::new(program)
            .arg("--config")
            .arg(&config)
            .env_clear()
            .env("HOME", &home)
            .env("AWS_TOKEN", Self::TOKEN)
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", sdk::REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(&home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the agent starts");
        let mut agent = Self { child, port, home };
        agent.listens().then_some(agent)
    }

    /// Waits for the first line of its output, which it prints when it is ready.
    fn listens(&mut self) -> bool {
        let stdout = self.child.stdout.take().expect("piped");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // Continue to read, so that an agent with much output is not blocked.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line.contains("listening on") {
                    let _ = sender.send(());
                }
            }
        });
        receiver.recv_timeout(PATIENCE).is_ok()
    }
}

impl Drop for RealAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// Free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
    let address = listener.local_addr();
    address.expect("a bound socket has an address").port()
}

/// Returns the path of the program. If it does not exist, this installs it, which takes minutes.
fn installed() -> PathBuf {
    let root = target::directory().join(format!("agent-{VERSION}"));
    fs::create_dir_all(&root).expect("the target directory can be written");
    // Several test processes start at once: one installs, the others wait for it.
    let lock = File::create(root.join("lock")).expect("a lock file");
    lock.lock().expect("a lock on the agent");
    let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
    let program = root.join("bin").join(name);
    if !program.exists() {
        install(&root);
    }
    program
}

fn install(root: &Path) {
    let build = root.join("build");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["install", PACKAGE, "--version"])
        .arg(format!("={VERSION}"))
        .args(["--locked", "--debug", "--no-track", "--quiet", "--root"])
        .arg(root)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        // Lints of this project do not apply to another project.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo starts");
    let _ = fs::remove_dir_all(build);
    assert!(
        output.status.success(),
        "{PACKAGE} cannot be installed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
