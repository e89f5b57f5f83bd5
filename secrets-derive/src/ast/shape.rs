use syn::{Data, DataStruct, DeriveInput, Field, Fields, FieldsNamed};

use crate::ctxt::Ctxt;

/// The fields of a struct that has names for them. Anything else is one error, and no fields.
pub(super) fn named_fields<'a>(
    ctxt: &Ctxt,
    input: &'a DeriveInput,
) -> impl Iterator<Item = &'a Field> {
    let fields = named(input);
    if fields.is_none() {
        refuse(ctxt, input);
    }
    fields.into_iter().flat_map(|fields| &fields.named)
}

fn named(input: &DeriveInput) -> Option<&FieldsNamed> {
    match &input.data {
        Data::Struct(DataStruct {
            fields: Fields::Named(fields),
            ..
        }) => Some(fields),
        _ => None,
    }
}

fn refuse(ctxt: &Ctxt, input: &DeriveInput) {
    let ident = &input.ident;
    let named = format!("write named fields, `struct {ident} {{ … }}`");
    match &input.data {
        Data::Enum(data) => ctxt.error_under(
            data.enum_token,
            "an enum cannot be filled from secrets; derive `FromSecrets` for a struct, which may have the enum in a field",
        ),
        Data::Union(data) => ctxt.error_under(
            data.union_token,
            "a union cannot be filled from secrets; derive `FromSecrets` for a struct",
        ),
        Data::Struct(DataStruct { fields: Fields::Unit, .. }) => {
            ctxt.error_under(ident, format!("a unit struct has nothing to fill; {named}"));
        }
        Data::Struct(data) => ctxt.error_under(
            &data.fields,
            format!("the fields of a tuple struct have no names to find secrets by; {named}"),
        ),
    }
}
