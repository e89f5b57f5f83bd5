//! What a field's type asks serde for.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use zeroize::Zeroizing;

use super::Node;

/// What a type asks for, as far as it decides how text is passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    #[default]
    Text,
    /// A number or a boolean.
    Scalar,
    /// A struct, a map or a sequence.
    Structure,
}

impl Shape {
    /// Found out by asking the type, which gets nothing.
    pub(crate) fn of<T: DeserializeOwned>() -> Self {
        match T::deserialize(Probe) {
            Ok(_) => Self::Text,
            Err(Asked(shape)) => shape,
        }
    }

    /// Text as what the type asks for; what cannot be read so stays text.
    pub(crate) fn read(self, text: &str) -> Node {
        let parsed = || Node::parse(text.trim()).ok();
        let fits = |node: &Node| match self {
            Self::Text => false,
            Self::Scalar => matches!(node, Node::Number(_) | Node::Bool(_)),
            Self::Structure => matches!(node, Node::Object(_) | Node::Array(_)),
        };
        let read = if self == Self::Text { None } else { parsed() };
        read.filter(fits)
            .unwrap_or_else(|| Node::String(Zeroizing::new(text.to_owned())))
    }
}

/// Refuses whatever it is asked for, and says what it was.
struct Probe;

#[derive(Debug)]
struct Asked(Shape);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("asked")
    }
}

impl std::error::Error for Asked {}

impl serde::de::Error for Asked {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(Shape::Text)
    }
}

macro_rules! answer {
    ($shape:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
            Err(Asked(Shape::$shape))
        })*
    };
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Asked;

    answer! { Text: deserialize_any }
    answer! { Scalar:
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
    }
    answer! { Structure: deserialize_seq deserialize_map }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Asked> {
        Err(Asked(Shape::Structure))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Asked> {
        Err(Asked(Shape::Structure))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Asked> {
        Err(Asked(Shape::Structure))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Asked> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Asked> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only its shape is of interest")]
    struct Port(Option<u16>);

    #[test]
    fn types_say_what_they_ask_for() {
        assert_eq!(Shape::of::<String>(), Shape::Text);
        assert_eq!(Shape::of::<secrecy::SecretString>(), Shape::Text);
        assert_eq!(Shape::of::<std::net::IpAddr>(), Shape::Text);
        assert_eq!(Shape::of::<Port>(), Shape::Scalar);
        assert_eq!(Shape::of::<bool>(), Shape::Scalar);
        assert_eq!(Shape::of::<Vec<u8>>(), Shape::Structure);
        assert_eq!(Shape::of::<BTreeMap<String, u8>>(), Shape::Structure);
    }

    #[test]
    fn text_is_read_as_what_is_asked_for_or_stays_text() {
        assert!(matches!(Shape::Scalar.read("5432\n"), Node::Number(_)));
        assert!(matches!(Shape::Scalar.read("five"), Node::String(_)));
        assert!(matches!(Shape::Text.read("5432"), Node::String(_)));
        assert!(matches!(Shape::Structure.read("[1]"), Node::Array(_)));
        assert!(matches!(Shape::Structure.read("1"), Node::String(_)));
    }
}
