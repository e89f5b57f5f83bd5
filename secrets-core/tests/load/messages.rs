//! The text of errors, reports and `Debug`.

use from_secrets::report::FieldReport;
use from_secrets::source::{Memory, SourceErrorKind};
use from_secrets::{ErrorKind, FromSecrets, Loader};

use crate::support::{DATABASE, Database, Pocket, failure, load, loader};

#[test]
fn malformed_variable_is_in_first_line() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct One {
        #[secret("prod/port")]
        #[allow(dead_code, reason = "never loaded")]
        port: u16,
    }
    let error = failure::<One>(&Memory::new(), &[("PROD_PORT", "many")]);
    let expected = "cannot load `One`: field `port` (variable `PROD_PORT`): malformed: expected an integer from 0 to 65535, found other text";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn loader_debug_hides_placeholder_values() {
    let loader = Loader::new()
        .placeholder("POCKET_ARN", "canary")
        .timeout(std::time::Duration::MAX);
    let debug = format!("{loader:?}");
    assert!(
        debug.contains("POCKET_ARN") && !debug.contains("canary"),
        "{debug}"
    );
    let memory = Memory::new()
        .with_secret("POCKET_KEY", "k")
        .with_secret("POCKET_TOKEN", "t");
    assert!(
        loader.source(memory).load_blocking::<Pocket>().is_ok(),
        "no timeout is too long"
    );
}

#[test]
fn error_lists_every_failed_field() {
    let memory = Memory::new().with_secret("prod/db", r#"{"hots":"h","port":"many","user":{}}"#);
    let error = failure::<Database>(&memory, &[]);
    assert_eq!(error.kind(), ErrorKind::Fields);
    assert_eq!(
        error
            .failed_fields()
            .map(FieldReport::path)
            .collect::<Vec<_>>(),
        ["host", "port", "user"]
    );
    assert_eq!(
        error.to_string(),
        "cannot load `Database`: 3 fields failed: `host` (missing); `port`, `user` (malformed)"
    );
    let details = format!("{error:#}");
    assert!(details.contains("did you mean `hots`?"), "{details}");
    assert!(
        details.contains("expected an integer from 0 to 65535, found other text"),
        "{details}"
    );
    assert!(!details.contains("many"), "{details}");
}

#[test]
fn report_shows_sources_without_values() {
    let memory = Memory::new().with_secret("prod/db", DATABASE);
    let loader = loader(&memory, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_, report) = runtime
        .block_on(loader.load_with_report::<Database>())
        .unwrap();
    let expected = "\
field    source           requested       version
host     memory           prod/db (host)  v1
port     memory           prod/db (port)  v1
user     default
replica  none (optional)";
    assert_eq!(report.to_string(), expected);
}

#[test]
fn debug_redacts_only_secrets() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Mixed {
        token: String,
        #[secret(env_only)]
        port: u16,
        #[secret(flatten)]
        database: Database,
    }
    let memory = Memory::new()
        .with_secret("TOKEN", "canary")
        .with_secret("prod/db", DATABASE);
    let mixed: Mixed = load(&memory, &[("PORT", "80")]).unwrap();
    assert_eq!(mixed.token, "canary");
    assert_eq!(mixed.port + mixed.database.port, 5512);
    let expected = "Mixed { token: [redacted], port: 80, database: Database { host: [redacted], port: [redacted], \
                    user: [redacted], replica: [redacted] } }";
    assert_eq!(format!("{mixed:?}"), expected);
}

#[test]
fn shared_missing_placeholder_is_reported_once() {
    #[derive(FromSecrets)]
    #[secrets(name = "{stage}/db", debug)]
    #[expect(dead_code, reason = "never loaded")]
    struct Database {
        user: String,
        password: String,
    }
    let error = failure::<Database>(&Memory::new(), &[]);
    assert_eq!(
        format!("{error:#}"),
        "cannot load `Database`: 2 fields cannot be looked up as declared: `user`, `password`

  fields `user`, `password`: `{stage}/db` requires a value for the placeholder `stage`; call `Loader::placeholder(\"stage\", …)`, or set the environment variable `stage`"
    );
}

#[test]
fn shared_hint_is_printed_once_last() {
    let memory = Memory::new()
        .with_error("POCKET_KEY", SourceErrorKind::Throttled)
        .with_error("POCKET_TOKEN", SourceErrorKind::Throttled);
    let error = failure::<Pocket>(&memory, &[]);
    let reported = "throttled: injected by the in-memory source";
    assert_eq!(
        format!("{error:#}"),
        format!(
            "cannot load `Pocket`: 2 fields failed: `key`, `token` (throttled)

  key: Consumer key of the Pocket application.
    memory: `POCKET_KEY`: {reported}

  token: Access token of the user whose list is read.
    memory: `POCKET_TOKEN`: {reported}

  help for `key`, `token`: call `Memory::recover`"
        )
    );
}

#[test]
fn similar_missing_fields_share_one_hint() {
    let error = failure::<Pocket>(&Memory::new().with_secret("POCKET_KEY", "k"), &[]);
    let own = "help: create the secret `POCKET_TOKEN` in the source `memory`, or set the environment variable `POCKET_TOKEN`";
    assert!(format!("{error:#}").ends_with(own), "{error:#}");
    let error = failure::<Pocket>(&Memory::new(), &[]);
    let shared = "\n\n  help for `key`, `token`: create the secrets `POCKET_KEY`, `POCKET_TOKEN` in the source `memory`, or set the environment variables `POCKET_KEY`, `POCKET_TOKEN`";
    assert!(format!("{error:#}").ends_with(shared), "{error:#}");
    let error = failure::<Database>(&Memory::new(), &[]);
    let one = "help for `host`, `port`: create the secret `prod/db` in the source `memory`, or set the environment variables `PROD_DB_HOST`, `PROD_DB_PORT`";
    assert!(format!("{error:#}").ends_with(one), "{error:#}");
}

const REPORTED: &str = "\
cannot load `Pocket`: 2 fields failed: `key` (denied); `token` (missing)

Caused by:
    key: Consumer key of the Pocket application.
      memory: `POCKET_KEY`: denied: injected by the in-memory source
      help: call `Memory::recover`
    
    token: Access token of the user whose list is read.
      memory: `POCKET_TOKEN`: no such secret
      env: `POCKET_TOKEN`: not set
      help: create the secret `POCKET_TOKEN` in the source `memory`, or set the environment variable `POCKET_TOKEN`";

/// Removes spaces at the ends of lines, and a backtrace or a location.
fn trimmed(report: &str) -> String {
    let report = report.split("\n\nStack backtrace").next().unwrap();
    let report = report.split("\n\nLocation:").next().unwrap();
    let lines: Vec<&str> = report.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn anyhow_and_eyre_print_details_once() {
    let memory = || Memory::new().with_error("POCKET_KEY", SourceErrorKind::Denied);
    let expected = trimmed(REPORTED);
    let error = anyhow::Error::from(failure::<Pocket>(&memory(), &[]));
    assert_eq!(trimmed(&format!("{error:?}")), expected);
    let error = eyre::Report::from(failure::<Pocket>(&memory(), &[]));
    assert_eq!(trimmed(&format!("{error:?}")), expected);
}
