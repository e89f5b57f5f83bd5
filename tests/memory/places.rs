//! The services, files and variables with generated values that programs load.

use std::any::Any;
use std::fs;
use std::path::PathBuf;

use from_secrets_tests::fake_aws::Script;
use from_secrets_tests::memory_probe::{Value, random};
use from_secrets_tests::{Call, FakeAgent, FakeAws, FakeParameterStore, FakeSecretsManager};
use serde_json::json;

/// The environment of a program, the values that it loads, and guards that must outlive the program.
pub(crate) struct Place {
    pub(crate) environment: Vec<(&'static str, String)>,
    pub(crate) values: Vec<Value>,
    /// The working directory of the program.
    pub(crate) directory: Option<PathBuf>,
    /// The number of copies in the environment block of the process, which cannot be wiped.
    pub(crate) kept: usize,
    _lasting: Box<dyn Any>,
}

impl Place {
    fn new(values: Vec<Value>, lasting: impl Any, environment: &[(&'static str, String)]) -> Self {
        Self {
            environment: environment.to_vec(),
            values,
            directory: None,
            kept: 0,
            _lasting: Box::new(lasting),
        }
    }

    fn from(
        source: &str,
        values: Vec<Value>,
        lasting: impl Any,
        environment: &[(&'static str, String)],
    ) -> Self {
        let mut place = Self::new(values, lasting, environment);
        place
            .environment
            .push(("FROM_SECRETS_SOURCES", source.to_owned()));
        place
    }

    pub(crate) fn served(source: &str, tls: bool, script: impl Script, values: Vec<Value>) -> Self {
        let server = if tls {
            FakeAws::start_tls(script)
        } else {
            FakeAws::start(script)
        };
        let mut environment = vec![
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL", server.endpoint()),
        ];
        environment.extend(
            server
                .authority()
                .map(|file| ("SSL_CERT_FILE", file.display().to_string())),
        );
        Self::from(source, values, server, &environment)
    }
}

/// Returns a value that needs no escapes in any format.
pub(crate) fn plain(seed: u64) -> String {
    random(seed, 200)
}

/// Returns a value that needs escapes in JSON.
pub(crate) fn rough(seed: u64) -> String {
    format!("{}\"/\\{}", random(seed, 100), random(seed + 1000, 100))
}

pub(crate) fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| Value::text(text)).collect()
}

pub(crate) fn aws_one(tls: bool, text: &str) -> Place {
    Place::served(
        "aws",
        tls,
        FakeSecretsManager::new().text("ONE", text),
        vec![Value::text(text)],
    )
}

fn ten() -> (FakeSecretsManager, Vec<Value>) {
    let values: Vec<String> = (10..20).map(plain).collect();
    let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];
    let vault = names
        .iter()
        .zip(&values)
        .fold(FakeSecretsManager::new(), |vault, (name, value)| {
            vault.text(&format!("TEN_{name}"), value)
        });
    (vault, texts(&values))
}

pub(crate) fn aws_ten(tls: bool) -> Place {
    let (vault, values) = ten();
    Place::served("aws", tls, vault, values)
}

/// The response stops in the middle, and the load is dropped while it waits for the rest.
pub(crate) fn aws_cut_off() -> Place {
    let (vault, values) = ten();
    let script = move |call: &Call| Script::response(&vault, call).stalled();
    Place::served("aws", false, script, values)
}

fn keys(seed: u64) -> (String, Vec<Value>) {
    let values = [plain(seed), rough(seed + 1), rough(seed + 2)];
    let [user, password, key] = &values;
    let json = json!({ "user": user, "password": password, "key": key });
    (json.to_string(), texts(&values))
}

pub(crate) fn aws_keys(tls: bool) -> Place {
    let (json, values) = keys(30);
    Place::served(
        "aws",
        tls,
        FakeSecretsManager::new().text("JSON", json),
        values,
    )
}

fn bytes(seed: u64) -> Vec<u8> {
    let letters = random(seed, 199);
    // Not UTF-8.
    [letters.as_bytes(), &[0xFF]].concat()
}

pub(crate) fn aws_binary(tls: bool) -> Place {
    let bytes = bytes(40);
    Place::served(
        "aws",
        tls,
        FakeSecretsManager::new().binary("BYTES", &bytes),
        vec![Value::bytes(&bytes)],
    )
}

pub(crate) fn parameter() -> Place {
    let text = plain(50);
    Place::served(
        "ssm",
        false,
        FakeParameterStore::new().text("ONE", &text),
        vec![Value::text(&text)],
    )
}

fn agent(vault: FakeSecretsManager, values: Vec<Value>) -> Place {
    let agent = FakeAgent::start(vault);
    let environment = [
        ("AWS_TOKEN", FakeAgent::TOKEN.to_owned()),
        (
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            agent.port().to_string(),
        ),
    ];
    Place::from("agent", values, agent, &environment)
}

pub(crate) fn agent_one(text: &str) -> Place {
    agent(
        FakeSecretsManager::new().text("ONE", text),
        vec![Value::text(text)],
    )
}

pub(crate) fn agent_keys() -> Place {
    let (json, values) = keys(60);
    agent(FakeSecretsManager::new().text("JSON", json), values)
}

pub(crate) fn agent_binary() -> Place {
    let bytes = bytes(70);
    agent(
        FakeSecretsManager::new().binary("BYTES", &bytes),
        vec![Value::bytes(&bytes)],
    )
}

/// Creates a directory with one file.
fn directory(name: &str, file: &str, text: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("remains-{name}-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("the target directory can be written");
    fs::write(directory.join(file), text).expect("the target directory can be written");
    directory
}

fn mounted(name: &str, file: &str, text: &str, values: Vec<Value>) -> Place {
    let directory = directory(name, file, text);
    let environment = [
        ("ONE_FILE", directory.join(file).display().to_string()),
        ("FROM_SECRETS_DIRECTORY", directory.display().to_string()),
    ];
    Place::from("files", values, (), &environment)
}

pub(crate) fn file(text: &str) -> Place {
    mounted("one", "ONE", text, vec![Value::text(text)])
}

pub(crate) fn file_of_keys() -> Place {
    let (json, values) = keys(80);
    mounted("keys", "JSON", &json, values)
}

pub(crate) fn variable_file() -> Place {
    let text = plain(90);
    let directory = directory("variable", "ONE", &text);
    let path = directory.join("ONE").display().to_string();
    Place::from(
        "env-files",
        vec![Value::text(&text)],
        (),
        &[("ONE_FILE", path)],
    )
}

pub(crate) fn dotenv() -> Place {
    let text = plain(100);
    let directory = directory("dotenv", ".env", &format!("ONE={text}\n"));
    let mut place = Place::from("dotenv", vec![Value::text(&text)], (), &[]);
    place.directory = Some(directory);
    place
}

pub(crate) fn environment() -> Place {
    let text = plain(110);
    Place {
        kept: 1,
        ..Place::from("env", vec![Value::text(&text)], (), &[("ONE", text)])
    }
}

pub(crate) fn environment_binary() -> Place {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let bytes = bytes(120);
    let base64 = BASE64_STANDARD.encode(&bytes);
    Place {
        kept: 1,
        ..Place::from("env", vec![Value::bytes(&bytes)], (), &[("BYTES", base64)])
    }
}

/// Base64 with an invalid end, so that the decoded bytes are discarded.
pub(crate) fn environment_rejected() -> Place {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let (text, bytes) = (rough(130), bytes(140));
    let base64 = BASE64_STANDARD.encode(&bytes) + "!";
    let values = vec![Value::text(&text), Value::bytes(&bytes)];
    let environment = [
        ("ONE", text.clone()),
        ("ONE_NUMBER", text),
        ("ONE_BYTES", base64),
    ];
    Place {
        kept: 3,
        ..Place::from("env", values, (), &environment)
    }
}
