//! Compares this library, python-dotenv and node's `dotenv` as readers of `.env` files: they have the same values, or a
//! documented difference.

#![expect(
    clippy::print_stdout,
    reason = "the size of the corpus and the count of each difference are results"
)]

mod corpus;
mod differences;
mod templates;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use differences::{DIFFERENCES, Other, Theirs};
use from_secrets::report::FieldOutcome;
use from_secrets::source::{Dotenv, Env};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::tool::{Verdict, check, check_with_node};
use serde_json::json;

/// The variables of the process.
const VARIABLES: [(&str, &str); 5] = [
    ("DB_USER", "u"),
    ("HOME", "/home/x"),
    ("OUTER", "outer"),
    ("word", "w"),
    ("EMPTY", ""),
];

type Values = BTreeMap<String, String>;

#[derive(FromSecrets)]
#[secrets(debug)]
struct Names {
    #[secret(env_only, env = "A")]
    a: Option<String>,
    #[secret(env_only, env = "B")]
    b: Option<String>,
    #[secret(env_only, env = "C")]
    c: Option<String>,
    #[secret(env_only, env = "D")]
    d: Option<String>,
    #[secret(env_only, env = "E")]
    e: Option<String>,
    #[secret(env_only, env = "F")]
    f: Option<String>,
}

impl Names {
    fn values(self) -> Values {
        let Self { a, b, c, d, e, f } = self;
        let named = ["A", "B", "C", "D", "E", "F"]
            .into_iter()
            .zip([a, b, c, d, e, f]);
        let set = named.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        set.collect()
    }
}

/// A file, and the result of each reader.
pub(crate) struct Case {
    pub(crate) file: String,
    /// The values, or the error.
    pub(crate) ours: Result<Values, String>,
    /// The values, with and without replacements, and whether python-dotenv warns.
    python: Theirs,
    node: Theirs,
}

#[test]
fn values_match_other_readers() {
    let mut files = corpus::written();
    let written = files.len();
    assert!(written > 450, "only {written} handwritten files");
    files.extend(corpus::combined());
    let cases = cases(&files);
    let mut undocumented = Vec::new();
    let mut found = vec![0; DIFFERENCES.len()];
    for case in &cases {
        for (other, theirs) in [(Other::Python, &case.python), (Other::Node, &case.node)] {
            if is_same(case, theirs) {
                continue;
            }
            let mut known = DIFFERENCES.iter();
            match known.position(|known| known.from == other && (known.explains)(case, theirs)) {
                Some(difference) => found[difference] += 1,
                None => undocumented.push(format!(
                    "{other:?}: {:?}\n  here:  {:?}\n  there: {:?}",
                    case.file, case.ours, theirs
                )),
            }
        }
    }
    println!(
        "{} files: {written} handwritten, the others combined",
        cases.len()
    );
    for (difference, count) in DIFFERENCES.iter().zip(&found) {
        println!("{count:5} {:?}: {}", difference.from, difference.what);
    }
    assert!(
        undocumented.is_empty(),
        "{} differences are not documented:\n{}",
        undocumented.len(),
        undocumented.join("\n")
    );
    for (difference, count) in DIFFERENCES.iter().zip(&found) {
        assert!(
            *count > 0,
            "no file has this difference: {}",
            difference.what
        );
    }
}

fn is_same(case: &Case, theirs: &Theirs) -> bool {
    case.ours.as_ref() == Ok(&theirs.values) && !theirs.skips
}

#[test]
fn guide_lists_each_difference() {
    let guide = include_str!("../../secrets-core/src/guide/dotenv.md");
    for difference in DIFFERENCES {
        assert!(guide.contains(difference.what), "{}", difference.what);
    }
}

fn cases(files: &[Vec<u8>]) -> Vec<Case> {
    let script = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let encoded: Vec<String> = files
        .iter()
        .map(|file| BASE64_STANDARD.encode(file))
        .collect();
    let variables = BTreeMap::from(VARIABLES);
    let given = json!({ "variables": variables, "files": encoded }).to_string();
    let python = script("python/dotenv_values.py").display().to_string();
    let python = Theirs::all(&output(check(&[&python], &given)));
    let node = Theirs::all(&output(check_with_node(
        &script("node/dotenv_values.cjs"),
        &given,
    )));
    assert_eq!((python.len(), node.len()), (files.len(), files.len()));
    let directory = Directory::new();
    let theirs = python.into_iter().zip(node);
    let cases = files.iter().zip(theirs).map(|(file, (python, node))| Case {
        file: String::from_utf8_lossy(file).into_owned(),
        ours: directory.load(file),
        python,
        node,
    });
    cases.collect()
}

fn output(verdict: Verdict) -> String {
    assert!(verdict.success, "{}", verdict.output);
    verdict.output
}

/// The directory of the files, and the loader.
struct Directory {
    path: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl Directory {
    fn new() -> Self {
        let name = format!("dotenv-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            path,
            runtime: runtime.unwrap(),
        }
    }

    fn load(&self, file: &[u8]) -> Result<Values, String> {
        let path = self.path.join(".env");
        fs::write(&path, file).unwrap();
        let loader = Loader::new()
            .source(Dotenv::new().path(path))
            .env(Env::from_vars(VARIABLES));
        match self.runtime.block_on(loader.load::<Names>()) {
            Ok(names) => Ok(names.values()),
            Err(error) => {
                let FieldOutcome::Failed(failure) = error.failed_fields().next().unwrap().outcome()
                else {
                    panic!("{error:#}");
                };
                Err(failure.message().to_owned())
            }
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
