//! The structs that are loaded, and the checks of their values.

use std::collections::BTreeMap;

use from_secrets::report::FieldOutcome;
use from_secrets::{Error, ErrorKind, FromSecrets};

use crate::rotating::Rotating;

/// The value of a field, and its expected origin.
#[derive(Clone)]
pub(crate) struct Claim<'a> {
    secret: &'static str,
    key: &'static str,
    stage: &'static str,
    value: Option<&'a str>,
}

/// A struct whose values can be checked.
pub(crate) trait Judged: FromSecrets + Send + Sync + 'static {
    /// The secrets of the struct.
    const SECRETS: &'static [&'static str];
    /// The number of fields.
    const FIELDS: usize;
    /// The number of calls of a load without failures, including secrets that may be requested alone after a batch.
    const REQUESTS: usize;

    fn claims(&self) -> Vec<Claim<'_>>;
}

/// Returns the claim of a required field of the current version.
pub(crate) fn claim<'a>(secret: &'static str, key: &'static str, value: &'a str) -> Claim<'a> {
    Claim {
        secret,
        key,
        stage: "current",
        value: Some(value),
    }
}

/// Returns the claim of an optional field.
pub(crate) fn optional<'a>(
    secret: &'static str,
    key: &'static str,
    value: Option<&'a str>,
) -> Claim<'a> {
    Claim {
        value,
        ..claim(secret, key, "")
    }
}

/// Asserts that every value belongs to its field, and that the values of a secret are of one version. Messages contain
/// only the part of a value that is wrong.
#[track_caller]
pub(crate) fn judge<T: Judged>(config: &T, secrets: &Rotating) {
    let mut versions: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for Claim {
        secret,
        key,
        stage,
        value,
    } in config.claims()
    {
        let value = value
            .unwrap_or_else(|| panic!("`{key}` of `{secret}` exists, but was reported as missing"));
        let parts: Vec<&str> = value.split('|').collect();
        let [named, its_key, version, its_stage] = parts[..] else {
            panic!("`{key}` of `{secret}` has a value that it never had");
        };
        assert_eq!(
            (named, its_key, its_stage),
            (secret, key, stage),
            "a value is in the wrong field"
        );
        let version: u32 = version.parse().expect("a value contains its version");
        assert!(
            version <= secrets.version(secret),
            "`{secret}` never had version {version}"
        );
        let first = *versions.entry((secret, stage)).or_insert(version);
        assert_eq!(
            version, first,
            "two versions of `{secret}` ({stage}) are in one struct"
        );
    }
}

/// Asserts the same, and that current values are of the latest version.
#[track_caller]
pub(crate) fn judge_latest<T: Judged>(config: &T, secrets: &Rotating) {
    judge(config, secrets);
    for Claim {
        secret,
        value,
        stage,
        ..
    } in config.claims()
    {
        let latest = format!("|{}|current", secrets.version(secret));
        let is_latest = value.is_some_and(|value| value.ends_with(&latest));
        assert!(
            is_latest || stage != "current",
            "`{secret}` is not of its latest version"
        );
    }
}

/// Asserts that the error names every failed field with its cause, and that no field is reported as missing.
#[track_caller]
pub(crate) fn judge_error<T: Judged>(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Fields, "{error:#}");
    let report = error.report().expect("a report of every field");
    assert_eq!(report.fields().len(), T::FIELDS);
    assert!(error.failed_fields().count() > 0);
    for field in report.fields() {
        let outcome = field.outcome();
        let is_reported = matches!(outcome, FieldOutcome::Found(_) | FieldOutcome::Failed(_));
        assert!(
            is_reported,
            "`{}` exists, but was reported as missing: {outcome:?}",
            field.path()
        );
    }
}

/// One secret, one key.
#[derive(FromSecrets)]
pub(crate) struct Small {
    #[secret("alone", default = "a default")]
    alone: String,
}

impl Judged for Small {
    const SECRETS: &'static [&'static str] = &["alone"];
    const FIELDS: usize = 1;
    const REQUESTS: usize = 1;

    fn claims(&self) -> Vec<Claim<'_>> {
        vec![claim("alone", "whole", &self.alone)]
    }
}

#[derive(FromSecrets)]
#[secrets("prod/db")]
pub(crate) struct Database {
    user: String,
    password: String,
}

impl Database {
    pub(crate) fn claims(&self) -> Vec<Claim<'_>> {
        vec![
            claim("prod/db", "user", &self.user),
            claim("prod/db", "password", &self.password),
        ]
    }
}

/// One secret with every kind of reference, and other secrets.
#[derive(FromSecrets)]
pub(crate) struct Middle {
    #[secret(flatten)]
    database: Database,
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        json_key = "user",
        env = "USER_BY_ARN"
    )]
    user: String,
    #[secret("{{resolve:secretsmanager:prod/db:SecretString:host}}")]
    host: String,
    #[secret(
        "prod/db",
        json_key = "user",
        version_stage = "AWSPREVIOUS",
        env = false
    )]
    previous_user: String,
    #[secret(
        "prod/db",
        json_key = "password",
        version_stage = "AWSPREVIOUS",
        env = false
    )]
    previous_password: String,
    #[secret("token", default = "a default")]
    token: String,
    #[secret("license")]
    license: Option<String>,
}

impl Judged for Middle {
    const SECRETS: &'static [&'static str] = &["prod/db", "token", "license"];
    const FIELDS: usize = 8;
    const REQUESTS: usize = 6;

    fn claims(&self) -> Vec<Claim<'_>> {
        let previous = |key, value| Claim {
            stage: "previous",
            ..claim("prod/db", key, value)
        };
        let own = vec![
            claim("prod/db", "user", &self.user),
            claim("prod/db", "host", &self.host),
            previous("user", &self.previous_user),
            previous("password", &self.previous_password),
            claim("token", "whole", &self.token),
            optional("license", "whole", self.license.as_deref()),
        ];
        [self.database.claims(), own].concat()
    }
}

macro_rules! large {
    ($($field:ident)*) => {
        /// More secrets than fit into a batch. One of them is in both batches, by name and by ARN.
        #[derive(FromSecrets)]
        #[secrets(rename_all = "lowercase")]
        pub(crate) struct Large {
            #[secret(flatten)]
            database: Database,
            $($field: String,)*
            #[secret(
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
                json_key = "password",
                env = "PASSWORD_BY_ARN"
            )]
            password: String,
        }

        impl Judged for Large {
            const SECRETS: &'static [&'static str] = &["prod/db", $(stringify!($field)),*];
            const FIELDS: usize = 2 + Self::SECRETS.len();
            const REQUESTS: usize = 2 + 1 + Self::SECRETS.len();

            fn claims(&self) -> Vec<Claim<'_>> {
                let own = vec![
                    $(claim(stringify!($field), "whole", &self.$field),)*
                    claim("prod/db", "password", &self.password),
                ];
                [self.database.claims(), own].concat()
            }
        }
    };
}

large!(a b c d e f g h i j k l m n o p q r s t u);
