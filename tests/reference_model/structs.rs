//! The structs and their descriptions.

#![allow(
    clippy::default_trait_access,
    clippy::derivable_impls,
    reason = "the included code is generated"
)]

use std::net::IpAddr;
use std::num::ParseIntError;
use std::pin::Pin;
use std::time::Duration;

use config::Config;
use figment::Figment;
use from_secrets::report::LoadReport;
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader, SecretString};
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _};

/// A declaration and its meaning.
pub(crate) struct Struct {
    /// The source code of the declaration.
    pub(crate) source: &'static str,
    pub(crate) nodes: &'static [Node],
    /// The structs that deny unknown keys.
    pub(crate) strict: &'static [Strict],
    pub(crate) load: Load,
    pub(crate) extract: Extract,
}

/// Loads the struct, and returns its values in the order of its nodes.
pub(crate) type Load = for<'a> fn(&'a Loader) -> Loading<'a>;
type Loading<'a> =
    Pin<Box<dyn Future<Output = Result<(Vec<Option<String>>, LoadReport), Error>> + 'a>>;

/// Loads the struct as a layer, and returns the values that figment and config extract.
pub(crate) type Extract = for<'a> fn(&'a Loader) -> Extracting<'a>;
type Extracting<'a> = Pin<Box<dyn Future<Output = Result<[Vec<Option<String>>; 2], String>> + 'a>>;

#[expect(clippy::large_enum_variant, reason = "only constants")]
pub(crate) enum Node {
    Leaf(Leaf),
    Group {
        optional: bool,
        within: &'static [Node],
    },
}

/// A struct that denies unknown keys.
pub(crate) struct Strict {
    /// The path of the field that contains it, or its name.
    pub(crate) path: &'static str,
    /// The secrets whose keys its fields read.
    pub(crate) secrets: &'static [Secret],
}

#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) path: &'static str,
    pub(crate) secret: Option<Secret>,
    pub(crate) alias: Option<Secret>,
    pub(crate) variable: Option<&'static str>,
    pub(crate) env_alias: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) necessity: Necessity,
}

impl Leaf {
    /// Returns the places in secrets, in the order in which they are used.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secret.iter().chain(&self.alias)
    }

    /// Returns the variables, in the order in which they are used.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.variable.into_iter().chain(self.env_alias)
    }
}

/// The location of a value in a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Secret {
    /// The requested ID.
    pub(crate) id: &'static str,
    pub(crate) region: &'static str,
    pub(crate) name: &'static str,
    pub(crate) version: Wanted,
    pub(crate) json_key: Option<&'static str>,
    /// The placeholder in the declared name.
    pub(crate) placeholder: Option<&'static str>,
}

/// The version of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(dead_code, reason = "which of them there are is a matter of chance")]
pub(crate) enum Wanted {
    Current,
    Stage(&'static str),
    Id(&'static str),
}

#[derive(Debug)]
pub(crate) enum Necessity {
    Required,
    Optional,
    /// The value of the field as text.
    Defaulted(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Port,
    /// A port that is validated.
    Even,
    Signed,
    Flag,
    Level,
    Address,
    Seconds,
    /// Seconds of a function of serde's signature.
    Pause,
    Bytes,
    List,
    /// A list with a separator.
    Items,
    Point,
}

/// Returns every leaf, in the order of declaration.
pub(crate) fn leaves(nodes: &'static [Node]) -> Vec<&'static Leaf> {
    let leaves = nodes.iter().flat_map(|node| match node {
        Node::Leaf(leaf) => vec![leaf],
        Node::Group { within, .. } => leaves(within),
    });
    leaves.collect()
}

/// A struct that reports its values, and whether its optional structs are `Some`.
trait Reports {
    const COUNT: usize;
    fn report_to(&self, reported: &mut Vec<Option<String>>);
}

fn report_nested<T: Reports>(nested: &T, reported: &mut Vec<Option<String>>) {
    reported.push(Some("there".to_owned()));
    nested.report_to(reported);
}

fn report_optional<T: Reports>(nested: Option<&T>, reported: &mut Vec<Option<String>>) {
    match nested {
        Some(nested) => report_nested(nested, reported),
        None => reported.extend((0..=T::COUNT).map(|_| None)),
    }
}

fn load<T: FromSecrets + Reports>(loader: &Loader) -> Loading<'_> {
    Box::pin(async {
        let (config, report) = loader.load_with_report::<T>().await?;
        Ok((reported(&config), report))
    })
}

fn extract<T: FromSecrets + Reports + DeserializeOwned>(loader: &Loader) -> Extracting<'_> {
    Box::pin(async {
        let layer = loader.layer::<T>().await;
        let layer = layer.map_err(|error| format!("{error:#}"))?;
        let figment = Figment::new().merge(layer.clone()).extract::<T>();
        let figment = figment.map_err(|error| format!("figment: {error}"))?;
        let config = Config::builder().add_source(layer).build();
        let config = config.and_then(Config::try_deserialize::<T>);
        let config = config.map_err(|error| format!("config: {error}"))?;
        Ok([reported(&figment), reported(&config)])
    })
}

fn reported<T: Reports>(config: &T) -> Vec<Option<String>> {
    let mut reported = Vec::new();
    config.report_to(&mut reported);
    reported
}

/// Returns a nested struct without any value in the layer.
fn from_nothing<T: DeserializeOwned>() -> T {
    let nothing =
        MapDeserializer::<_, serde::de::value::Error>::new(std::iter::empty::<(&str, &str)>());
    T::deserialize(nothing).expect("all of it is optional or has a default")
}

fn in_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    seconds(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn maybe_in_seconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    in_seconds(deserializer).map(Some)
}

fn from_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_secs)
}

fn maybe_from_seconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    from_seconds(deserializer).map(Some)
}

/// A value that is reported as text.
trait Reported {
    fn reported(&self) -> Option<String>;
}

impl<T: Reported> Reported for Option<T> {
    fn reported(&self) -> Option<String> {
        self.as_ref().and_then(T::reported)
    }
}

/// A type that is decoded like another.
#[derive(Default, FromSecrets)]
#[secrets(transparent)]
struct Newtype<T>(T);

impl<T: Reported> Reported for Newtype<T> {
    fn reported(&self) -> Option<String> {
        self.0.reported()
    }
}

macro_rules! reported {
    ($($type:ty: $value:ident => $reported:expr;)*) => {
        $(impl Reported for $type {
            fn reported(&self) -> Option<String> {
                let $value = self;
                Some($reported)
            }
        })*
    };
}

reported! {
    String: text => text.clone();
    SecretString: secret => secret.expose_secret().to_owned();
    u16: number => number.to_string();
    i64: number => number.to_string();
    bool: flag => flag.to_string();
    IpAddr: address => address.to_string();
    Duration: time => time.as_secs().to_string();
    Vec<u8>: bytes => hex(bytes);
    Vec<u16>: list => list.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
    Level: level => match level { Level::Low => "low".to_owned(), Level::High => "high".to_owned() };
    Point: point => format!("{};{}", point.x, point.y.as_deref().unwrap_or("-"));
}

/// Returns bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.map(|digit| char::from_digit(digit.into(), 16));
    digits
        .map(|digit| digit.expect("half a byte is a digit"))
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

#[derive(Deserialize)]
struct Point {
    x: u16,
    y: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "a function of `validate`"
)]
fn even(port: &u16) -> Result<(), String> {
    if port.is_multiple_of(2) {
        return Ok(());
    }
    Err(port.to_string())
}

fn seconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_secs)
}

include!(concat!(env!("OUT_DIR"), "/structs.rs"));
