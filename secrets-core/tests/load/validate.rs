//! Functions that validate fields and structs.

use std::fmt;

use from_secrets::report::{FieldOutcome, FieldReport, ValueFree};
use from_secrets::source::{Memory, SourceErrorKind};
use from_secrets::{Error, ExposeSecret, FromSecrets, SecretString};

use crate::support::{failure, load, loader};

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "a function of `validate`"
)]
fn unprivileged(port: &u16) -> Result<(), &'static str> {
    match *port {
        ..1024 => Err("the port is privileged"),
        6000 => panic!("the port is reserved"),
        _ => Ok(()),
    }
}

/// Quotes the value, as most errors do.
fn quoting(text: &str) -> Result<(), String> {
    Err(format!("`{text}` is not valid"))
}

struct TooShort(usize);

impl fmt::Display for TooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shorter than {} characters", self.0)
    }
}

impl ValueFree for TooShort {}

fn long(token: &SecretString) -> Result<(), TooShort> {
    if token.expose_secret().len() < 8 {
        return Err(TooShort(8));
    }
    Ok(())
}

#[derive(FromSecrets)]
#[secrets("app", debug)]
#[allow(dead_code, reason = "shown by `Debug` alone")]
struct Config {
    #[secret(validate = unprivileged)]
    port: u16,
    #[secret(validate = unprivileged)]
    second: Option<u16>,
    #[secret(validate = unprivileged, default = 8080)]
    third: u16,
    #[secret(validate = long)]
    token: SecretString,
}

const VALID: &str = r#"{"port": 8000, "token": "long enough"}"#;

fn failed(error: &Error) -> Vec<(&str, SourceErrorKind, &str)> {
    let reason = |field: &FieldReport| match field.outcome() {
        FieldOutcome::Failed(error) => (error.kind(), error.message().to_owned()),
        other => panic!("{other:?}"),
    };
    let fields = error.failed_fields();
    fields
        .map(|field| {
            let (kind, message) = reason(field);
            (field.path(), kind, &*message.leak())
        })
        .collect()
}

const INVALID: SourceErrorKind = SourceErrorKind::Invalid;

#[test]
fn valid_values_are_loaded() {
    let memory = Memory::new().with_secret("app", VALID);
    let config: Config = load(&memory, &[("APP_SECOND", "9000")]).unwrap();
    assert_eq!(
        (config.port, config.second, config.third),
        (8000, Some(9000), 8080)
    );
}

#[test]
fn all_rejected_values_are_reported() {
    let memory = Memory::new().with_secret(
        "app",
        r#"{"port": 80, "second": "81", "third": 82, "token": "canary"}"#,
    );
    let error = failure::<Config>(&memory, &[]);
    let privileged = "the port is privileged";
    assert_eq!(
        failed(&error),
        [
            ("port", INVALID, privileged),
            ("second", INVALID, privileged),
            ("third", INVALID, privileged),
            ("token", INVALID, "shorter than 8 characters"),
        ]
    );
    let details = format!("{error:#}");
    assert!(details.contains("found, but invalid: shorter than 8 characters"));
    assert!(!details.contains("canary"), "{details}");
}

#[test]
fn unmarked_error_text_is_hidden() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[allow(dead_code, reason = "never loaded")]
    struct Quoted {
        #[secret(validate = quoting)]
        key: String,
    }
    let memory = Memory::new().with_secret("KEY", "canary");
    let error = failure::<Quoted>(&memory, &[]);
    assert_eq!(
        error.to_string(),
        "cannot load `Quoted`: field `key` (secret `KEY`): invalid: rejected by the function of `validate`"
    );
    assert!(!format!("{error:#}").contains("canary"));
}

#[test]
fn panic_of_validator_fails_the_load() {
    let memory = Memory::new().with_secret("app", VALID.replace("8000", "6000").as_str());
    let error = failure::<Config>(&memory, &[]);
    let panicked = "the function of `validate` panicked";
    assert_eq!(failed(&error), [("port", INVALID, panicked)]);
}

#[test]
fn invalid_falls_back_only_when_configured() {
    let memory = Memory::new().with_secret("app", VALID.replace("8000", "80").as_str());
    let vars = [("APP_PORT", "8001")];
    let error = failure::<Config>(&memory, &vars);
    assert_eq!(failed(&error).len(), 1, "{error}");
    let other = loader(&memory, &vars).fall_back_on([SourceErrorKind::Malformed]);
    assert!(other.load_blocking::<Config>().is_err());
    let widened = loader(&memory, &vars).fall_back_on([INVALID]);
    assert_eq!(widened.load_blocking::<Config>().unwrap().port, 8001);
}

#[test]
fn rejected_default_names_no_source() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Defaulted {
        #[secret(validate = unprivileged, default = 22)]
        port: u16,
    }
    let memory = Memory::new();
    let error = failure::<Defaulted>(&memory, &[]);
    assert_eq!(
        error.to_string(),
        "cannot load `Defaulted`: field `port` (default): invalid: the port is privileged"
    );
    assert!(format!("{error:#}").contains("\n    default: invalid: the port is privileged"));
    let widened = loader(&memory, &[]).fall_back_on([INVALID]);
    assert!(widened.load_blocking::<Defaulted>().is_err());
    assert_eq!(
        load::<Defaulted>(&memory, &[("PORT", "2000")])
            .unwrap()
            .port,
        2000
    );
}

#[derive(FromSecrets)]
#[secrets(validate = Self::ordered, debug)]
struct Range {
    low: u16,
    #[secret(default = 5)]
    high: u16,
}

impl Range {
    fn ordered(&self) -> Result<(), &'static str> {
        if self.low > self.high {
            return Err("`low` is above `high`");
        }
        Ok(())
    }
}

#[derive(FromSecrets)]
#[secrets(validate = Ranges::check, debug)]
struct Ranges {
    /// Limits of the first pool.
    #[secret(flatten, prefix = "FIRST_")]
    first: Box<Range>,
    #[secret(flatten, prefix = "SECOND_")]
    second: Option<Range>,
}

impl Ranges {
    fn check(&self) -> Result<(), String> {
        match &self.second {
            Some(second) if second.low == self.first.low => Err("the same".to_owned()),
            _ => Ok(()),
        }
    }
}

#[test]
fn rejected_struct_is_reported() {
    let error = failure::<Range>(&Memory::new().with_secret("LOW", "6"), &[]);
    assert_eq!(
        error.to_string(),
        "cannot load `Range`: struct `Range`: invalid: `low` is above `high`"
    );
    assert_eq!(
        format!("{error:#}"),
        "cannot load `Range`: struct `Range`: invalid: `low` is above `high`\n\n  Range\n    invalid: `low` is above `high`\n    help: correct the value, or the function of `validate`"
    );
    let field = error.failed_fields().next().unwrap();
    assert!(field.is_struct() && field.attempts().is_empty());
    assert_eq!(error.report().unwrap().fields().len(), 3);
}

#[test]
fn rejected_nested_struct_has_its_path() {
    let memory = Memory::new()
        .with_secret("FIRST_LOW", "6")
        .with_secret("SECOND_LOW", "7");
    let error = failure::<Ranges>(&memory, &[]);
    let unordered = "`low` is above `high`";
    assert_eq!(
        failed(&error),
        [
            ("first", INVALID, unordered),
            ("second", INVALID, unordered)
        ]
    );
    assert!(format!("{error:#}").contains("first: Limits of the first pool."));
}

#[test]
fn struct_is_validated_after_all_fields() {
    let memory = Memory::new()
        .with_secret("FIRST_LOW", "many")
        .with_secret("SECOND_LOW", "6");
    let error = failure::<Ranges>(&memory, &[]);
    let paths: Vec<_> = failed(&error).iter().map(|(path, ..)| *path).collect();
    assert_eq!(paths, ["first.low", "second"]);
    let memory = Memory::new()
        .with_secret("FIRST_LOW", "1")
        .with_secret("SECOND_LOW", "1");
    let error = failure::<Ranges>(&memory, &[]);
    let hidden = "rejected by the function of `validate`";
    assert_eq!(failed(&error), [("Ranges", INVALID, hidden)]);
    let memory = Memory::new().with_secret("FIRST_LOW", "1");
    assert!(load::<Ranges>(&memory, &[]).unwrap().second.is_none());
}

#[test]
fn struct_is_validated_again_after_fallback() {
    let memory = Memory::new()
        .with_secret("FIRST_LOW", "6")
        .with_secret("SECOND_LOW", "many");
    let vars = [("SECOND_LOW", "1")];
    let widened = loader(&memory, &vars).fall_back_on([SourceErrorKind::Malformed]);
    let error = widened.load_blocking::<Ranges>().unwrap_err();
    assert_eq!(failed(&error).len(), 1, "{error:#}");
}
