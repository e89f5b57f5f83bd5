use syn::{Data, DataStruct, DeriveInput, Field, Fields, FieldsNamed, Member};

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

/// Returns the only field of a transparent struct. Reports an error for any other item.
pub(super) fn only_field<'a>(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<(Member, &'a Field)> {
    let Data::Struct(data) = &input.data else {
        reject(ctxt, input);
        return None;
    };
    let mut fields = data.fields.members().zip(&data.fields);
    if let (Some(field), None) = (fields.next(), fields.next()) {
        return Some(field);
    }
    let message = "a transparent struct has exactly one field";
    let help = "remove `transparent`, or the other fields";
    ctxt.error_spanned(&input.ident, message, help);
    None
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
        Data::Struct(data) => {
            let help = match data.fields.len() {
                1 => format!("{named}, or add `#[secrets(transparent)]`"),
                _ => named,
            };
            let message = "cannot derive `FromSecrets` for a tuple struct";
            ctxt.error_spanned(&data.fields, message, help);
        }
    }
}
