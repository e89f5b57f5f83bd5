//! Words and lengths of names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ItemEnum, ItemFn, ItemStruct, ItemTrait, ItemType};

use crate::banned::Banned;
use crate::repository;

/// The longest name of a test, in words.
const LONGEST: usize = 6;

/// A name of an item, with its place.
pub(crate) struct Name {
    /// Relative to the repository.
    pub(crate) file: String,
    pub(crate) ident: String,
    pub(crate) is_test: bool,
    pub(crate) is_type: bool,
}

/// Returns the names of all items in the Rust files of a folder.
pub(crate) fn of(folder: &str) -> Vec<Name> {
    let mut found = Vec::new();
    for file in files(&repository().join(folder)) {
        let text = fs::read_to_string(&file).unwrap();
        let parsed =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let file = file.strip_prefix(repository()).unwrap();
        let mut items = Items {
            file: file.to_string_lossy().into_owned(),
            in_tests: false,
            found: &mut found,
        };
        items.visit_file(&parsed);
    }
    found
}

/// Returns the Rust files of a folder, without those of builds and of compile tests.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir()
            && !path.ends_with("target")
            && !path.ends_with("ui")
            && !path.ends_with("golden")
        {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Returns the banned words and excess lengths of names, as messages.
pub(crate) fn flaws(names: &[Name]) -> Vec<String> {
    let banned = Banned::read();
    let mut flaws = Vec::new();
    for Name {
        file,
        ident: name,
        is_test,
        ..
    } in names
    {
        let words = words(name);
        for word in &words {
            if banned.is_banned_in_names(file, word) {
                flaws.push(format!("{file}: `{name}` contains the word `{word}`"));
            }
        }
        if *is_test && words.len() > LONGEST {
            flaws.push(format!("{file}: `{name}` has more than {LONGEST} words"));
        }
    }
    flaws
}

/// Returns the names that several types have.
pub(crate) fn shared_by_types(names: &[Name]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let is_for_tests = |file: &str| {
        let mut parts = file.split('/');
        parts.any(|part| part == "tests" || part == "tests.rs")
    };
    let types = names
        .iter()
        .filter(|name| name.is_type && !is_for_tests(&name.file));
    for name in types {
        places
            .entry(&name.ident)
            .or_default()
            .push(name.file.clone());
    }
    for files in places.values_mut() {
        // Variants for different configurations are in one file.
        files.dedup();
    }
    places.retain(|_, files| files.len() > 1);
    places
        .iter()
        .map(|(name, files)| format!("`{name}`: {}", files.join(", ")))
        .collect()
}

/// Splits `snake_case` and `CamelCase`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_'
            || (c.is_uppercase()
                && words
                    .last()
                    .is_some_and(|word| !word.ends_with(char::is_uppercase)))
        {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().unwrap().push(c);
        }
    }
    let words = words.into_iter().map(|word| word.to_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}

struct Items<'a> {
    file: String,
    in_tests: bool,
    found: &'a mut Vec<Name>,
}

impl Items<'_> {
    fn add(&mut self, ident: &Ident, is_test: bool, is_type: bool) {
        self.found.push(Name {
            file: self.file.clone(),
            ident: ident.to_string(),
            is_test,
            is_type: is_type && !self.in_tests,
        });
    }
}

impl<'ast> Visit<'ast> for Items<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.add(&item.ident, false, false);
        let outside = self.in_tests;
        self.in_tests |= is_for_tests(&item.attrs);
        visit::visit_item_mod(self, item);
        self.in_tests = outside;
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let is_test = |attribute: &Attribute| {
            attribute
                .path()
                .segments
                .last()
                .is_some_and(|last| last.ident == "test")
        };
        self.add(&item.sig.ident, item.attrs.iter().any(is_test), false);
        let outside = self.in_tests;
        // Types within functions are private to them.
        self.in_tests = true;
        visit::visit_item_fn(self, item);
        self.in_tests = outside;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig.ident, false, false);
        let outside = self.in_tests;
        self.in_tests = true;
        visit::visit_impl_item_fn(self, item);
        self.in_tests = outside;
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.add(&item.sig.ident, false, false);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.add(&item.ident, false, true);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.add(&item.ident, false, true);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.add(&item.ident, false, true);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.add(&item.ident, false, true);
    }

    fn visit_variant(&mut self, item: &'ast syn::Variant) {
        self.add(&item.ident, false, false);
        visit::visit_variant(self, item);
    }

    fn visit_field(&mut self, item: &'ast syn::Field) {
        if let Some(ident) = &item.ident {
            self.add(ident, false, false);
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_for_tests = |attribute: &Attribute| {
        let Ok(list) = attribute.meta.require_list() else {
            return false;
        };
        list.path.is_ident("cfg") && list.tokens.to_string().contains("test")
    };
    attributes.iter().any(is_for_tests)
}

#[test]
fn words_end_at_underscores_and_capitals() {
    assert_eq!(words("old_Name"), ["old", "name"]);
    assert_eq!(words("OldName"), ["old", "name"]);
    assert_eq!(words("OLD_NAME"), ["old", "name"]);
}
