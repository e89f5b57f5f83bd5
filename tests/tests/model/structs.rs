//! The structs, and their descriptions.

use std::net::IpAddr;
use std::num::ParseIntError;
use std::pin::Pin;
use std::time::Duration;

use from_secrets::{Error, ExposeSecret, FromSecrets, Loader, Report, SecretString};
use serde::Deserialize;

/// A declaration, and what it means.
pub(crate) struct Struct {
    /// As it is written.
    pub(crate) source: &'static str,
    pub(crate) nodes: &'static [Node],
    pub(crate) load: Load,
}

/// Loads the struct, and tells its values in the order of its nodes.
pub(crate) type Load = for<'a> fn(&'a Loader) -> Loading<'a>;
type Loading<'a> = Pin<Box<dyn Future<Output = Result<(Vec<Option<String>>, Report), Error>> + 'a>>;

pub(crate) enum Node {
    Leaf(Leaf),
    Group {
        optional: bool,
        within: &'static [Node],
    },
}

#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) path: &'static str,
    pub(crate) secret: Option<Secret>,
    pub(crate) variable: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) necessity: Necessity,
}

/// Where a value is among secrets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Secret {
    /// As it is asked for.
    pub(crate) id: &'static str,
    pub(crate) region: &'static str,
    pub(crate) name: &'static str,
    pub(crate) version: Wanted,
    pub(crate) json_key: Option<&'static str>,
}

/// Which version of a secret.
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
    /// What the field then tells.
    Defaulted(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Port,
    Signed,
    Flag,
    Level,
    Address,
    Seconds,
    Bytes,
    List,
    Point,
}

/// Every leaf, in the order of declaration.
pub(crate) fn leaves(nodes: &'static [Node]) -> Vec<&'static Leaf> {
    let leaves = nodes.iter().flat_map(|node| match node {
        Node::Leaf(leaf) => vec![leaf],
        Node::Group { within, .. } => leaves(within),
    });
    leaves.collect()
}

/// A struct tells its values, and whether its optional structs are there.
trait Tells {
    const COUNT: usize;
    fn tell(&self, told: &mut Vec<Option<String>>);
}

fn tell_nested<T: Tells>(nested: &T, told: &mut Vec<Option<String>>) {
    told.push(Some("there".to_owned()));
    nested.tell(told);
}

fn tell_optional<T: Tells>(nested: Option<&T>, told: &mut Vec<Option<String>>) {
    match nested {
        Some(nested) => tell_nested(nested, told),
        None => told.extend((0..=T::COUNT).map(|_| None)),
    }
}

fn load<T: FromSecrets + Tells>(loader: &Loader) -> Loading<'_> {
    Box::pin(async {
        let (config, report) = loader.load_with_report::<T>().await?;
        let mut told = Vec::new();
        config.tell(&mut told);
        Ok((told, report))
    })
}

/// A value tells what it is.
trait Told {
    fn told(&self) -> Option<String>;
}

impl<T: Told> Told for Option<T> {
    fn told(&self) -> Option<String> {
        self.as_ref().and_then(T::told)
    }
}

macro_rules! told {
    ($($type:ty: $value:ident => $told:expr;)*) => {
        $(impl Told for $type {
            fn told(&self) -> Option<String> {
                let $value = self;
                Some($told)
            }
        })*
    };
}

told! {
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

/// Bytes as they are told.
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

fn seconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_secs)
}

include!(concat!(env!("OUT_DIR"), "/structs.rs"));
