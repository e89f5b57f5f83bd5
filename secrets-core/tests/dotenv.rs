//! Secrets in a `.env` file, behind the environment.
#![cfg(all(feature = "derive", feature = "dotenv"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets::report::{FieldOutcome, LoadReport};
use from_secrets::source::{
    Dotenv, Env, FetchResult, Memory, MissingReason, Source, SourceErrorKind,
};
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader, SecretString};

const CANARY: &str = "canary-5f3a";

/// A `.env` file that is removed when it is dropped.
struct File(PathBuf);

impl File {
    fn new(text: impl AsRef<[u8]>) -> Self {
        let file = Self::absent();
        fs::write(&file.0, text).unwrap();
        file
    }

    fn absent() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("from-secrets-{}-{count}.env", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn loader(&self, variables: &[(&str, &str)]) -> Loader {
        loader([Dotenv::new().path(&self.0)], variables)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn loader<S: Into<Source>>(
    sources: impl IntoIterator<Item = S>,
    variables: &[(&str, &str)],
) -> Loader {
    Loader::new()
        .sources(sources)
        .env(Env::from_vars(variables.iter().copied()))
}

fn load<T: FromSecrets>(loader: &Loader) -> Result<(T, LoadReport), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(loader.load_with_report())
}

/// The cause of the first failure, whose message names all of these, after a look at whether the error tells a value.
fn fails(error: &Error, cause: SourceErrorKind, names: &[&str]) {
    let reported = format!("{error} {error:#} {error:?}");
    assert!(!reported.contains("canary"), "a value leaked");
    let FieldOutcome::Failed(failure) = error.failed_fields().next().unwrap().outcome() else {
        panic!("{error:#}");
    };
    assert_eq!(failure.kind(), cause, "{error:#}");
    assert!(failure.hint().is_some(), "{error:#}");
    for name in names {
        assert!(failure.message().contains(name), "{name}\n{error:#}");
    }
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    token: Option<String>,
}

#[test]
fn nonempty_environment_overrides_file() {
    let by = |source: &str| Some((source.to_owned(), format!("of {source}")));
    for (variable, line, expected) in [
        (Some("of env"), "TOKEN='of dotenv'", by("env")),
        (Some("of env"), "TOKEN=", by("env")),
        (Some("of env"), "", by("env")),
        (Some(""), "TOKEN='of dotenv'", by("dotenv")),
        (Some(""), "TOKEN=", None),
        (Some(""), "", None),
        (None, "TOKEN='of dotenv'", by("dotenv")),
        (None, "TOKEN=", None),
        (None, "", None),
    ] {
        let file = File::new(line);
        let variables: Vec<_> = variable.iter().map(|value| ("TOKEN", *value)).collect();
        // The order in the chain does not change it.
        let dotenv = || Source::from(Dotenv::new().path(file.path()));
        for chain in [
            vec![dotenv()],
            vec![Source::from(Env::new()), dotenv()],
            vec![dotenv(), Source::from(Env::new())],
        ] {
            let (token, report) = load::<Token>(&loader(chain, &variables)).unwrap();
            let source = match report.fields()[0].outcome() {
                FieldOutcome::Found { source, .. } => Some(source.clone()),
                _ => None,
            };
            let responded = source.zip(token.token);
            assert_eq!(responded, expected, "{variable:?} {line:?}");
            assert!(report.fields()[0].attempts().len() <= 2);
        }
    }
}

#[test]
fn empty_and_absent_lines_are_distinguished() {
    for (line, missing) in [
        ("TOKEN=\n", MissingReason::EmptyEnvVar),
        ("", MissingReason::EnvVar),
    ] {
        let file = File::new(line);
        let (_, report) = load::<Token>(&file.loader(&[])).unwrap();
        let [env, dotenv] = report.fields()[0].attempts() else {
            panic!("{report:?}");
        };
        assert_eq!((env.source(), dotenv.source()), ("env", "dotenv"));
        assert_eq!(*dotenv.result(), FetchResult::Missing(missing));
        assert_eq!(dotenv.endpoint(), file.path().to_str());
    }
}

#[test]
fn earlier_source_overrides_dotenv() {
    let file = File::new("TOKEN='of dotenv'");
    let sources = || {
        let secrets = Memory::new().with_secret("TOKEN", "of memory");
        [
            secrets.into(),
            Source::from(Dotenv::new().path(file.path())),
        ]
    };
    let (token, _) = load::<Token>(&loader(sources(), &[("TOKEN", "of env")])).unwrap();
    assert_eq!(token.token.as_deref(), Some("of memory"));
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Settings {
    #[secret(env_only)]
    port: u16,
    #[secret(env_only)]
    host: String,
    token: String,
}

#[test]
fn plain_fields_prefer_environment_over_file() {
    let file = File::new("PORT=1\nHOST=of-file\nTOKEN=t\n");
    let (settings, report) = load::<Settings>(&file.loader(&[("PORT", "2")])).unwrap();
    assert_eq!((settings.port, settings.host.as_str()), (2, "of-file"));
    assert_eq!(settings.token, "t");
    let sources = report.fields().iter().map(|field| {
        let attempts = field.attempts().iter();
        attempts
            .map(from_secrets::report::Attempt::source)
            .collect()
    });
    let sources: Vec<Vec<&str>> = sources.collect();
    assert_eq!(
        sources,
        [vec!["env"], vec!["env", "dotenv"], vec!["env", "dotenv"]]
    );
}

#[test]
fn plain_fields_ignore_secret_sources() {
    let secrets = Memory::new()
        .with_secret("TOKEN", "t")
        .with_secret("PORT", "1")
        .with_secret("HOST", "h");
    let file = File::new("PORT=1\n");
    let sources = [
        secrets.into(),
        Source::from(Dotenv::new().path(file.path())),
    ];
    let error = load::<Settings>(&loader(sources, &[])).err().unwrap();
    let fields: Vec<_> = error
        .failed_fields()
        .map(from_secrets::report::FieldReport::path)
        .collect();
    assert_eq!(fields, ["host"], "{error:#}");
}

/// Rewrites the file when it is asked, and has nothing.
#[derive(Debug)]
struct Changing(PathBuf);

impl from_secrets::source::SecretSource for Changing {
    fn name(&self) -> &'static str {
        "changing"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [from_secrets::source::SecretRequest],
        _: from_secrets::source::FetchContext,
    ) -> from_secrets::source::FetchFuture<'a> {
        fs::write(&self.0, "PORT=2\nHOST=h\nTOKEN=second\n").unwrap();
        let missing = |_| from_secrets::source::FetchResult::Missing(MissingReason::Secret);
        let responses = requests.iter().map(missing).collect();
        Box::pin(std::future::ready(responses))
    }
}

#[test]
fn file_is_read_once_per_load() {
    // The settings are read first, and then what changes the file is asked.
    let file = File::new("PORT=1\nHOST=h\nTOKEN=first\n");
    let changing = Source::from(Changing(file.path().to_owned()));
    let loader = loader(
        [changing, Source::from(Dotenv::new().path(file.path()))],
        &[],
    );
    let (settings, _) = load::<Settings>(&loader).unwrap();
    assert_eq!((settings.port, settings.token.as_str()), (1, "first"));
    let (settings, _) = load::<Settings>(&loader).unwrap();
    assert_eq!((settings.port, settings.token.as_str()), (2, "second"));
}

#[test]
fn unneeded_file_is_not_read() {
    let file = File::new(CANARY);
    let (token, _) = load::<Token>(&file.loader(&[("TOKEN", "x")])).unwrap();
    assert_eq!(token.token.as_deref(), Some("x"));
    assert!(load::<Token>(&file.loader(&[])).is_err());
}

#[test]
fn only_default_file_may_be_absent() {
    // Tests run in the package's directory, which has none.
    let (token, report) = load::<Token>(&loader([Dotenv::new()], &[])).unwrap();
    assert_eq!(token.token, None);
    let why = "there is no `.env` in the working directory".to_owned();
    let response = report.fields()[0].attempts()[1].result();
    assert_eq!(*response, FetchResult::NotConfigured(why));

    let absent = File::absent();
    let error = load::<Token>(&absent.loader(&[])).err().unwrap();
    let path = absent.path().to_str().unwrap();
    fails(&error, SourceErrorKind::Unreachable, &[path]);
}

#[test]
fn dotenv_source_name_is_accepted() {
    let loader = Loader::new().env(Env::from_vars([
        ("FROM_SECRETS_SOURCES", "dotenv"),
        ("TOKEN", "of env"),
    ]));
    let (token, _) = load::<Token>(&loader).unwrap();
    assert_eq!(token.token.as_deref(), Some("of env"));
}

#[test]
fn default_file_expands_process_variables() {
    const CHILD: &str = "FROM_SECRETS_TEST_CHILD";
    const NAME: &str = "default_file_expands_process_variables";
    if std::env::var_os(CHILD).is_some() {
        let token = Loader::new().load_blocking::<Token>().unwrap();
        assert_eq!(token.token.as_deref(), Some("a of-process b"));
        return;
    }
    // A process has its directory and variables from its start, so this one starts itself anew.
    let directory = File::absent();
    fs::create_dir(directory.path()).unwrap();
    let file = directory.path().join(".env");
    fs::write(&file, "OUTER=of-file\nTOKEN=\"a ${OUTER} b\"\n").unwrap();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME])
        .current_dir(directory.path())
        .envs([
            (CHILD, "1"),
            ("FROM_SECRETS_SOURCES", "dotenv"),
            ("OUTER", "of-process"),
        ])
        .output()
        .unwrap();
    fs::remove_dir_all(directory.path()).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Values {
    key: SecretString,
    #[secret(binary)]
    bytes: Vec<u8>,
    text: String,
}

#[test]
fn quoted_multiline_and_base64_values_load() {
    let text = "\u{feff}# A comment.\r\nexport KEY='one $TWO\nthree' # more\nBYTES=/wAB\nTEXT=\"a\\nb\nc\"";
    let file = File::new(text);
    let loader = file.loader(&[]);
    let (values, report) = load::<Values>(&loader).unwrap();
    assert_eq!(values.key.expose_secret(), "one $TWO\nthree");
    assert_eq!(values.bytes, [0xff, 0x00, 0x01]);
    assert_eq!(values.text, "a\nb\nc");
    let reported = format!("{values:?} {report:?} {report} {loader:?}");
    assert!(
        !reported.contains("three") && !reported.contains("/wAB"),
        "{reported}"
    );
}

#[test]
fn bad_line_error_hides_content() {
    for (text, place) in [
        (
            format!("KEY=x\n{CANARY} {CANARY}\n"),
            "line 2 (after `KEY`): expected `NAME=value`",
        ),
        (
            format!("KEY=x\n\n{CANARY}\n"),
            "line 3 (after `KEY`): expected `NAME=value`",
        ),
        (CANARY.to_owned(), "line 1: expected `NAME=value`"),
        (
            format!("KEY=x\nCANARY=\nTEXT: {CANARY}"),
            "line 3: expected `NAME=value`",
        ),
        (
            format!("KEY={CANARY}\nCANARY32==\nTEXT: {CANARY}"),
            "line 3: expected `NAME=value`",
        ),
        (
            format!("KEY=x\nTEXT=\"{CANARY}\n"),
            "line 2 (`TEXT`): the quote before the value is not closed",
        ),
        (
            format!("KEY='x\ny'\nTEXT='{CANARY}' {CANARY}"),
            "line 3 (`TEXT`): unexpected text after",
        ),
        (
            format!("KEY=x\ncanary='{CANARY}"),
            "line 2: the quote before the value is not closed",
        ),
        (
            format!("KEY={CANARY}${{TEXT}}"),
            "line 1 (`KEY`): the variable `TEXT` is not set",
        ),
        (
            format!("KEY={CANARY}${{TEXT:-{CANARY}${{A}}}}"),
            "(`KEY`): the default of `TEXT` contains another `${`",
        ),
        (
            format!("KEY=x\r\nTEXT={CANARY}\0"),
            "line 2: the text contains a NUL character",
        ),
    ] {
        let file = File::new(text);
        let error = load::<Values>(&file.loader(&[])).err().unwrap();
        let path = format!("`{}`, ", file.path().display());
        fails(&error, SourceErrorKind::Malformed, &[&path, place]);
        assert_eq!(error.failed_fields().count(), 3, "{error:#}");
    }
    let file = File::new(b"KEY=x\rTEXT=canary\xff");
    let error = load::<Values>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["line 2: the text is not UTF-8"],
    );
}

#[test]
fn folder_or_oversized_file_is_rejected() {
    let large = File::new(format!("TOKEN={}", CANARY.repeat(100_000)));
    let error = load::<Token>(&large.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[large.path().to_str().unwrap(), "1 MiB"],
    );
    let folder = std::env::temp_dir();
    let error = load::<Token>(&loader([Dotenv::new().path(&folder)], &[]))
        .err()
        .unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[folder.to_str().unwrap(), "folder"],
    );
}

#[test]
fn rejected_value_is_not_shown() {
    let file = File::new(format!("PORT={CANARY}\nHOST=h\nTOKEN=t\n"));
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["an integer from 0 to 65535"],
    );
}

#[test]
fn placeholders_and_chain_ignore_the_file() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Staged {
        #[secret("{stage}/token")]
        #[allow(dead_code, reason = "it is not loaded")]
        token: String,
    }
    let file = File::new("stage=test\nTOKEN=t\nFROM_SECRETS_SOURCES=canary\n");
    let error = load::<Staged>(&file.loader(&[])).err().unwrap();
    assert!(error.to_string().contains("`stage`"), "{error}");
    assert!(load::<Staged>(&file.loader(&[("stage", "test")])).is_ok());
}

/// The value of `TOKEN` in a file with this text, for a process with these variables.
fn value(text: &str, variables: &[(&str, &str)]) -> Option<String> {
    let file = File::new(text);
    let loaded = load::<Token>(&file.loader(variables));
    let (token, _) = loaded.unwrap_or_else(|error| panic!("{text:?}: {error:#}"));
    token.token
}

#[test]
fn dollar_without_braces_is_literal() {
    let variables = [("DB_USER", "u"), ("HOME", "/root"), ("word", "w")];
    for text in [
        "postgres://$DB_USER:$DB_PASSWORD@db/x",
        "pa$$word",
        "p$",
        "$",
        "a$HOME/b",
        "{\"a\": \"b # c\", \"port\": 5432}",
        "[\"$HOME\", 1]",
    ] {
        for line in [format!("TOKEN={text}\n"), format!("TOKEN='{text}'\n")] {
            assert_eq!(value(&line, &variables).as_deref(), Some(text), "{line}");
        }
    }
    assert_eq!(
        value("TOKEN=\"x$HOME\"", &variables).as_deref(),
        Some("x$HOME")
    );
}

#[test]
fn braces_are_replaced_outside_single_quotes() {
    let variables = [("OUTER", "outer"), ("EMPTY", "")];
    for (text, expected) in [
        ("TOKEN=x${OUTER}y", "xoutery".to_owned()),
        ("OUTER=inner\nTOKEN=\"${OUTER}\"", "outer".to_owned()),
        ("EMPTY=inner\nTOKEN=${EMPTY}", "inner".to_owned()),
        ("TOKEN=a\nTOKEN=${TOKEN}b", "ab".to_owned()),
        ("TOKEN='${OUTER}${UNSET}'", "${OUTER}${UNSET}".to_owned()),
        ("TOKEN=${UNSET:-a:b}", "a:b".to_owned()),
        ("TOKEN=${EMPTY:-d}", "d".to_owned()),
        ("TOKEN=a${UNSET:-}", "a".to_owned()),
        ("TOKEN=$${OUTER}", "$outer".to_owned()),
        ("TOKEN=pa${w!rd}", "pa${w!rd}".to_owned()),
        ("TOKEN=${OUTER:?x}", "${OUTER:?x}".to_owned()),
        (
            "TOKEN={\"a\": \"${OUTER} # b\"} # c",
            "{\"a\": \"outer # b\"}".to_owned(),
        ),
    ] {
        assert_eq!(value(text, &variables), Some(expected), "{text}");
    }
}

#[test]
fn exponential_expansion_is_rejected() {
    let mut text = format!("A={}\n", "canary".repeat(100));
    for _ in 0..60 {
        text += "A=${A}${A}\n";
    }
    let file = File::new(text);
    let error = load::<Token>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["(`A`): the replaced values are larger than 1 MiB"],
    );
}

#[test]
fn large_malformed_file_parse_terminates() {
    for part in [
        "${", "${A:-", "$A", "${A}x}", "$", "'", "\\", "#", "A=\n", "${:",
    ] {
        let text = part.repeat(300_000 / part.len());
        for file in [
            format!("TOKEN={text}"),
            format!("TOKEN=\"{text}"),
            format!("A=\n{text}"),
        ] {
            let file = File::new(file);
            // What becomes of it is another matter: it has to end.
            drop(load::<Token>(&file.loader(&[])));
        }
    }
}

#[test]
fn misspelled_line_is_named_in_error() {
    let file = File::new(format!("PORT=1\n\nTOKNE={CANARY}\nHSOT=h\nOTHER=o\n"));
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    let text = format!("{error:#}");
    assert!(!text.contains(CANARY), "a value leaked");
    let path = file.path().display();
    for part in [
        "not set; did you mean `TOKNE` in line 3?".to_owned(),
        "not set; did you mean `HSOT` in line 4?".to_owned(),
        format!(
            "rename `TOKNE` in line 3 of {path} to `TOKEN`, or set the environment variable `TOKEN`"
        ),
    ] {
        assert!(text.contains(&part), "{part}\n{text}");
    }
    let file = File::new("PORT=1\nHOST=h\ntokens=x\n");
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    let path = file.path().display();
    let hint = format!("rename `tokens` in line 3 of {path} to `TOKEN`, or set the");
    assert!(format!("{error:#}").contains(&hint), "{error:#}");
    let file = File::new("PORT=1\nOTHER=x\nHOST=h\n");
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    assert!(!format!("{error:#}").contains("did you mean"), "{error:#}");
}
