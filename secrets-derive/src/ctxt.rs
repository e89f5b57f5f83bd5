use std::cell::RefCell;
use std::fmt::Display;
use std::thread;

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// Collects every error of a declaration, so that one compile reports them all.
///
/// Has to be closed with [`Ctxt::finish`]: an error that is collected and never reported would be a mistake accepted.
pub(crate) struct Ctxt {
    /// `None` once finished.
    errors: RefCell<Option<Vec<Error>>>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Self {
            errors: RefCell::new(Some(Vec::new())),
        }
    }

    /// Reports at one place.
    pub(crate) fn error(&self, span: Span, message: impl Display) {
        self.push(Error::new(span, message));
    }

    /// Reports under all of the tokens.
    pub(crate) fn error_under(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&self, error: Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    /// All that was reported, as one error.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let mut errors = self.errors.take().unwrap_or_default();
        errors.sort_by_key(|error| position(error.span()));
        let all = errors.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        });
        all.map_or(Ok(()), Err)
    }
}

/// Errors are read from top to bottom, whatever the order in which the rules are checked.
fn position(span: Span) -> (usize, usize) {
    if proc_macro::is_available() {
        let span = span.unwrap();
        (span.line(), span.column())
    } else {
        // A test of the macro, where no span has a place.
        (0, 0)
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        debug_assert!(
            thread::panicking() || self.errors.borrow().is_none(),
            "the errors of a declaration were collected and not reported"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_kept_in_order() {
        let ctxt = Ctxt::new();
        ctxt.error(Span::call_site(), "first");
        ctxt.error_under(quote::quote!(a b), "second");
        let all: Vec<_> = ctxt
            .finish()
            .unwrap_err()
            .into_iter()
            .map(|error| error.to_string())
            .collect();
        assert_eq!(all, ["first", "second"]);
    }

    #[test]
    fn declaration_without_errors_is_accepted() {
        assert!(Ctxt::new().finish().is_ok());
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "collected and not reported")]
    fn dropping_it_unread_is_a_bug() {
        drop(Ctxt::new());
    }
}
