//! Decoding of one value in passes.
//!
//! Most values need one pass. If a type rejects a scalar, the next pass offers it in another form: text as a number, a
//! number as its digits, an empty string as `null`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::mismatch::Mismatch;
use super::refusals::{self, Refused};
use super::text::{line, scalar};
use crate::json::{Node, Number, ParsedOnce};

/// The limit of passes. Each pass changes the form of at least one scalar.
const PASSES: usize = 1_000;

const INEXACT: &str =
    "found a number with more digits than a 64-bit float can represent; put it in quotation marks";

/// The form in which a scalar is offered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OfferedForm {
    First,
    Second,
    /// A form that no numeric type accepts, which shows whether the type uses the scalar.
    Unusable,
}

/// The form of a scalar, and the number of its changes.
#[derive(Clone, Copy)]
struct FormChoice {
    form: OfferedForm,
    changes: u8,
}

/// A rejected number is identified by its value. Numbers can share a value, so a form can change back and forth.
const MOST_CHANGES: u8 = 6;

/// A scalar that was offered to a type that accepts any value, or to serde's buffer.
#[derive(Clone, Copy)]
pub(super) enum Offer<'de> {
    Text(&'de str, &'de ParsedOnce),
    Bool(&'de bool),
    Number(&'de Number),
}

#[derive(Default)]
pub(super) struct Context<'de> {
    /// Whether this pass creates the error that is returned. Errors of other passes have no text.
    explains: bool,
    forms: RefCell<HashMap<usize, FormChoice>>,
    offers: RefCell<Vec<Offer<'de>>>,
    /// Text that was rejected by a type that requested text or a scalar.
    refused: RefCell<Vec<&'de str>>,
    /// Whether the type requested the entire secret as text.
    is_text: Cell<bool>,
    recorder: Option<RefCell<Option<Node>>>,
}

impl<'de> Context<'de> {
    /// Decodes in as many passes as needed.
    pub(super) fn run<T>(
        &mut self,
        decode: impl Fn(&Self) -> Result<T, Mismatch>,
    ) -> Result<T, Mismatch> {
        let settled = self.settle(&decode);
        match settled.or_else(|| self.settle_without_empty(&decode)) {
            None => self.explained(&decode),
            Some(_) if self.has_inexact() => self.without_inexact(&decode),
            Some(value) => Ok(value),
        }
    }

    /// Changes forms until the type accepts all of them. Returns `None` if no form is left.
    fn settle<T>(&mut self, decode: &impl Fn(&Self) -> Result<T, Mismatch>) -> Option<T> {
        for _ in 0..PASSES {
            let (result, refused) = self.pass(decode);
            if let Ok(value) = result {
                return Some(value);
            }
            if !self.advance(&refused) {
                break;
            }
        }
        None
    }

    /// Not every error identifies the rejected empty string. So all of them become `null`, and then each becomes text
    /// again if the type accepts it.
    fn settle_without_empty<T>(
        &mut self,
        decode: &impl Fn(&Self) -> Result<T, Mismatch>,
    ) -> Option<T> {
        let is_open = |offer: &Offer<'_>| {
            matches!(offer, Offer::Text("", _)) && self.form(offer.address()) == OfferedForm::First
        };
        let open = self.offers.take().into_iter().filter(is_open);
        let open: Vec<usize> = open.map(|offer| offer.address()).collect();
        if open.is_empty() {
            return None;
        }
        let known = self.forms.borrow().clone();
        for address in &open {
            self.choose(*address, OfferedForm::Second);
        }
        if self.settle(decode).is_none() {
            self.forms.replace(known);
            return None;
        }
        for address in &open {
            self.choose(*address, OfferedForm::First);
            if self.pass(decode).0.is_err() {
                self.choose(*address, OfferedForm::Second);
            }
        }
        self.pass(decode).0.ok()
    }

    /// Decodes again, and returns the accepted forms.
    #[cfg(any(feature = "config", feature = "figment"))]
    pub(super) fn record<T>(
        mut self,
        decode: impl Fn(&Self) -> Result<T, Mismatch>,
    ) -> Option<Node> {
        self.recorder = Some(RefCell::default());
        self.pass(&decode).0.ok()?;
        self.recorder?.into_inner()
    }

    fn pass<T>(
        &self,
        decode: &impl Fn(&Self) -> Result<T, Mismatch>,
    ) -> (Result<T, Mismatch>, Vec<Refused>) {
        self.offers.borrow_mut().clear();
        self.refused.borrow_mut().clear();
        refusals::during(|| decode(self))
    }

    fn explained<T>(
        &mut self,
        decode: &impl Fn(&Self) -> Result<T, Mismatch>,
    ) -> Result<T, Mismatch> {
        self.explains = true;
        self.pass(decode).0
    }

    /// A type that accepts the digits of a number as text can also accept a rounded float. So such a number is an
    /// error, unless no type uses it.
    fn without_inexact<T>(
        &mut self,
        decode: &impl Fn(&Self) -> Result<T, Mismatch>,
    ) -> Result<T, Mismatch> {
        for offer in self.offers.take() {
            if self.is_inexact(&offer) {
                self.choose(offer.address(), OfferedForm::Unusable);
            }
        }
        self.explained(decode)
            .map_err(|mismatch| mismatch.because(INEXACT))
    }

    fn has_inexact(&self) -> bool {
        self.offers
            .borrow()
            .iter()
            .any(|offer| self.is_inexact(offer))
    }

    fn is_inexact(&self, offer: &Offer<'_>) -> bool {
        offer.is_inexact() && self.form(offer.address()) == OfferedForm::First
    }

    /// Chooses other forms for the rejected scalars. Returns whether a form was left.
    fn advance(&mut self, refused: &[Refused]) -> bool {
        let mut has_advanced = false;
        for text in self.refused.take() {
            has_advanced |= has_second(text) && self.step(text.as_ptr().addr());
        }
        let offers = self.offers.borrow().clone();
        for offer in offers {
            let form = self.form(offer.address());
            let is_refused = refused.iter().any(|refused| offer.is(form, *refused));
            has_advanced |= is_refused && offer.has_second() && self.step(offer.address());
        }
        has_advanced
    }

    fn step(&mut self, address: usize) -> bool {
        let first = FormChoice {
            form: OfferedForm::First,
            changes: 0,
        };
        let choice = self.forms.get_mut().entry(address).or_insert(first);
        if choice.changes == MOST_CHANGES {
            return false;
        }
        choice.changes += 1;
        choice.form = match choice.form {
            OfferedForm::First => OfferedForm::Second,
            _ => OfferedForm::First,
        };
        true
    }

    fn choose(&mut self, address: usize, form: OfferedForm) {
        let changes = MOST_CHANGES;
        self.forms
            .get_mut()
            .insert(address, FormChoice { form, changes });
    }

    fn form(&self, address: usize) -> OfferedForm {
        let forms = self.forms.borrow();
        forms
            .get(&address)
            .map_or(OfferedForm::First, |choice| choice.form)
    }

    /// Returns whether text is offered in its second form.
    pub(super) fn is_second(&self, text: &str) -> bool {
        self.form(text.as_ptr().addr()) == OfferedForm::Second
    }

    pub(super) fn offer(&self, offer: Offer<'de>) -> OfferedForm {
        self.offers.borrow_mut().push(offer);
        self.form(offer.address())
    }

    pub(super) fn refuse(&self, text: &'de str) {
        self.refused.borrow_mut().push(text);
    }

    pub(super) fn explains(&self) -> bool {
        self.explains
    }

    /// Creates an error. Its text is formatted only in the pass whose error is returned.
    pub(super) fn mismatch(&self, mismatch: impl FnOnce() -> Mismatch) -> Mismatch {
        if self.explains {
            mismatch()
        } else {
            Mismatch::new("")
        }
    }

    pub(super) fn requests_text(&self) {
        self.is_text.set(true);
    }

    pub(super) fn is_text(&self) -> bool {
        self.is_text.get()
    }

    pub(super) fn records(&self) -> bool {
        self.recorder.is_some()
    }

    pub(super) fn record_node(&self, node: impl FnOnce() -> Node) {
        if let Some(recorder) = &self.recorder {
            recorder.replace(Some(node()));
        }
    }

    /// Runs a part of the decoder, and returns the accepted form if it is recorded.
    pub(super) fn recorded<T>(&self, decode: impl FnOnce() -> T) -> (T, Option<Node>) {
        match &self.recorder {
            None => (decode(), None),
            Some(recorder) => {
                recorder.take();
                let decoded = decode();
                (decoded, recorder.take())
            }
        }
    }
}

/// Returns whether text has a second form for a type that requests text or a scalar: `null` if it is empty, or the text
/// without the newline at its end.
fn has_second(text: &str) -> bool {
    line(text).len() < text.len() || text.is_empty()
}

impl Offer<'_> {
    fn address(&self) -> usize {
        match self {
            Self::Text(text, _) => text.as_ptr().addr(),
            Self::Bool(value) => std::ptr::from_ref::<bool>(value).addr(),
            Self::Number(number) => number.as_str().as_ptr().addr(),
        }
    }

    fn is_inexact(&self) -> bool {
        matches!(self, Self::Number(number) if !number.is_small() && !number.fits_f64())
    }

    fn has_second(&self) -> bool {
        match self {
            Self::Text(text, json) => text.is_empty() || scalar(text, json).is_some(),
            Self::Bool(_) => true,
            Self::Number(number) => number.is_integer() || self.is_inexact(),
        }
    }

    /// Returns whether it is the rejected scalar, given the form in which it was offered.
    fn is(&self, form: OfferedForm, refused: Refused) -> bool {
        let is_second = form == OfferedForm::Second;
        match self {
            Self::Text(_, json) if is_second => match json.get() {
                Some(Some(node)) => is_node(node, refused),
                _ => false,
            },
            Self::Bool(value) if !is_second => refused == Refused::Bool(**value),
            Self::Number(number) if is_second == self.is_inexact() => is_number(number, refused),
            _ => refused == Refused::Text(self.address()),
        }
    }
}

fn is_node(node: &Node, refused: Refused) -> bool {
    match node {
        Node::Bool(value) => refused == Refused::Bool(*value),
        Node::Number(number) => is_number(number, refused),
        _ => false,
    }
}

fn is_number(number: &Number, refused: Refused) -> bool {
    match refused {
        Refused::Unsigned(value) => number.parse() == Some(value),
        Refused::Signed(value) => number.parse() == Some(value),
        Refused::Float(value) => number.as_f64() == Some(value),
        _ => false,
    }
}
