//! Detection of optional types.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// Returns whether the type is an `Option`. The derive sees only the name of a field's type, which can be an alias.
pub(crate) fn is_optional<'de, T: Deserialize<'de>>() -> bool {
    T::deserialize(Absent).is_ok()
}

struct Absent;

#[derive(Debug)]
struct NotOptional;

impl fmt::Display for NotOptional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type is not an `Option`")
    }
}

impl std::error::Error for NotOptional {}

impl Error for NotOptional {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Absent {
    type Error = NotOptional;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, NotOptional> {
        Err(NotOptional)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotOptional> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alias_of_option_is_recognized() {
        type Maybe = Option<u16>;
        assert!(is_optional::<Maybe>());
        assert!(!is_optional::<u16>());
        assert!(!is_optional::<Vec<Option<u16>>>());
        assert!(!is_optional::<serde_json::Value>());
    }
}
