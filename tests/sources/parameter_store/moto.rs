//! moto, an independent emulator of Parameter Store. Each test has its own names.
//!
//! Unlike AWS, moto returns no selectors, so a label that was requested with others is requested once more alone.

use aws_sdk_ssm::types::ParameterType;
use from_secrets::report::FieldOutcome;
use from_secrets::source::{FetchResult, MissingReason, ParameterStore};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::{Emulator, Kind};

use super::response;

fn moto() -> &'static Emulator {
    Emulator::shared(Kind::Moto)
}

fn loader() -> Loader {
    moto().loader().source(ParameterStore::new())
}

/// Creates the next version of a parameter.
async fn put(name: &str, kind: ParameterType, text: &str) {
    let put = moto().parameters().put_parameter().name(name).value(text);
    put.r#type(kind).overwrite(true).send().await.unwrap();
}

#[derive(FromSecrets)]
struct Kinds {
    #[secret("moto/kinds/secure")]
    secure: String,
    #[secret("/moto/kinds/plain")]
    plain: String,
    #[secret("MOTO_KINDS_LIST")]
    list: String,
    #[secret("moto/kinds/absent")]
    absent: Option<String>,
}

#[tokio::test]
async fn parameters_of_every_type_load() {
    put("/moto/kinds/secure", ParameterType::SecureString, "s").await;
    put("/moto/kinds/plain", ParameterType::String, "p\n").await;
    put("MOTO_KINDS_LIST", ParameterType::StringList, "a,b").await;
    let (kinds, report) = loader().load_with_report::<Kinds>().await.unwrap();
    let Kinds {
        secure,
        plain,
        list,
        absent,
    } = kinds;
    assert_eq!([secure, plain, list], ["s", "p\n", "a,b"]);
    assert!(absent.is_none());
    let FieldOutcome::Found(provenance) = report.fields()[0].outcome() else {
        panic!("{report}");
    };
    assert_eq!(provenance.version_id(), Some("1"));
    let arn = provenance.arn().unwrap();
    assert!(arn.ends_with(":parameter/moto/kinds/secure"));
    assert!(provenance.created_at().is_some());
}

#[derive(FromSecrets)]
struct Versions {
    #[secret("moto/versions")]
    latest: String,
    #[secret(name = "moto/versions", version_id = "1", env = "FIRST")]
    first: String,
    #[secret(name = "moto/versions", version_stage = "good", env = "GOOD")]
    good: String,
    #[secret(name = "moto/versions", version_id = "9", env = "NINTH")]
    ninth: Option<String>,
}

#[tokio::test]
async fn versions_and_labels_are_read() {
    for text in ["one", "two", "three"] {
        put("/moto/versions", ParameterType::SecureString, text).await;
    }
    let client = moto().parameters();
    let label = client.label_parameter_version().name("/moto/versions");
    let label = label.parameter_version(2).labels("good");
    label.send().await.unwrap();
    let versions: Versions = loader().load().await.unwrap();
    let Versions {
        latest,
        first,
        good,
        ninth,
    } = versions;
    assert_eq!([latest, first, good], ["three", "one", "two"]);
    assert!(ninth.is_none());
}

#[derive(FromSecrets)]
#[secrets("moto/db")]
struct Database {
    user: String,
    port: u16,
    #[secret(json_key = "/options/tls")]
    tls: bool,
    key11: String,
}

#[tokio::test]
async fn path_object_spans_several_pages() {
    put("/moto/db/user", ParameterType::String, "u").await;
    put("/moto/db/port", ParameterType::SecureString, "5432").await;
    put("/moto/db/options/tls", ParameterType::String, "true").await;
    for i in 0..12 {
        put(&format!("/moto/db/key{i}"), ParameterType::String, "x").await;
    }
    let database: Database = loader().load().await.unwrap();
    assert_eq!((&*database.user, &*database.key11), ("u", "x"));
    assert_eq!((database.port, database.tls), (5432, true));
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "never loaded")]
struct Absent {
    #[secret(name = "moto/absent", json_key = "user")]
    user: String,
}

#[tokio::test]
async fn empty_path_is_missing() {
    let error = loader().load::<Absent>().await.unwrap_err();
    let missing = FetchResult::Missing(MissingReason::Parameter);
    assert_eq!(*response(&error, "user"), missing);
}

#[derive(FromSecrets)]
struct Reference {
    #[secret(
        name = "/aws/reference/secretsmanager/moto/referred",
        json_key = "user"
    )]
    user: String,
}

#[tokio::test]
async fn secret_reference_loads() {
    let created = moto()
        .client()
        .create_secret()
        .name("moto/referred")
        .secret_string(r#"{"user":"u"}"#);
    created.send().await.unwrap();
    assert_eq!(loader().load::<Reference>().await.unwrap().user, "u");
}
