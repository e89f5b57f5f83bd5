//! Runs the probe with a value in a source, and reads its output.
#![expect(clippy::unnecessary_wraps, reason = "some sources can hold no bytes")]

use std::any::Any;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets_tests::canary::shown;
use from_secrets_tests::fake_aws::Script;
use from_secrets_tests::logs::{self, Line};
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAgent, FakeAws, FakeParameterStore, FakeSecretsManager};

use crate::values::Kind;

/// A program's environment, and what must last as long as the program runs.
pub(crate) struct Place {
    environment: Vec<(&'static str, String)>,
    directory: PathBuf,
    _lasting: Box<dyn Any>,
}

/// What a program output.
pub(crate) struct Output {
    pub(crate) stdout: String,
    /// What any crate logged.
    pub(crate) lines: Vec<Line>,
    /// What panics output.
    pub(crate) panics: String,
}

impl Output {
    pub(crate) fn shows(line: &Line) -> bool {
        shown(&line.text).is_some()
    }

    /// Nothing of what is ours shows a value.
    #[track_caller]
    pub(crate) fn assert_silent(&self, what: &str) {
        let own = self
            .lines
            .iter()
            .filter(|line| line.target.starts_with("from_secrets"));
        let own = own.map(|line| line.text.as_str());
        let output = self.stdout.lines().chain(self.panics.lines()).chain(own);
        for line in output {
            if let Some(writing) = shown(line) {
                panic!("{what}: a value is shown, {writing}, in:\n{line}");
            }
        }
    }

    /// Returns the lines that the program wrote with that prefix.
    pub(crate) fn reported<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.stdout.lines();
        lines.filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '))
    }
}

impl Place {
    fn new(lasting: impl Any, environment: Vec<(&'static str, String)>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("leaks-{}-{count}", std::process::id()));
        fs::create_dir_all(&directory).expect("the target directory can be written");
        Self {
            environment,
            directory,
            _lasting: Box::new(lasting),
        }
    }

    fn file(mut self, name: &str, bytes: &[u8], variable: &'static str) -> Self {
        let path = self.directory.join(name);
        fs::write(&path, bytes).expect("the target directory can be written");
        self.environment
            .push((variable, path.display().to_string()));
        self
    }

    /// One more variable.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, how: &str) -> Output {
        let program = Program::at(env!("CARGO_BIN_EXE_leak_probe"))
            .arg(how)
            .current_dir(&self.directory)
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let environment = self.environment.iter();
        let ended = environment
            .fold(program, |program, (name, value)| program.env(name, value))
            .run();
        let (lines, panics) = logs::heard(&ended.stderr);
        assert!(
            ended.stdout.ends_with("DONE\n"),
            "it did not come to its end:\n{panics}"
        );
        Output {
            stdout: ended.stdout,
            lines,
            panics,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A server of AWS's.
pub(crate) fn served(source: &str, script: impl Script) -> Place {
    let server = FakeAws::start(script);
    let environment = vec![
        ("FROM_SECRETS_SOURCES", source.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_MAX_ATTEMPTS", "1".to_owned()),
        ("AWS_ENDPOINT_URL", server.endpoint()),
    ];
    Place::new(server, environment)
}

pub(crate) fn aws(kind: &Kind) -> Option<Place> {
    let vault = match kind.text() {
        Some(text) => FakeSecretsManager::new().text("IT", text),
        None => FakeSecretsManager::new().binary("IT", &kind.bytes()),
    };
    Some(served("aws", vault))
}

pub(crate) fn ssm(kind: &Kind) -> Option<Place> {
    Some(served(
        "ssm",
        FakeParameterStore::new().text("IT", kind.text()?),
    ))
}

pub(crate) fn requesting(agent: FakeAgent, source: &str) -> Place {
    let environment = vec![
        ("FROM_SECRETS_SOURCES", source.to_owned()),
        ("AWS_TOKEN", FakeAgent::TOKEN.to_owned()),
        (
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            agent.port().to_string(),
        ),
    ];
    Place::new(agent, environment)
}

pub(crate) fn agent(kind: &Kind) -> Option<Place> {
    let vault = match kind.text() {
        Some(text) => FakeSecretsManager::new().text("IT", text),
        None => FakeSecretsManager::new().binary("IT", &kind.bytes()),
    };
    Some(requesting(FakeAgent::start(vault), "agent"))
}

pub(crate) fn agent_ssm(kind: &Kind) -> Option<Place> {
    let agent = FakeAgent::extension(FakeSecretsManager::new());
    agent.parameter("IT", &[(&kind.text()?, None)]);
    Some(requesting(agent, "agent-ssm"))
}

fn selected(source: &str) -> Place {
    Place::new((), vec![("FROM_SECRETS_SOURCES", source.to_owned())])
}

pub(crate) fn files(kind: &Kind) -> Option<Place> {
    let mut place = selected("files").file("IT", &kind.bytes(), "UNUSED");
    let directory = place.directory.display().to_string();
    place
        .environment
        .push(("FROM_SECRETS_DIRECTORY", directory));
    Some(place)
}

pub(crate) fn var_files(kind: &Kind) -> Option<Place> {
    Some(selected("env-files").file("it", &kind.bytes(), "IT_FILE"))
}

/// In double quotes, with what they need escaped; text that the format cannot hold is left as it is, and refused.
pub(crate) fn dotenv(kind: &Kind) -> Option<Place> {
    let escaped = kind
        .text()?
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    let line = format!("BEFORE=x\nIT=\"{escaped}\"\n");
    Some(selected("dotenv").file(".env", line.as_bytes(), "UNUSED"))
}

pub(crate) fn env(kind: &Kind) -> Option<Place> {
    let mut place = selected("env");
    place.environment.push(("IT", kind.text()?));
    Some(place)
}

fn stored(kind: &Kind, source: &str) -> Place {
    let mut place = selected("env").file("value", &kind.bytes(), "VALUE");
    place.environment.push(("SOURCE", source.to_owned()));
    place
}

pub(crate) fn memory(kind: &Kind) -> Option<Place> {
    Some(stored(kind, "memory"))
}

pub(crate) fn own(kind: &Kind) -> Option<Place> {
    Some(stored(kind, "own"))
}
