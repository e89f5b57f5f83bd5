//! Secrets in a `.env` file, behind the environment.
#![cfg(all(feature = "derive", feature = "dotenv"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets::{
    AttemptAnswer, Cause, Dotenv, Environment, Error, ExposeSecret, FromSecrets, Loader, Memory,
    Missing, Outcome, Report, SecretString, Source,
};

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
        loader([Dotenv::at(&self.0)], variables)
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
        .environment(Environment::from_vars(variables.iter().copied()))
}

fn load<T: FromSecrets>(loader: &Loader) -> Result<(T, Report), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(loader.load_with_report())
}

/// The cause of the first failure, whose message names all of these, after a look at whether the error tells a value.
fn fails(error: &Error, cause: Cause, names: &[&str]) {
    let told = format!("{error} {error:#} {error:?}");
    assert!(!told.contains("canary"), "a value leaked");
    let Outcome::Failed(failure) = error.fields().next().unwrap().outcome() else {
        panic!("{error:#}");
    };
    assert_eq!(failure.cause(), cause, "{error:#}");
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
fn the_environment_wins_over_the_file_unless_it_is_empty() {
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
        let dotenv = || Source::from(Dotenv::at(file.path()));
        for chain in [
            vec![dotenv()],
            vec![Source::environment(), dotenv()],
            vec![dotenv(), Source::environment()],
        ] {
            let (token, report) = load::<Token>(&loader(chain, &variables)).unwrap();
            let source = match report.fields()[0].outcome() {
                Outcome::Answered { source, .. } => Some(source.clone()),
                _ => None,
            };
            let answered = source.zip(token.token);
            assert_eq!(answered, expected, "{variable:?} {line:?}");
            assert!(report.fields()[0].attempts().len() <= 2);
        }
    }
}

#[test]
fn a_line_that_is_empty_and_one_that_is_not_there_are_told_apart() {
    for (line, missing) in [
        ("TOKEN=\n", Missing::EmptyVariable),
        ("", Missing::Variable),
    ] {
        let file = File::new(line);
        let (_, report) = load::<Token>(&file.loader(&[])).unwrap();
        let [env, dotenv] = report.fields()[0].attempts() else {
            panic!("{report:?}");
        };
        assert_eq!((env.source(), dotenv.source()), ("env", "dotenv"));
        assert_eq!(*dotenv.answer(), AttemptAnswer::Missing(missing));
        assert_eq!(dotenv.endpoint(), file.path().to_str());
    }
}

#[test]
fn secrets_before_it_in_the_chain_are_asked_before_it() {
    let file = File::new("TOKEN='of dotenv'");
    let sources = || {
        let secrets = Memory::new().secret("TOKEN", "of memory");
        [secrets.into(), Source::from(Dotenv::at(file.path()))]
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
fn fields_that_are_not_secrets_are_read_from_the_file_after_the_environment() {
    let file = File::new("PORT=1\nHOST=of-file\nTOKEN=t\n");
    let (settings, report) = load::<Settings>(&file.loader(&[("PORT", "2")])).unwrap();
    assert_eq!((settings.port, settings.host.as_str()), (2, "of-file"));
    assert_eq!(settings.token, "t");
    let sources = report.fields().iter().map(|field| {
        let attempts = field.attempts().iter();
        attempts.map(from_secrets::Attempt::source).collect()
    });
    let sources: Vec<Vec<&str>> = sources.collect();
    assert_eq!(
        sources,
        [vec!["env"], vec!["env", "dotenv"], vec!["env", "dotenv"]]
    );
}

#[test]
fn fields_that_are_not_secrets_are_read_from_no_other_source() {
    let secrets = Memory::new()
        .secret("TOKEN", "t")
        .secret("PORT", "1")
        .secret("HOST", "h");
    let file = File::new("PORT=1\n");
    let sources = [secrets.into(), Source::from(Dotenv::at(file.path()))];
    let error = load::<Settings>(&loader(sources, &[])).err().unwrap();
    let fields: Vec<_> = error
        .fields()
        .map(from_secrets::FieldReport::path)
        .collect();
    assert_eq!(fields, ["host"], "{error:#}");
}

/// Rewrites the file when it is asked, and has nothing.
#[derive(Debug)]
struct Changing(PathBuf);

impl from_secrets::SecretSource for Changing {
    fn name(&self) -> &'static str {
        "changing"
    }

    fn fetch<'a>(&'a self, query: from_secrets::Query<'a>) -> from_secrets::Answers<'a> {
        fs::write(&self.0, "PORT=2\nHOST=h\nTOKEN=second\n").unwrap();
        let missing = |_| from_secrets::Answer::Missing(Missing::Secret);
        let answers = query.requests().iter().map(missing).collect();
        Box::pin(std::future::ready(answers))
    }
}

#[test]
fn the_file_is_read_once_in_a_load_and_anew_in_the_next() {
    // The settings are read first, and then what changes the file is asked.
    let file = File::new("PORT=1\nHOST=h\nTOKEN=first\n");
    let changing = Source::custom(Changing(file.path().to_owned()));
    let loader = loader([changing, Dotenv::at(file.path()).into()], &[]);
    let (settings, _) = load::<Settings>(&loader).unwrap();
    assert_eq!((settings.port, settings.token.as_str()), (1, "first"));
    let (settings, _) = load::<Settings>(&loader).unwrap();
    assert_eq!((settings.port, settings.token.as_str()), (2, "second"));
}

#[test]
fn a_file_that_nothing_is_needed_from_is_not_read() {
    let file = File::new(CANARY);
    let (token, _) = load::<Token>(&file.loader(&[("TOKEN", "x")])).unwrap();
    assert_eq!(token.token.as_deref(), Some("x"));
    assert!(load::<Token>(&file.loader(&[])).is_err());
}

#[test]
fn the_working_directorys_file_may_be_absent_and_a_named_one_may_not() {
    // Tests run in the package's directory, which has none.
    let (token, report) = load::<Token>(&loader([Dotenv::new()], &[])).unwrap();
    assert_eq!(token.token, None);
    let why = "there is no `.env` in the working directory".to_owned();
    let answer = report.fields()[0].attempts()[1].answer();
    assert_eq!(*answer, AttemptAnswer::NotConfigured(why));

    let absent = File::absent();
    let error = load::<Token>(&absent.loader(&[])).err().unwrap();
    let path = absent.path().to_str().unwrap();
    fails(&error, Cause::Unreachable, &[path]);
}

#[test]
fn the_word_dotenv_reads_the_working_directorys() {
    let loader = Loader::new().environment(Environment::from_vars([
        ("FROM_SECRETS_SOURCES", "dotenv"),
        ("TOKEN", "of env"),
    ]));
    let (token, _) = load::<Token>(&loader).unwrap();
    assert_eq!(token.token.as_deref(), Some("of env"));
}

#[test]
fn the_working_directorys_file_is_read_and_filled_from_the_processs_variables() {
    const CHILD: &str = "FROM_SECRETS_TEST_CHILD";
    const NAME: &str = "the_working_directorys_file_is_read_and_filled_from_the_processs_variables";
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
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
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
fn values_stand_in_quotes_over_lines_and_in_base64() {
    let text = "\u{feff}# A comment.\r\nexport KEY='one $TWO\nthree' # more\nBYTES=/wAB\nTEXT=\"a\\nb\nc\"";
    let file = File::new(text);
    let loader = file.loader(&[]);
    let (values, report) = load::<Values>(&loader).unwrap();
    assert_eq!(values.key.expose_secret(), "one $TWO\nthree");
    assert_eq!(values.bytes, [0xff, 0x00, 0x01]);
    assert_eq!(values.text, "a\nb\nc");
    let told = format!("{values:?} {report:?} {report} {loader:?}");
    assert!(!told.contains("three") && !told.contains("/wAB"), "{told}");
}

#[test]
fn bad_line_is_refused_without_its_content() {
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
        fails(&error, Cause::Malformed, &[&path, place]);
        assert_eq!(error.fields().count(), 3, "{error:#}");
    }
    let file = File::new(b"KEY=x\rTEXT=canary\xff");
    let error = load::<Values>(&file.loader(&[])).err().unwrap();
    fails(&error, Cause::Malformed, &["line 2: the text is not UTF-8"]);
}

#[test]
fn what_is_no_file_of_bounded_size_is_a_failure() {
    let large = File::new(format!("TOKEN={}", CANARY.repeat(100_000)));
    let error = load::<Token>(&large.loader(&[])).err().unwrap();
    fails(
        &error,
        Cause::Malformed,
        &[large.path().to_str().unwrap(), "1 MiB"],
    );
    let folder = std::env::temp_dir();
    let error = load::<Token>(&loader([Dotenv::at(&folder)], &[]))
        .err()
        .unwrap();
    fails(
        &error,
        Cause::Malformed,
        &[folder.to_str().unwrap(), "folder"],
    );
}

#[test]
fn a_value_that_its_type_refuses_is_not_shown() {
    let file = File::new(format!("PORT={CANARY}\nHOST=h\nTOKEN=t\n"));
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    fails(&error, Cause::Malformed, &["an integer from 0 to 65535"]);
}

#[test]
fn parameters_and_the_order_of_sources_are_not_read_from_the_file() {
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
fn file_that_expands_without_end_is_refused() {
    let mut text = format!("A={}\n", "canary".repeat(100));
    for _ in 0..60 {
        text += "A=${A}${A}\n";
    }
    let file = File::new(text);
    let error = load::<Token>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        Cause::Malformed,
        &["(`A`): the replaced values are larger than 1 MiB"],
    );
}

#[test]
fn large_file_of_odd_dollars_is_read() {
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
        format!("correct these names in {path}, or set these environment variables"),
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
