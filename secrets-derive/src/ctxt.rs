use std::cell::RefCell;
use std::fmt::Display;
use std::thread;

use from_secrets_syntax::Problem;
use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// Collects the errors of a declaration, so that one compilation reports all of them.
///
/// [`Ctxt::finish`] must be called, because a dropped error would accept an invalid declaration.
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

    /// Adds an error at a span.
    pub(crate) fn error(&self, span: Span, message: impl Display, help: impl Display) {
        self.push(error(span, message, help));
    }

    /// Adds an error that spans all of the tokens.
    pub(crate) fn error_spanned(
        &self,
        tokens: impl ToTokens,
        message: impl Display,
        help: impl Display,
    ) {
        self.push(Error::new_spanned(tokens, with_help(message, help)));
    }

    /// Adds an error about the text of a literal.
    pub(crate) fn problem(&self, span: Span, problem: &Problem) {
        self.error(span, problem.message(), problem.help());
    }

    pub(crate) fn push(&self, error: Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    /// Returns all errors as one.
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

/// Returns an error with a hint, for parsers that cannot continue.
pub(crate) fn error(span: Span, message: impl Display, help: impl Display) -> Error {
    Error::new(span, with_help(message, help))
}

/// rustc indents the second line below the first.
fn with_help(message: impl Display, help: impl Display) -> String {
    format!("{message}\nhelp: {help}")
}

/// Errors are sorted by their position in the source, not by the order of the checks.
fn position(span: Span) -> (usize, usize) {
    if proc_macro::is_available() {
        let span = span.unwrap();
        (span.line(), span.column())
    } else {
        // Spans have no position in unit tests.
        (0, 0)
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        debug_assert!(
            thread::panicking() || self.errors.borrow().is_none(),
            "the errors of a declaration were collected but not reported"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_kept_in_order() {
        let ctxt = Ctxt::new();
        ctxt.error(Span::call_site(), "first", "fix it");
        ctxt.error_spanned(quote::quote!(a b), "second", "fix it too");
        let all: Vec<_> = ctxt
            .finish()
            .unwrap_err()
            .into_iter()
            .map(|error| error.to_string())
            .collect();
        assert_eq!(all, ["first\nhelp: fix it", "second\nhelp: fix it too"]);
    }

    #[test]
    fn declaration_without_errors_is_accepted() {
        assert!(Ctxt::new().finish().is_ok());
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "collected but not reported")]
    fn dropping_unfinished_context_panics() {
        drop(Ctxt::new());
    }
}
