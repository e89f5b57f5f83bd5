use syn::{Data, DataStruct, DeriveInput, Field, Fields, FieldsNamed};

use crate::ctxt::Ctxt;

/// Returns the named fields of a struct. Reports an error for any other item.
pub(super) fn named_fields<'a>(
    ctxt: &Ctxt,
    input: &'a DeriveInput,
) -> impl Iterator<Item = &'a Field> {
    let fields = named(input);
    if fields.is_none() {
        reject(ctxt, input);
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

fn reject(ctxt: &Ctxt, input: &DeriveInput) {
    let ident = &input.ident;
    let named = format!("use named fields: `struct {ident} {{ … }}`");
    match &input.data {
        Data::Enum(data) => ctxt.error_spanned(
            data.enum_token,
            "cannot derive `FromSecrets` for an enum",
            "derive it for a struct that has the enum as the type of a field",
        ),
        Data::Union(data) => ctxt.error_spanned(
            data.union_token,
            "cannot derive `FromSecrets` for a union",
            "derive it for a struct",
        ),
        Data::Struct(DataStruct {
            fields: Fields::Unit,
            ..
        }) => ctxt.error_spanned(
            ident,
            "cannot derive `FromSecrets` for a unit struct",
            named,
        ),
        Data::Struct(data) => ctxt.error_spanned(
            &data.fields,
            "cannot derive `FromSecrets` for a tuple struct",
            named,
        ),
    }
}
