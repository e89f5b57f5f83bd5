//! What errors, reports and `Debug` say.

use from_secrets::{Cause, ErrorKind, FieldReport, FromSecrets, Loader, Memory};

use crate::support::{DATABASE, Database, Pocket, failure, load, loader};

#[test]
fn a_variable_that_is_malformed_is_what_the_first_line_names() {
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
fn a_loader_shows_its_parameters_by_name() {
    let loader = Loader::new()
        .parameter("POCKET_ARN", "canary")
        .timeout(std::time::Duration::MAX);
    let debug = format!("{loader:?}");
    assert!(
        debug.contains("POCKET_ARN") && !debug.contains("canary"),
        "{debug}"
    );
    let memory = Memory::new()
        .secret("POCKET_KEY", "k")
        .secret("POCKET_TOKEN", "t");
    assert!(
        loader.sources([memory]).load_blocking::<Pocket>().is_ok(),
        "no timeout is too long"
    );
}

#[test]
fn every_failed_field_is_told_of_at_once() {
    let memory = Memory::new().secret("prod/db", r#"{"hots":"h","port":"many","user":{}}"#);
    let error = failure::<Database>(&memory, &[]);
    assert_eq!(error.kind(), ErrorKind::Fields);
    assert_eq!(
        error.fields().map(FieldReport::path).collect::<Vec<_>>(),
        ["host", "port", "user"]
    );
    assert_eq!(
        error.to_string(),
        "cannot load `Database`: 3 fields failed: `host` (missing); `port`, `user` (malformed)"
    );
    let story = format!("{error:#}");
    assert!(story.contains("did you mean `hots`?"), "{story}");
    assert!(
        story.contains("expected an integer from 0 to 65535, found other text"),
        "{story}"
    );
    assert!(!story.contains("many"), "{story}");
}

#[test]
fn the_report_tells_who_answered_what_without_a_value() {
    let memory = Memory::new().secret("prod/db", DATABASE);
    let loader = loader(&memory, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_, report) = runtime
        .block_on(loader.load_with_report::<Database>())
        .unwrap();
    let expected = "\
field    answered by        asked for       version
host     memory             prod/db (host)  v1
port     memory             prod/db (port)  v1
user     default
replica  nobody (optional)";
    assert_eq!(report.to_string(), expected);
}

#[test]
fn debug_shows_names_and_what_is_no_secret() {
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
        .secret("TOKEN", "canary")
        .secret("prod/db", DATABASE);
    let mixed: Mixed = load(&memory, &[("PORT", "80")]).unwrap();
    assert_eq!(mixed.token, "canary");
    assert_eq!(mixed.port + mixed.database.port, 5512);
    let expected = "Mixed { token: [redacted], port: 80, database: Database { host: [redacted], port: [redacted], \
                    user: [redacted], replica: [redacted] } }";
    assert_eq!(format!("{mixed:?}"), expected);
}

#[test]
fn what_several_fields_lack_is_said_once() {
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
  fields `user`, `password`: `{stage}/db` needs the parameter `stage`; call `Loader::parameter(\"stage\", …)`, or set the environment variable `stage`"
    );
}

#[test]
fn help_for_several_fields_is_given_once_and_last() {
    let memory = Memory::new()
        .failing("POCKET_KEY", Cause::Throttled)
        .failing("POCKET_TOKEN", Cause::Throttled);
    let error = failure::<Pocket>(&memory, &[]);
    let told = "throttled: injected by the in-memory source";
    assert_eq!(
        format!("{error:#}"),
        format!(
            "cannot load `Pocket`: 2 fields failed: `key`, `token` (throttled)

  key: Consumer key of the Pocket application.
    memory: `POCKET_KEY`: {told}

  token: Access token of the user whose list is read.
    memory: `POCKET_TOKEN`: {told}

  help for `key`, `token`: `Memory::recovered` ends it"
        )
    );
}

#[test]
fn fields_that_lack_the_same_in_their_own_places_get_one_help() {
    let error = failure::<Pocket>(&Memory::new().secret("POCKET_KEY", "k"), &[]);
    let own = "help: create the secret `POCKET_TOKEN`, in the region and account that are asked, or set the environment variable `POCKET_TOKEN`";
    assert!(format!("{error:#}").ends_with(own), "{error:#}");
    let error = failure::<Pocket>(&Memory::new(), &[]);
    let shared = "\n\n  help for `key`, `token`: create these secrets, in the region and account that are asked, or set these environment variables";
    assert!(format!("{error:#}").ends_with(shared), "{error:#}");
    let error = failure::<Database>(&Memory::new(), &[]);
    let one = "help for `host`, `port`: create the secret `prod/db`, in the region and account that are asked, or set these environment variables";
    assert!(format!("{error:#}").ends_with(one), "{error:#}");
}
