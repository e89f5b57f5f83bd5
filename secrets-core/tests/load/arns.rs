//! Secrets that fields read by name and by ARN.

use from_secrets::report::FieldReport;
use from_secrets::source::{
    FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest, SecretSource,
    SecretValue, VersionSelector,
};
use from_secrets::{FromSecrets, Loader};

/// Secrets with a name, a version, an ARN and a content.
#[derive(Debug)]
struct Named(&'static [(&'static str, VersionSelector, &'static str, &'static str)]);

impl Named {
    fn find(&self, request: &SecretRequest) -> FetchResult {
        let is_requested = |(name, version, _, _): &&(&str, VersionSelector, _, _)| {
            *name == request.id() && version == request.version()
        };
        match self.0.iter().find(is_requested) {
            Some((_, _, arn, content)) => {
                FetchResult::Found(SecretValue::text(*content).with_arn(*arn))
            }
            None => FetchResult::Missing(MissingReason::Secret),
        }
    }
}

impl SecretSource for Named {
    fn name(&self) -> &'static str {
        "named"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        Box::pin(async { requests.iter().map(|request| self.find(request)).collect() })
    }
}

const CURRENT: VersionSelector = VersionSelector::Current;
const HOME: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
const OTHER: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/db-AbCdEf";

fn rejected<T: FromSecrets + Send>(source: Named) -> Vec<String> {
    let loaded = Loader::new().source(source).load_blocking::<T>();
    let error = loaded.err();
    let fields = error.iter().flat_map(from_secrets::Error::failed_fields);
    fields.map(|field| field.path().to_owned()).collect()
}

#[derive(FromSecrets)]
struct Aliased {
    #[secret(
        "prod/db",
        alias = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf"
    )]
    user: String,
}

#[test]
fn arn_of_name_is_used_alias() {
    let warning = |source: Named| {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        let loader = Loader::new().source(source);
        let (config, report) = runtime
            .block_on(loader.load_with_report::<Aliased>())
            .unwrap();
        assert_eq!(config.user, "u");
        report.fields().iter().find_map(FieldReport::warning)
    };
    let same = Named(&[("prod/db", CURRENT, HOME, "u"), (HOME, CURRENT, HOME, "u")]);
    assert_eq!(warning(same), None);
    let different = Named(&[("prod/db", CURRENT, OTHER, "u"), (HOME, CURRENT, HOME, "u")]);
    assert!(
        warning(different)
            .unwrap()
            .contains("its alias is not used")
    );
}

#[derive(FromSecrets)]
#[secrets("prod/db", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct Database {
    user: String,
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        json_key = "password",
        env = false
    )]
    password: String,
}

#[test]
fn secret_of_other_region_is_different() {
    const CONTENT: &str = r#"{"user": "u", "password": "p"}"#;
    let same = Named(&[
        ("prod/db", CURRENT, HOME, CONTENT),
        (HOME, CURRENT, HOME, CONTENT),
    ]);
    assert_eq!(rejected::<Database>(same), [""; 0]);
    let different = Named(&[
        ("prod/db", CURRENT, OTHER, CONTENT),
        (HOME, CURRENT, HOME, CONTENT),
    ]);
    assert_eq!(rejected::<Database>(different), ["Database"]);
}

#[derive(FromSecrets)]
#[secrets("prod/db", deny_unknown_keys)]
#[expect(dead_code, reason = "only the load is checked")]
struct Rotating {
    password: String,
    #[secret(json_key = "old", version_stage = "AWSPREVIOUS", env = false)]
    previous: String,
}

#[test]
fn replica_of_version_has_known_keys() {
    const CONTENT: &str = r#"{"password": "p", "old": "o"}"#;
    let previous = || VersionSelector::Stage("AWSPREVIOUS".to_owned());
    let secrets = vec![
        ("prod/db", CURRENT, HOME, CONTENT),
        ("prod/db", previous(), OTHER, CONTENT),
    ];
    assert_eq!(rejected::<Rotating>(Named(secrets.leak())), [""; 0]);
}
