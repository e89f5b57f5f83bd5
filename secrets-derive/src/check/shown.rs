//! Fields whose values `Debug` shows.

use syn::Type;

use super::ungrouped;
use crate::ast::Struct;
use crate::ctxt::Ctxt;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    for (_, value) in declared.values() {
        let Some(key) = &value.shown else { continue };
        if !declared.debug {
            let message = "`shown` has no effect: the struct has no `debug`";
            let help = "add `debug` to `#[secrets(…)]` on the struct, or remove `shown`";
            ctxt.error(key.span(), message, help);
        } else if is_secret(value.ty) {
            let message = "`shown` has no effect: the type hides its value";
            let help = "change the type, for example to `String`, or remove `shown`";
            ctxt.error(key.span(), message, help);
        }
    }
}

/// Returns whether the type is one of those that this crate re-exports for secrets.
fn is_secret(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "SecretString" || last.ident == "SecretBox")
}
