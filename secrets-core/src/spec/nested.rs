//! The secret of a nested struct.

use super::{Field, FieldKind, Name, NestedSpec, Reach, Spec};

impl Spec {
    /// Returns whether a field is a JSON key of the struct's secret, so that another name has an effect.
    const fn has_shared_name(&self) -> bool {
        let mut i = 0;
        while i < self.fields.len() {
            if let FieldKind::Leaf(leaf) = &self.fields[i].kind
                && matches!((leaf.name, leaf.reach), (Name::Shared(_), Reach::Chain))
            {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// The constructors for generated code. Their panics are compile errors, because they are evaluated in constants only.
#[doc(hidden)]
#[allow(missing_docs, reason = "not public API; panics are compile errors")]
impl Field {
    pub const fn name_of_nested(self, name: &'static str) -> Self {
        let nested = self.as_nested();
        assert!(
            nested.spec.has_shared_name(),
            "`name` has no effect: the nested struct is not one JSON secret\nhelp: remove `name`, or add `#[secrets(name = \"…\")]` to the nested struct"
        );
        Self {
            kind: FieldKind::Nested(NestedSpec {
                name: Some(name),
                ..nested
            }),
            ..self
        }
    }
}
