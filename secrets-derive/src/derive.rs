//! The whole way, from tokens to tokens.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, parse2};

use crate::ast::Struct;
use crate::ctxt::Ctxt;
use crate::{check, expand, fallback};

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    parse2(input).map_or_else(Error::into_compile_error, |input| from_secrets(&input))
}

/// Attributes → model → rules → tokens. Mistakes take the place of the tokens, all of them at once.
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
