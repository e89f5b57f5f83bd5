//! The requirements of every source. A source implements [`Subject`] and selects the cases that apply to it.

use std::time::{Duration, Instant};

use from_secrets::report::FieldOutcome;
use from_secrets::source::{Env, FetchResult, Memory, MissingReason, Source, SourceErrorKind};
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader, SecretString};

/// A part of every value, which reveals leaks.
const CANARY: &str = "canary-5f3a";
/// The most that Secrets Manager stores.
const LARGEST: usize = 65_536;

/// A source and its backend.
pub trait Subject {
    /// The source's name in reports.
    const NAME: &'static str;
    /// Whether it can hold secrets of every name that Secrets Manager takes.
    const TAKES_EVERY_NAME: bool = true;

    /// Returns the source for the current backend.
    fn source(&self) -> Source;

    /// A loader of these sources, which sees nothing of the process's environment.
    fn loader(&self, sources: Vec<Source>) -> Loader {
        let none = Env::from_vars::<&str, &str>([]);
        Loader::new().env(none).sources(sources)
    }

    /// Puts a value where the source looks for the secret or, if it is keyed by variables, for the variable.
    fn put(&mut self, name: Name<'_>, value: &[u8]);

    /// From now on, this secret must not be read.
    fn deny(&mut self, _secret: &str) {
        unreachable!("`{}` denies nothing", Self::NAME)
    }

    /// Makes the backend accept requests without a response.
    fn hang(&mut self) {
        unreachable!("`{}` always responds", Self::NAME)
    }

    /// From now on, the place cannot be reached.
    fn vanish(&mut self) {
        unreachable!("`{}` is always there", Self::NAME)
    }
}

/// A secret's name, and the variable of the field that takes it.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// Where the source is keyed by secrets.
    pub secret: &'a str,
    /// Where it is keyed by variables.
    pub variable: &'a str,
}

/// A name that is written the same way for secrets and for variables.
const fn plain(name: &str) -> Name<'_> {
    Name {
        secret: name,
        variable: name,
    }
}

/// Makes a module of tests: `conformance!(conforms: Place::start(); found, missing, …);`.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance {
    ($name:ident: $subject:expr; $($case:ident),+ $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "the subject can use items of the outer module")]
            use super::*;

            $(
                #[tokio::test]
                async fn $case() {
                    $crate::conformance::$case($subject).await;
                }
            )+
        }
    };
}
pub use __conformance as conformance;

#[derive(FromSecrets)]
#[secrets(prefix = "CONFORMANCE_", debug)]
struct Pair {
    first: SecretString,
    second: SecretString,
}

const FIRST: Name<'_> = plain("CONFORMANCE_FIRST");
const SECOND: Name<'_> = plain("CONFORMANCE_SECOND");

fn put_pair(subject: &mut impl Subject) {
    subject.put(FIRST, format!("{CANARY} first").as_bytes());
    subject.put(SECOND, format!("{CANARY} second").as_bytes());
}

/// Holds both values of a [`Pair`], to stand behind a source under test.
fn fallback() -> Source {
    Memory::new()
        .with_secret(FIRST.secret, "fallback first")
        .with_secret(SECOND.secret, "fallback second")
        .into()
}

async fn load<T: FromSecrets>(subject: &impl Subject) -> Result<T, Error> {
    subject.loader(vec![subject.source()]).load().await
}

/// Returns every failed field with its kind of error, and asserts that the error does not contain a value.
fn causes(error: &Error) -> Vec<(&str, SourceErrorKind)> {
    let text = format!("{error} {error:#} {error:?}");
    assert!(!text.contains("canary"), "a value leaked");
    let cause = |field: &from_secrets::report::FieldReport| match field.outcome() {
        FieldOutcome::Failed(failure) => failure.kind(),
        other => panic!("{other:?}\n{error:#}"),
    };
    let fields = error.failed_fields();
    fields.map(|field| (field.path(), cause(field))).collect()
}

/// Existing values are found, and the report names their source.
pub async fn found<S: Subject>(mut subject: S) {
    put_pair(&mut subject);
    let loader = subject.loader(vec![subject.source(), fallback()]);
    let (pair, report) = loader.load_with_report::<Pair>().await.unwrap();
    assert_eq!(pair.first.expose_secret(), format!("{CANARY} first"));
    assert_eq!(pair.second.expose_secret(), format!("{CANARY} second"));
    for field in report.fields() {
        let FieldOutcome::Found { source, .. } = field.outcome() else {
            panic!("{:?}", field.outcome());
        };
        assert_eq!(source, S::NAME);
    }
    let text = format!("{pair:?} {report} {report:?} {loader:?}");
    assert!(!text.contains("canary"), "a value leaked");
}

/// An absent secret is requested from the next source. Without a next source, the error reports it as missing.
pub async fn missing<S: Subject>(mut subject: S) {
    subject.put(FIRST, CANARY.as_bytes());
    let loader = subject.loader(vec![subject.source(), fallback()]);
    let pair: Pair = loader.load().await.unwrap();
    assert_eq!(pair.first.expose_secret(), CANARY);
    assert_eq!(pair.second.expose_secret(), "fallback second");

    let error = load::<Pair>(&subject).await.err().unwrap();
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
    assert_eq!(attempt.source(), S::NAME);
    assert!(matches!(attempt.result(), FetchResult::Missing(_)));
    assert!(format!("{error:#}").contains("help: "), "{error:#}");
}

/// A denial is an error of its own field, and falls back only if the caller opts in.
pub async fn denied<S: Subject>(mut subject: S) {
    put_pair(&mut subject);
    subject.deny(FIRST.secret);
    let loader = subject.loader(vec![subject.source(), fallback()]);
    let error = loader.load::<Pair>().await.err().unwrap();
    assert_eq!(
        causes(&error),
        [("first", SourceErrorKind::Denied)],
        "{error:#}"
    );
    assert!(format!("{error:#}").contains("help: "), "{error:#}");

    let pair: Pair = loader
        .fall_back_on([SourceErrorKind::Denied])
        .load()
        .await
        .unwrap();
    assert_eq!(pair.first.expose_secret(), "fallback first");
    assert_eq!(pair.second.expose_secret(), format!("{CANARY} second"));
}

#[derive(FromSecrets)]
#[secrets(prefix = "CONFORMANCE_", debug)]
#[expect(dead_code, reason = "it is never loaded")]
struct Numbers {
    port: u16,
    #[secret(
        name = "CONFORMANCE_JSON",
        json_key = "limit",
        env = "CONFORMANCE_LIMIT"
    )]
    limit: u16,
}

/// A value that its type refuses is an error, is not quoted, and does not fall back.
pub async fn malformed<S: Subject>(mut subject: S) {
    subject.put(plain("CONFORMANCE_PORT"), CANARY.as_bytes());
    let limit = Name {
        secret: "CONFORMANCE_JSON",
        variable: "CONFORMANCE_LIMIT",
    };
    subject.put(limit, format!("not JSON: {CANARY}").as_bytes());
    let next = Memory::new().with_secret("CONFORMANCE_PORT", "1");
    let loader = subject.loader(vec![subject.source(), next.into()]);
    let error = loader.load::<Numbers>().await.err().unwrap();
    let both = [
        ("port", SourceErrorKind::Malformed),
        ("limit", SourceErrorKind::Malformed),
    ];
    assert_eq!(causes(&error), both, "{error:#}");
}

#[derive(FromSecrets)]
#[secrets(name = "conformance/db", debug)]
struct Database {
    user: String,
    port: u16,
    #[secret(json_key = "/options/tls")]
    tls: bool,
    #[secret(json_key = "pasword")]
    password: Option<String>,
    nothing: Option<String>,
}

/// Sources of secrets support JSON keys and pointers. An absent key and `null` are missing.
pub async fn json_keys<S: Subject>(mut subject: S) {
    let name = plain("conformance/db");
    let text = r#"{"user":"a\u00fc\n\"b\"","port":"5432","options":{"tls":true},"password":"canary","nothing":null}"#;
    subject.put(name, text.as_bytes());
    let loader = subject.loader(vec![subject.source()]);
    let (database, report) = loader.load_with_report::<Database>().await.unwrap();
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

/// An unresponsive server costs the load no more than its time limit, and the error names the source.
pub async fn slow<S: Subject>(mut subject: S) {
    put_pair(&mut subject);
    subject.hang();
    let limit = Duration::from_millis(400);
    let loader = subject.loader(vec![subject.source(), fallback()]);
    let start = Instant::now();
    let error = loader.timeout(limit).load::<Pair>().await.err().unwrap();
    let took = start.elapsed();
    let both = [
        ("first", SourceErrorKind::Unreachable),
        ("second", SourceErrorKind::Unreachable),
    ];
    assert_eq!(causes(&error), both, "{error:#}");
    assert!(took >= limit && took < limit * 10, "{took:?}");
}

/// An unreachable server is an error, and falls back only if the caller opts in.
pub async fn unreachable<S: Subject>(mut subject: S) {
    put_pair(&mut subject);
    subject.vanish();
    let loader = subject.loader(vec![subject.source(), fallback()]);
    let error = loader.load::<Pair>().await.err().unwrap();
    let both = [
        ("first", SourceErrorKind::Unreachable),
        ("second", SourceErrorKind::Unreachable),
    ];
    assert_eq!(causes(&error), both, "{error:#}");
    let help = "help for `first`, `second`: ";
    assert!(format!("{error:#}").contains(help), "{error:#}");

    let loader = loader.fall_back_on([SourceErrorKind::Unreachable]);
    let pair: Pair = loader.load().await.unwrap();
    assert_eq!(pair.first.expose_secret(), "fallback first");
}

#[derive(FromSecrets)]
#[secrets(prefix = "CONFORMANCE_", debug)]
struct Binary {
    #[secret(binary)]
    key: Vec<u8>,
}

/// Bytes that are not UTF-8 are returned unchanged, and are not text.
pub async fn binary<S: Subject>(mut subject: S) {
    let bytes: Vec<u8> = (0..=255).collect();
    subject.put(plain("CONFORMANCE_KEY"), &bytes);
    let binary: Binary = load(&subject).await.unwrap();
    assert_eq!(binary.key, bytes);
}

/// The largest value arrives whole.
pub async fn largest<S: Subject>(mut subject: S) {
    // Quotes and newlines, which grow where they are escaped.
    let text = format!("{CANARY}\"\n").repeat(LARGEST)[..LARGEST].to_owned();
    subject.put(FIRST, text.as_bytes());
    subject.put(SECOND, b"x");
    let pair: Pair = load(&subject).await.unwrap();
    assert!(pair.first.expose_secret() == text, "it differs");
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Odd {
    #[secret("conformance/Pocket/api-key_2.0")]
    path: String,
    #[secret("/conformance/leading")]
    leading: String,
    #[secret("conformance-a.b-c_d")]
    dots: String,
    #[secret("conformance.x+y=z@w")]
    signs: Option<String>,
}

/// Names of every shape lead to their own values.
pub async fn odd_names<S: Subject>(mut subject: S) {
    let names = [
        (
            "conformance/Pocket/api-key_2.0",
            "CONFORMANCE_POCKET_API_KEY_2_0",
        ),
        ("/conformance/leading", "CONFORMANCE_LEADING"),
        ("conformance-a.b-c_d", "CONFORMANCE_A_B_C_D"),
        ("conformance.x+y=z@w", "CONFORMANCE_X_Y_Z_W"),
    ];
    let stored = if S::TAKES_EVERY_NAME { 4 } else { 3 };
    for (secret, variable) in &names[..stored] {
        subject.put(Name { secret, variable }, secret.as_bytes());
    }
    let odd: Odd = load(&subject).await.unwrap();
    let signs = odd.signs.as_deref();
    assert_eq!(
        [&odd.path, &odd.leading, &odd.dots],
        [names[0].0, names[1].0, names[2].0]
    );
    assert_eq!(signs, S::TAKES_EVERY_NAME.then_some(names[3].0));
}

macro_rules! many {
    ($($field:ident)+) => {
        #[derive(FromSecrets)]
        #[secrets(prefix = "CONFORMANCE_", debug)]
        struct Many {
            $($field: String,)+
        }

        const MANY: &[&str] = &[$(stringify!($field)),+];

        impl Many {
            fn values(&self) -> Vec<&str> {
                vec![$(&self.$field),+]
            }
        }
    };
}

many!(a0 a1 a2 a3 a4 a5 a6 a7 a8 b0 b1 b2 b3 b4 b5 b6 b7 b8 c0 c1 c2 c3 c4 c5 c6 c7 c8
      d0 d1 d2 d3 d4 d5 d6 d7 d8 e0 e1 e2 e3 e4 e5 e6 e7 e8);

/// Forty-five at once, twice at once: every field gets its own value.
pub async fn many<S: Subject>(mut subject: S) {
    assert_eq!(MANY.len(), 45);
    for field in MANY {
        let name = format!("CONFORMANCE_{}", field.to_uppercase());
        subject.put(plain(&name), field.as_bytes());
    }
    let (one, other) = tokio::join!(load::<Many>(&subject), load::<Many>(&subject));
    assert_eq!(one.unwrap().values(), MANY);
    assert_eq!(other.unwrap().values(), MANY);
}
