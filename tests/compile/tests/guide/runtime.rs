//! The messages of loads, read from the library's source.

use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprCall, ExprTuple, FieldValue, Item, ItemImpl, Lit, Local, Macro, Member,
    Pat, Type,
};

use crate::documented::{assert_same, repository};

/// The functions that create errors, and the index of the argument that contains the message.
const MESSAGE_CALLS: [(&str, &str, usize); 4] = [
    ("SourceError", "new", 1),
    ("Error", "runtime", 1),
    ("FetchResult", "NotConfigured", 0),
    ("Mismatch", "new", 0),
];

#[test]
fn every_load_message_is_documented() {
    let mut source = Source::default();
    source.read(&repository("secrets-core/src"));
    assert!(
        source.output.len() > 50,
        "{} messages were read",
        source.output.len()
    );
    let existing = [source.literals, texts_of_writes()].concat();
    assert_same("errors.md", &source.output, &existing);
}

/// Returns all texts of the library's source.
pub(crate) fn texts() -> Vec<String> {
    let mut source = Source::default();
    source.read(&repository("secrets-core/src"));
    source.literals
}

/// Returns all texts of the command line and of its calls to Secrets Manager.
fn texts_of_writes() -> Vec<String> {
    let mut source = Source::default();
    for folder in ["cli", "cli/push", "cli/write", "source/aws/secrets_manager"] {
        source.read_files(&repository("secrets-core/src").join(folder), &[]);
    }
    source.literals
}

/// The texts of the source, with `…` in place of arguments.
#[derive(Default)]
struct Source {
    /// Texts that are messages of errors.
    output: Vec<String>,
    /// All texts. Some messages are constants, or selected from several texts.
    literals: Vec<String>,
}

impl Source {
    /// Reads a folder, without the command line and generated documents, which have other errors, and without what is
    /// for tests.
    fn read(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["cli", "generate", "memory", "testing", "tests"].contains(&name) {
                self.read(&path);
            }
        }
        self.read_files(folder, &["tests.rs", "write.rs"]);
    }

    /// Reads the files of a folder.
    fn read_files(&mut self, folder: &Path, except: &[&str]) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            if is_rust && !except.contains(&name) {
                self.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
            }
        }
    }

    fn message(&mut self, expression: &Expr) {
        let mut texts = Self::default();
        texts.visit_expr(expression);
        // A single word is an identifier, and a text without letters joins others.
        let is_message =
            |text: &String| text.contains(' ') && text.contains(|c: char| c.is_ascii_alphabetic());
        self.output
            .extend(texts.literals.into_iter().filter(is_message));
    }
}

impl<'a> Visit<'a> for Source {
    fn visit_item(&mut self, item: &'a Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(module) => &module.attrs,
            Item::Impl(block) => &block.attrs,
            Item::Fn(function) => &function.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'a Attribute) {}

    /// Messages about missing secrets are in `Display`.
    fn visit_item_impl(&mut self, block: &'a ItemImpl) {
        if let Type::Path(name) = &*block.self_ty
            && name.path.is_ident("MissingReason")
        {
            let mut words = Self::default();
            visit::visit_item_impl(&mut words, block);
            self.output.append(&mut words.literals);
        }
        visit::visit_item_impl(self, block);
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let names: Vec<String> = function
                .path
                .segments
                .iter()
                .map(|part| part.ident.to_string())
                .collect();
            for (owner, name, argument) in MESSAGE_CALLS {
                if names.ends_with(&[owner.to_owned(), name.to_owned()]) {
                    self.message(&call.args[argument]);
                }
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_local(&mut self, local: &'a Local) {
        let is_message = |name: &Pat| matches!(name, Pat::Ident(name) if name.ident == "message");
        match (&local.pat, &local.init) {
            (name, Some(value)) if is_message(name) => self.message(&value.expr),
            (Pat::Tuple(names), Some(value)) => {
                if let Some(index) = names.elems.iter().position(is_message) {
                    let mut tuples = Tuples(names.elems.len(), Vec::new());
                    tuples.visit_expr(&value.expr);
                    for tuple in tuples.1 {
                        self.message(&tuple.elems[index]);
                    }
                }
            }
            _ => {}
        }
        visit::visit_local(self, local);
    }

    fn visit_field_value(&mut self, field: &'a FieldValue) {
        if matches!(&field.member, Member::Named(name) if name == "message") {
            self.message(&field.expr);
        }
        visit::visit_field_value(self, field);
    }

    fn visit_lit(&mut self, literal: &'a Lit) {
        if let Lit::Str(text) = literal {
            self.literals.push(unfilled(&text.value()));
        }
    }

    /// The first text of a macro is its format. The others are arguments.
    fn visit_macro(&mut self, call: &'a Macro) {
        let texts = call
            .tokens
            .clone()
            .into_iter()
            .filter_map(|token| syn::parse2::<Lit>(token.into()).ok());
        for literal in texts.take(1) {
            self.visit_lit(&literal);
        }
    }
}

/// The tuples of a length within an expression.
struct Tuples<'a>(usize, Vec<&'a ExprTuple>);

impl<'a> Visit<'a> for Tuples<'a> {
    fn visit_expr_tuple(&mut self, tuple: &'a ExprTuple) {
        if tuple.elems.len() == self.0 {
            self.1.push(tuple);
        }
        visit::visit_expr_tuple(self, tuple);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("test")
        || attribute
            .meta
            .require_list()
            .is_ok_and(|list| list.tokens.to_string() == "test")
}

/// `{name}` becomes `…`, and `{{` a brace.
fn unfilled(format: &str) -> String {
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => text.extend(chars.next()),
            '{' => {
                chars.by_ref().find(|c| *c == '}');
                text.push('…');
            }
            c => text.push(c),
        }
    }
    text
}
