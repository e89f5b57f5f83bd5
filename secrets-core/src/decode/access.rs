//! Access to the parts of a value: bytes, items, variants, and the entries of an object.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use zeroize::Zeroizing;

use super::context::Context;
use super::input::Input;
use super::item::Item;
use super::mismatch::{Mismatch, Step};
use crate::json::{Entry, Node};

/// A byte of a binary secret. It is only decoded to `u8`: `Vec<u16>` does not get a number for each byte.
pub(super) struct Byte<'de, 'c>(pub(super) u8, pub(super) &'c Context<'de>);

impl<'de> Deserializer<'de> for Byte<'de, '_> {
    type Error = Mismatch;

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.1.record_node(|| Node::Number(self.0.into()));
        visitor.visit_u8(self.0)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch::expected(
            &(&visitor as &dyn Expected),
            "a byte of a binary secret",
        ))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A part of a value.
pub(super) trait Part<'de> {
    fn part<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch>;
}

impl<'de> Part<'de> for Byte<'de, '_> {
    fn part<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self)
    }
}

impl<'de> Part<'de> for Input<'de, '_> {
    fn part<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        self.refusing(|input| seed.deserialize(input))
    }
}

/// Passes items to a visitor. Fails if the visitor does not read all of them.
pub(super) fn sequence<'de, P: Part<'de>, V: Visitor<'de>>(
    context: &Context<'de>,
    items: impl ExactSizeIterator<Item = P>,
    visitor: V,
) -> Result<V::Value, Mismatch> {
    let mut items = Items {
        context,
        rest: items,
        next: 0,
        recorded: Vec::new(),
    };
    let value = visitor.visit_seq(&mut items)?;
    if items.rest.len() > 0 {
        let expected = format_args!("{} items", items.next);
        return Err(Mismatch::expected(&expected, "more"));
    }
    context.record_node(|| Node::Array(items.recorded));
    Ok(value)
}

/// Items whose mismatches contain their index.
struct Items<'de, 'c, I> {
    context: &'c Context<'de>,
    rest: I,
    next: usize,
    recorded: Vec<Node>,
}

impl<'de, P: Part<'de>, I: ExactSizeIterator<Item = P>> SeqAccess<'de> for &mut Items<'de, '_, I> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mismatch> {
        let Some(item) = self.rest.next() else {
            return Ok(None);
        };
        let step = Step::Item(self.next);
        self.next += 1;
        let (value, node) = self.context.recorded(|| item.part(seed));
        self.recorded.extend(node);
        value.map(Some).map_err(|mismatch| mismatch.within(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// `{"Variant": content}`, serde's usual way to write a variant that has content.
pub(super) fn tagged<'de, V: Visitor<'de>>(
    context: &Context<'de>,
    visitor: V,
    node: &'de Node,
) -> Result<V::Value, Mismatch> {
    let found = match node {
        Node::Object(entries) => match &entries[..] {
            [entry] => return Tagged::new(entry, context).visit(visitor),
            _ => "an object without exactly one key",
        },
        other => other.kind(),
    };
    Err(Mismatch::expected(&(&visitor as &dyn Expected), found))
}

#[derive(Clone, Copy)]
struct Tagged<'de, 'c> {
    variant: &'de str,
    content: Input<'de, 'c>,
}

impl<'de, 'c> Tagged<'de, 'c> {
    fn new((variant, node): &'de Entry, context: &'c Context<'de>) -> Self {
        Self {
            variant,
            content: Input::new(Item::Json(node), context),
        }
    }

    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Self { variant, content } = self;
        let (value, node) = content.context.recorded(|| visitor.visit_enum(self));
        content.context.record_node(|| {
            let name = Zeroizing::new(variant.to_owned());
            Node::Object(vec![(name, node.unwrap_or(Node::Null))])
        });
        value
    }
}

impl<'de, 'c> EnumAccess<'de> for Tagged<'de, 'c> {
    type Error = Mismatch;
    type Variant = Input<'de, 'c>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Input<'de, 'c>), Mismatch> {
        let variant = seed.deserialize(BorrowedStrDeserializer::<Mismatch>::new(self.variant))?;
        Ok((variant, self.content))
    }
}

impl<'de> VariantAccess<'de> for Input<'de, '_> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        serde::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        self.part(seed)
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

/// The entries of an object without duplicate keys.
pub(super) struct ObjectEntries<'de, 'c> {
    context: &'c Context<'de>,
    rest: std::slice::Iter<'de, Entry>,
    /// The fields that the type declares, if it is a struct.
    fields: &'static [&'static str],
    entry: Option<&'de Entry>,
    recorded: Vec<Entry>,
}

impl<'de, 'c> ObjectEntries<'de, 'c> {
    pub(super) fn new(
        context: &'c Context<'de>,
        entries: &'de [Entry],
        fields: &'static [&'static str],
    ) -> Result<Self, Mismatch> {
        let paired = entries
            .iter()
            .filter(|(_, node)| !node.is_of_unpaired_key());
        let mut keys: Vec<&str> = paired.map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(_) => Err(Mismatch::new("expected unique keys, found a key twice")),
            None => Ok(Self {
                context,
                rest: entries.iter(),
                fields,
                entry: None,
                recorded: Vec::new(),
            }),
        }
    }

    /// Passes the entries to a visitor.
    pub(super) fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Mismatch> {
        let value = visitor.visit_map(&mut self)?;
        self.context.record_node(|| Node::Object(self.recorded));
        Ok(value)
    }

    fn step(&self, key: &str) -> Step {
        let field = self.fields.iter().find(|field| **field == key);
        field.map_or(Step::Value, |field| Step::Field(field))
    }
}

impl<'de> MapAccess<'de> for &mut ObjectEntries<'de, '_> {
    type Error = Mismatch;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mismatch> {
        self.entry = self.rest.next();
        let Some((key, node)) = self.entry else {
            return Ok(None);
        };
        let item = match node {
            Node::OfUnpairedKey => Item::Json(node),
            // The keys of a map can be numbers, which JSON can only represent as text.
            _ => Item::Key(key),
        };
        let key = seed.deserialize(Input::new(item, self.context));
        match key {
            Err(mismatch) if self.fields.is_empty() => Err(mismatch.within(Step::Key)),
            key => key.map(Some),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        let entry = self.entry.take();
        let (key, node) =
            entry.ok_or_else(|| Mismatch::custom("a value is read before its key"))?;
        let node = match node {
            // The type accepted the key without its text, so it ignores the value.
            Node::OfUnpairedKey => &Node::Null,
            node => node,
        };
        let input = Input::new(Item::Json(node), self.context);
        let (value, recorded) = self.context.recorded(|| input.part(seed));
        if self.context.records() {
            // A value that the type ignores is recorded unchanged.
            let node = recorded.unwrap_or_else(|| node.clone());
            self.recorded.push((key.clone(), node));
        }
        value.map_err(|mismatch| mismatch.within(self.step(key)))
    }
}
