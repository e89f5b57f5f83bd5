//! The order of the file, the environment and other sources.

use std::fs;

use from_secrets::Loader;
use from_secrets::report::{Attempt, FieldOutcome, FieldReport};
use from_secrets::source::{
    Dotenv, Env, FetchResult, Memory, MissingReason, Source, SourceErrorKind,
};

use crate::support::{CANARY, Changing, File, Settings, Token, fails, load, loader};

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
                FieldOutcome::Found(provenance) => Some(provenance.source().to_owned()),
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

#[test]
fn plain_fields_prefer_environment_over_file() {
    let file = File::new("PORT=1\nHOST=of-file\nTOKEN=t\n");
    let (settings, report) = load::<Settings>(&file.loader(&[("PORT", "2")])).unwrap();
    assert_eq!((settings.port, settings.host.as_str()), (2, "of-file"));
    assert_eq!(settings.token, "t");
    let sources = report.fields().iter().map(|field| {
        let attempts = field.attempts().iter();
        attempts.map(Attempt::source).collect()
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
    let fields: Vec<_> = error.failed_fields().map(FieldReport::path).collect();
    assert_eq!(fields, ["host"], "{error:#}");
}

#[test]
fn file_is_read_once_per_load() {
    // Settings are read first. Then the source that changes the file is queried.
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
    let why = "no `.env` in the working directory".to_owned();
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
    const NAME: &str = "chain::default_file_expands_process_variables";
    if std::env::var_os(CHILD).is_some() {
        let token = Loader::new().load_blocking::<Token>().unwrap();
        assert_eq!(token.token.as_deref(), Some("a of-process b"));
        return;
    }
    // The working directory and variables of a process cannot change safely, so the test starts itself again.
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

#[test]
fn chain_ignores_the_file() {
    let file = File::new("TOKEN=t\nFROM_SECRETS_SOURCES=canary\n");
    assert!(load::<Token>(&file.loader(&[])).is_ok());
}
