//! Requirements of every source, one function per case. Each function panics if the source does not fulfill it.

use std::time::{Duration, Instant};

use from_secrets_derive::FromSecrets;
use secrecy::{ExposeSecret, SecretString};

use super::contract;
use super::{Backend, ValueName};
use crate::error::Error;
use crate::load::FromSecrets;
use crate::report::{FieldOutcome, FieldReport};
use crate::source::{FetchResult, Memory, MissingReason, Source, SourceErrorKind};

/// A part of every value, which reveals leaks.
const CANARY: &str = "canary-5f3a";
/// The most that Secrets Manager stores.
const LARGEST: usize = 65_536;

/// Returns a name that is the same for the secret and its variable.
const fn plain(name: &str) -> ValueName<'_> {
    ValueName {
        secret: name,
        variable: name,
    }
}

#[derive(FromSecrets)]
#[secrets(crate = crate, prefix = "CONFORMANCE_", debug)]
struct TextPair {
    first: SecretString,
    second: SecretString,
}

const FIRST: ValueName<'_> = plain("CONFORMANCE_FIRST");
const SECOND: ValueName<'_> = plain("CONFORMANCE_SECOND");

fn put_pair(backend: &mut impl Backend) {
    backend.put(FIRST, format!("{CANARY} first").as_bytes());
    backend.put(SECOND, format!("{CANARY} second").as_bytes());
}

/// Holds both values of a [`TextPair`], to stand behind a source under test.
fn fallback() -> Source {
    Memory::new()
        .with_secret(FIRST.secret, "fallback first")
        .with_secret(SECOND.secret, "fallback second")
        .into()
}

async fn load<T: FromSecrets>(backend: &impl Backend) -> Result<T, Error> {
    backend.loader(vec![backend.source()]).load().await
}

/// Returns every failed field with its kind of error, and asserts that the error does not contain a value.
fn causes(error: &Error) -> Vec<(&str, SourceErrorKind)> {
    let text = format!("{error} {error:#} {error:?}");
    assert!(!text.contains("canary"), "a value leaked");
    let cause = |field: &FieldReport| match field.outcome() {
        FieldOutcome::Failed(failure) => failure.kind(),
        other => panic!("{other:?}\n{error:#}"),
    };
    let fields = error.failed_fields();
    fields.map(|field| (field.path(), cause(field))).collect()
}

/// Checks that existing values are found, that the report names their source, and all of
/// [`check_source`](super::check_source).
pub async fn found<B: Backend>(mut backend: B) {
    put_pair(&mut backend);
    let known = [
        (FIRST.secret.to_owned(), format!("{CANARY} first")),
        (SECOND.secret.to_owned(), format!("{CANARY} second")),
    ];
    contract::check(&backend.loader(vec![backend.source()]), &known).await;
    let loader = backend.loader(vec![backend.source(), fallback()]);
    let (pair, report) = loader.load_with_report::<TextPair>().await.unwrap();
    assert_eq!(pair.first.expose_secret(), format!("{CANARY} first"));
    assert_eq!(pair.second.expose_secret(), format!("{CANARY} second"));
    for field in report.fields() {
        let FieldOutcome::Found(provenance) = field.outcome() else {
            panic!("{:?}", field.outcome());
        };
        assert_eq!(provenance.source(), B::NAME);
    }
    let text = format!("{pair:?} {report} {report:?} {loader:?}");
    assert!(!text.contains("canary"), "a value leaked");
}

/// Checks that an absent secret is requested from the next source, and is missing without a next source.
pub async fn missing<B: Backend>(mut backend: B) {
    backend.put(FIRST, CANARY.as_bytes());
    let loader = backend.loader(vec![backend.source(), fallback()]);
    let pair: TextPair = loader.load().await.unwrap();
    assert_eq!(pair.first.expose_secret(), CANARY);
    assert_eq!(pair.second.expose_secret(), "fallback second");

    let error = load::<TextPair>(&backend).await.err().unwrap();
    let fields: Vec<_> = error.failed_fields().collect();
    let [field] = fields[..] else {
        panic!("{error:#}");
    };
    assert_eq!(field.path(), "second");
    assert_eq!(*field.outcome(), FieldOutcome::Missing, "{error:#}");
    // The environment is queried before a `.env` file.
    let [.., attempt] = field.attempts() else {
        panic!("{error:#}");
    };
    assert_eq!(attempt.source(), B::NAME);
    assert!(matches!(attempt.result(), FetchResult::Missing(_)));
    assert!(format!("{error:#}").contains("help: "), "{error:#}");
}

/// Checks that a denial is an error of its own field, and falls back only if the caller opts in.
pub async fn denied<B: Backend>(mut backend: B) {
    put_pair(&mut backend);
    backend.deny(FIRST.secret);
    let loader = backend.loader(vec![backend.source(), fallback()]);
    let error = loader.load::<TextPair>().await.err().unwrap();
    assert_eq!(
        causes(&error),
        [("first", SourceErrorKind::Denied)],
        "{error:#}"
    );
    assert!(format!("{error:#}").contains("help: "), "{error:#}");

    let pair: TextPair = loader
        .fall_back_on([SourceErrorKind::Denied])
        .load()
        .await
        .unwrap();
    assert_eq!(pair.first.expose_secret(), "fallback first");
    assert_eq!(pair.second.expose_secret(), format!("{CANARY} second"));
}

#[derive(FromSecrets)]
#[secrets(crate = crate, prefix = "CONFORMANCE_", debug)]
#[expect(dead_code, reason = "it is never loaded")]
struct MalformedNumbers {
    port: u16,
    #[secret(
        name = "CONFORMANCE_JSON",
        json_key = "limit",
        env = "CONFORMANCE_LIMIT"
    )]
    limit: u16,
}

/// Checks that a value that does not fit its field is an error, is not quoted, and does not fall back.
pub async fn malformed<B: Backend>(mut backend: B) {
    backend.put(plain("CONFORMANCE_PORT"), CANARY.as_bytes());
    let limit = ValueName {
        secret: "CONFORMANCE_JSON",
        variable: "CONFORMANCE_LIMIT",
    };
    backend.put(limit, format!("not JSON: {CANARY}").as_bytes());
    let next = Memory::new().with_secret("CONFORMANCE_PORT", "1");
    let loader = backend.loader(vec![backend.source(), next.into()]);
    let error = loader.load::<MalformedNumbers>().await.err().unwrap();
    let both = [
        ("port", SourceErrorKind::Malformed),
        ("limit", SourceErrorKind::Malformed),
    ];
    assert_eq!(causes(&error), both, "{error:#}");
}

#[derive(FromSecrets)]
#[secrets(crate = crate, name = "conformance/db", debug)]
struct JsonDatabase {
    user: String,
    port: u16,
    #[secret(json_key = "/options/tls")]
    tls: bool,
    #[secret(json_key = "pasword")]
    password: Option<String>,
    nothing: Option<String>,
}

/// Checks that JSON keys and pointers are supported. An absent key and `null` are missing.
pub async fn json_keys<B: Backend>(mut backend: B) {
    let name = plain("conformance/db");
    let text = r#"{"user":"a\u00fc\n\"b\"","port":"5432","options":{"tls":true},"password":"canary","nothing":null}"#;
    backend.put(name, text.as_bytes());
    let loader = backend.loader(vec![backend.source()]);
    let (database, report) = loader.load_with_report::<JsonDatabase>().await.unwrap();
    assert_eq!(database.user, "aü\n\"b\"");
    assert_eq!((database.port, database.tls), (5432, true));
    assert!(database.password.is_none() && database.nothing.is_none());
    let responses: Vec<_> = report.fields()[3..]
        .iter()
        .map(|field| field.attempts()[0].result().clone())
        .collect();
    let similar = Some("password".to_owned());
    let expected = [MissingReason::JsonKey { similar }, MissingReason::JsonNull];
    assert_eq!(responses, expected.map(FetchResult::Missing));
}

/// Checks that an unresponsive server delays a load no longer than its timeout, and that the error names the source.
pub async fn slow<B: Backend>(mut backend: B) {
    put_pair(&mut backend);
    backend.hang();
    let limit = Duration::from_millis(400);
    let loader = backend.loader(vec![backend.source(), fallback()]);
    let start = Instant::now();
    let error = loader
        .timeout(limit)
        .load::<TextPair>()
        .await
        .err()
        .unwrap();
    let took = start.elapsed();
    let both = [
        ("first", SourceErrorKind::Unreachable),
        ("second", SourceErrorKind::Unreachable),
    ];
    assert_eq!(causes(&error), both, "{error:#}");
    assert!(took >= limit && took < limit * 10, "{took:?}");
}

/// Checks that an unreachable server is an error, and falls back only if the caller opts in.
pub async fn unreachable<B: Backend>(mut backend: B) {
    put_pair(&mut backend);
    backend.disconnect();
    let loader = backend.loader(vec![backend.source(), fallback()]);
    let error = loader.load::<TextPair>().await.err().unwrap();
    let both = [
        ("first", SourceErrorKind::Unreachable),
        ("second", SourceErrorKind::Unreachable),
    ];
    assert_eq!(causes(&error), both, "{error:#}");
    let help = "help for `first`, `second`: ";
    assert!(format!("{error:#}").contains(help), "{error:#}");

    let loader = loader.fall_back_on([SourceErrorKind::Unreachable]);
    let pair: TextPair = loader.load().await.unwrap();
    assert_eq!(pair.first.expose_secret(), "fallback first");
}

#[derive(FromSecrets)]
#[secrets(crate = crate, prefix = "CONFORMANCE_", debug)]
struct BinaryKey {
    #[secret(binary)]
    key: Vec<u8>,
}

/// Checks that bytes that are not UTF-8 are returned unchanged.
pub async fn binary<B: Backend>(mut backend: B) {
    let bytes: Vec<u8> = (0..=255).collect();
    backend.put(plain("CONFORMANCE_KEY"), &bytes);
    let binary: BinaryKey = load(&backend).await.unwrap();
    assert_eq!(binary.key, bytes);
}

/// Checks that the largest value that Secrets Manager accepts is returned unchanged.
pub async fn largest<B: Backend>(mut backend: B) {
    // Quotes and newlines, which grow where they are escaped.
    let text = format!("{CANARY}\"\n").repeat(LARGEST)[..LARGEST].to_owned();
    backend.put(FIRST, text.as_bytes());
    backend.put(SECOND, b"x");
    let pair: TextPair = load(&backend).await.unwrap();
    assert!(pair.first.expose_secret() == text, "it differs");
}

#[derive(FromSecrets)]
#[secrets(crate = crate, debug)]
struct OddNames {
    #[secret("conformance/Pocket/api-key_2.0")]
    path: String,
    #[secret("/conformance/leading")]
    leading: String,
    #[secret("conformance-a.b-c_d")]
    dots: String,
    #[secret("conformance.x+y=z@w")]
    signs: Option<String>,
}

/// Checks that names with slashes, dots and signs have values of their own.
pub async fn odd_names<B: Backend>(mut backend: B) {
    let names = [
        (
            "conformance/Pocket/api-key_2.0",
            "CONFORMANCE_POCKET_API_KEY_2_0",
        ),
        ("/conformance/leading", "CONFORMANCE_LEADING"),
        ("conformance-a.b-c_d", "CONFORMANCE_A_B_C_D"),
        ("conformance.x+y=z@w", "CONFORMANCE_X_Y_Z_W"),
    ];
    let stored = if B::ACCEPTS_ALL_NAMES { 4 } else { 3 };
    for (secret, variable) in &names[..stored] {
        backend.put(ValueName { secret, variable }, secret.as_bytes());
    }
    let odd: OddNames = load(&backend).await.unwrap();
    let signs = odd.signs.as_deref();
    assert_eq!(
        [&odd.path, &odd.leading, &odd.dots],
        [names[0].0, names[1].0, names[2].0]
    );
    assert_eq!(signs, B::ACCEPTS_ALL_NAMES.then_some(names[3].0));
}

macro_rules! many {
    ($($field:ident)+) => {
        #[derive(FromSecrets)]
        #[secrets(crate = crate, prefix = "CONFORMANCE_", debug)]
        struct ManyFields {
            $($field: String,)+
        }

        const MANY: &[&str] = &[$(stringify!($field)),+];

        impl ManyFields {
            fn values(&self) -> Vec<&str> {
                vec![$(&self.$field),+]
            }
        }
    };
}

many!(a0 a1 a2 a3 a4 a5 a6 a7 a8 b0 b1 b2 b3 b4 b5 b6 b7 b8 c0 c1 c2 c3 c4 c5 c6 c7 c8
      d0 d1 d2 d3 d4 d5 d6 d7 d8 e0 e1 e2 e3 e4 e5 e6 e7 e8);

/// Checks that each of 45 fields gets its own value, in two concurrent loads.
pub async fn many<B: Backend>(mut backend: B) {
    assert_eq!(MANY.len(), 45);
    for field in MANY {
        let name = format!("CONFORMANCE_{}", field.to_uppercase());
        backend.put(plain(&name), field.as_bytes());
    }
    let loader = backend.loader(vec![backend.source()]);
    let other = loader.clone();
    let other = tokio::spawn(async move { other.load::<ManyFields>().await });
    let one: ManyFields = loader.load().await.unwrap();
    assert_eq!(one.values(), MANY);
    assert_eq!(other.await.unwrap().unwrap().values(), MANY);
}
