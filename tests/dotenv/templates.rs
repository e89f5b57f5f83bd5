//! Generated templates, read alike by all readers of `.env` files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use from_secrets::generate::Declaration;
use from_secrets::source::{Dotenv, Env};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::tool::{check, check_with_node, node_variables};
use serde_json::json;

use random::{NAMES, Snippets};

#[allow(clippy::all, clippy::pedantic, reason = "the doc comments are random")]
mod random {
    use from_secrets::FromSecrets;

    include!(concat!(env!("OUT_DIR"), "/snippets.rs"));
}

/// Defaults with characters that have a meaning for some readers.
#[derive(PartialEq, FromSecrets)]
#[secrets(debug)]
struct Defaults {
    /// Words.
    #[secret(env_only, env = "SPACES", default = "a b")]
    spaces: String,
    #[secret(env_only, env = "QUOTES", default = "it's \"quoted\"")]
    quotes: String,
    #[secret(env_only, env = "HASH", default = "a #b")]
    hash: String,
    #[secret(env_only, env = "DOLLAR", default = "$HOME and ${HOME}")]
    dollar: String,
    #[secret(env_only, env = "BACKSLASH", default = "a\\nb\\")]
    backslash: String,
    #[secret(
        env_only,
        env = "LINES",
        default = "a\nINJECTED=1\rINJECTED=2\u{2028}INJECTED=3"
    )]
    lines: String,
    #[secret(env_only, env = "LETTER", default = "é")]
    letter: String,
    #[secret(env_only, env = "JSON", default = r#"{"a": 1}"#)]
    json: String,
    #[secret(env_only, env = "TILDE", default = "~/a")]
    tilde: String,
    #[secret(
        env_only,
        env = "URL",
        default = "http://user@host:80/a,b+c%20d-e_f.g?"
    )]
    url: String,
    #[secret(
        env_only,
        env = "PLAIN",
        default = "http://user@host:80/a,b+c%20d-e_f.g=="
    )]
    plain: String,
    #[secret(env_only, env = "EMPTY_TEXT", default = "")]
    empty: String,
    #[secret(env_only, env = "NUMBER", default = -1.5)]
    number: f64,
    #[secret(env_only, env = "SWITCH", default = true)]
    switch: bool,
    #[secret(env_only, env = "OF_TYPE", default)]
    of_type: u8,
    #[secret(env_only, env = "OPTIONAL")]
    optional: Option<String>,
    #[secret(env_only, env = "BYTES", binary, default)]
    bytes: Vec<u8>,
    #[secret(env_only, env = "LIST", default)]
    list: Vec<String>,
}

type Values = BTreeMap<String, String>;

/// The values of a file by reader.
fn read(name: &str, text: &str) -> [(&'static str, Values); 5] {
    let path = directory().join(format!("template-{name}-{}", std::process::id()));
    fs::write(&path, text).unwrap();
    let script = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let given = json!({ "variables": {}, "files": [BASE64_STANDARD.encode(text)] }).to_string();
    let python = check(
        &[&script("python/dotenv_values.py").display().to_string()],
        &given,
    );
    assert!(
        !python.output.contains("\"skips\": true"),
        "{}",
        python.output
    );
    let node = check_with_node(&script("node/dotenv_values.cjs"), &given);
    let first = |output: &str| {
        let read: serde_json::Value = serde_json::from_str(output).unwrap();
        serde_json::from_value(read[0]["values"].clone()).unwrap()
    };
    let all = [
        ("python-dotenv", first(&python.output)),
        ("dotenv for Node.js", first(&node.output)),
        ("node --env-file", node_variables(&path)),
        ("sh", shell(&path)),
        ("docker --env-file", docker(text)),
    ];
    fs::remove_file(path).unwrap();
    all
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The variables that a POSIX shell sets.
fn shell(path: &Path) -> Values {
    let mut sh = Command::new("/bin/sh");
    let output = sh
        .env_clear()
        .args(["-c", "set -a; . \"$0\"; /usr/bin/env -0"])
        .arg(path)
        .output();
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let variables = text
        .split('\0')
        .filter_map(|variable| variable.split_once('='));
    let own = |(name, _): &(&str, &str)| !["PWD", "OLDPWD", "_", "SHLVL"].contains(name);
    variables
        .filter(own)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The variables of `docker run --env-file`: a line is a comment, or a name and its value as it is.
/// <https://github.com/docker/cli/blob/master/pkg/kvfile/kvfile.go>
fn docker(text: &str) -> Values {
    let mut values = Values::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
        assert!(
            !name.is_empty() && !name.contains(char::is_whitespace),
            "{line}"
        );
        values.insert(name.to_owned(), value.to_owned());
    }
    values
}

/// The struct that this library loads from the file.
async fn load(name: &str, text: &str) -> Defaults {
    let path = directory().join(format!("loaded-{name}-{}", std::process::id()));
    fs::write(&path, text).unwrap();
    let loader = Loader::new()
        .env(Env::from_vars([("A", "")]))
        .source(Dotenv::new().path(&path));
    let defaults = loader.load().await;
    fs::remove_file(path).unwrap();
    defaults.unwrap()
}

#[track_caller]
fn assert_equal_values(name: &str, text: &str, expected: &Values) {
    for (reader, values) in read(name, text) {
        assert_eq!(values, *expected, "{reader}:\n{text}");
    }
}

fn empty(names: impl IntoIterator<Item = String>) -> Values {
    names
        .into_iter()
        .map(|name| (name, String::new()))
        .collect()
}

#[tokio::test]
async fn template_has_no_values() {
    let template = Declaration::of::<Defaults>().env_example().unwrap();
    assert_equal_values("defaults", template.text(), &empty(["OPTIONAL".to_owned()]));
    let loaded = load("defaults", template.text()).await;
    assert_eq!((loaded.spaces.as_str(), loaded.optional), ("a b", None));
    let hints = [
        "# Default: \"a b\"\n# SPACES=\n",
        "# Base64 of the bytes.\n# Has a default.\n# BYTES=\n",
        "# JSON.\n# Has a default.\n# LIST=\n",
    ];
    for hint in hints {
        assert!(template.text().contains(hint), "{template}");
    }
}

#[tokio::test]
async fn plain_defaults_have_equal_values() {
    let template = Declaration::of::<Defaults>().env_example().unwrap();
    let uncommented = |line: &str| match line
        .strip_prefix("# ")
        .and_then(|line| line.split_once('='))
    {
        Some((name, _)) if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
            line[2..].to_owned() + "\n"
        }
        _ => line.to_owned() + "\n",
    };
    let text: String = template.text().lines().map(uncommented).collect();
    let mut expected = empty(
        [
            "SPACES",
            "QUOTES",
            "HASH",
            "DOLLAR",
            "BACKSLASH",
            "LINES",
            "LETTER",
            "JSON",
            "TILDE",
            "URL",
            "EMPTY_TEXT",
            "OF_TYPE",
            "OPTIONAL",
            "BYTES",
            "LIST",
        ]
        .map(str::to_owned),
    );
    let plain = [
        ("PLAIN", "http://user@host:80/a,b+c%20d-e_f.g=="),
        ("NUMBER", "-1.5"),
        ("SWITCH", "true"),
    ];
    expected.extend(plain.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_equal_values("uncommented", &text, &expected);
    assert_eq!(load("uncommented", &text).await, load("none", "").await);
}

#[tokio::test]
async fn random_descriptions_stay_comments() {
    let names = (0..NAMES.len()).map(|number| (format!("n{number}"), number.to_string()));
    let declaration = names.fold(
        Declaration::of::<Snippets>(),
        |declaration, (name, value)| declaration.placeholder(name, value),
    );
    let template = declaration.env_example().unwrap();
    let lines = template.text().split('\n');
    let names = lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    let names: Vec<String> = names.map(|(name, _)| name.to_owned()).collect();
    assert!(names.len() > 10, "{names:?}");
    assert_equal_values("random", template.text(), &empty(names));
    load("random", template.text()).await;
}
