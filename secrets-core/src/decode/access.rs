//! What serde walks through inside a value: bytes, variants, the entries of an object.

use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::input::Input;
use super::mismatch::{Mismatch, Step};
use super::node::{Entry, Node};

/// An element of a binary secret, which is a `u8` and nothing else: `Vec<u16>` does not get a number for each byte.
pub(super) struct Byte(pub(super) u8);

impl IntoDeserializer<'_, Mismatch> for Byte {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Byte {
    type Error = Mismatch;

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_u8(self.0)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch::expected(&visitor, "a byte of a binary secret"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// All of them, or none: a type that takes fewer does not get the first.
pub(super) fn sequence<'de, T, V: Visitor<'de>>(
    items: impl Iterator<Item = T>,
    visitor: V,
) -> Result<V::Value, Mismatch>
where
    T: IntoDeserializer<'de, Mismatch>,
{
    let mut items = Items {
        rest: SeqDeserializer::new(items),
        next: 0,
    };
    let value = visitor.visit_seq(&mut items)?;
    items.rest.end()?;
    Ok(value)
}

/// Items whose mismatches say which of them it was.
struct Items<A> {
    rest: A,
    next: usize,
}

impl<'de, A: SeqAccess<'de, Error = Mismatch>> SeqAccess<'de> for &mut Items<A> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mismatch> {
        let step = Step::Item(self.next);
        self.next += 1;
        self.rest
            .next_element_seed(seed)
            .map_err(|mismatch| mismatch.within(step))
    }

    fn size_hint(&self) -> Option<usize> {
        self.rest.size_hint()
    }
}

/// `{"Variant": content}`, serde's usual way to write a variant that holds something.
pub(super) fn tagged<'de, V: Visitor<'de>>(visitor: V, node: &Node) -> Result<V::Value, Mismatch> {
    match node {
        Node::Object(entries) => match &entries[..] {
            [(variant, content)] => visitor.visit_enum(Tagged { variant, content }),
            _ => Err(Mismatch::expected(
                &visitor,
                "an object without exactly one key",
            )),
        },
        other => Err(Mismatch::expected(&visitor, other.kind())),
    }
}

struct Tagged<'a> {
    variant: &'a str,
    content: &'a Node,
}

impl<'a, 'de> EnumAccess<'de> for Tagged<'a> {
    type Error = Mismatch;
    type Variant = Input<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Input<'a>), Mismatch> {
        let variant = seed.deserialize(StrDeserializer::<Mismatch>::new(self.variant))?;
        Ok((variant, Input::Json(self.content)))
    }
}

impl<'de> VariantAccess<'de> for Input<'_> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        serde::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_struct("", fields, visitor)
    }
}

/// The entries of an object in which no key stands twice.
pub(super) struct Entries<'a> {
    rest: std::slice::Iter<'a, Entry>,
    /// Those that the struct declares, where it is one.
    fields: &'static [&'static str],
    value: Option<(&'a Node, Step)>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(
        entries: &'a [Entry],
        fields: &'static [&'static str],
    ) -> Result<Self, Mismatch> {
        let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(_) => Err(Mismatch::new(
                "expected each key once, found one of them twice",
            )),
            None => Ok(Self {
                rest: entries.iter(),
                fields,
                value: None,
            }),
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Mismatch;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mismatch> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        let field = self.fields.iter().find(|field| **field == key.as_str());
        self.value = Some((value, field.map_or(Step::Key, |field| Step::Field(field))));
        // A map's keys may be numbers, which JSON can only write as text.
        seed.deserialize(Input::Text(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        let (value, step) = self
            .value
            .take()
            .ok_or_else(|| Mismatch::custom("a value without a key"))?;
        seed.deserialize(Input::Json(value))
            .map_err(|mismatch| mismatch.within(step))
    }
}
