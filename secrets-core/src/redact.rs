//! The `Debug` of structs that hold secrets.

use std::fmt::{self, Debug, Formatter};

use crate::spec::Spec;

/// Shows a struct's fields by name. Only the `shown` ones, which are not secrets, with their values.
///
/// # Errors
///
/// When the formatter cannot be written to.
pub fn debug(
    f: &mut Formatter<'_>,
    spec: &'static Spec,
    shown: &[(&str, &dyn Debug)],
) -> fmt::Result {
    let mut out = f.debug_struct(spec.name());
    for field in spec.fields() {
        match (
            shown.iter().find(|(name, _)| *name == field.name()),
            field.nested_spec(),
        ) {
            (Some((_, value)), _) => out.field(field.name(), value),
            (None, Some(nested)) => out.field(field.name(), &Nested(nested)),
            (None, None) => out.field(field.name(), &Redacted),
        };
    }
    out.finish()
}

struct Redacted;

impl Debug for Redacted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

struct Nested(&'static Spec);

impl Debug for Nested {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        debug(f, self.0, &[])
    }
}
