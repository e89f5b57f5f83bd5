//! The entry point of the macro.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, parse2};

use crate::ast::Struct;
use crate::ctxt::Ctxt;
use crate::{check, expand, fallback};

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    parse2(input).map_or_else(Error::into_compile_error, |input| from_secrets(&input))
}

/// Attributes → model → checks → tokens. If there are errors, these and a fallback impl replace the generated code.
fn from_secrets(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let declared = Struct::read(&ctxt, input);
    check::check(&ctxt, &declared);
    match ctxt.finish() {
        Ok(()) => expand::expand(&declared),
        Err(errors) => {
            let errors = errors.into_compile_error();
            let fallback = fallback::fallback(&declared);
            quote!(#errors #fallback)
        }
    }
}
