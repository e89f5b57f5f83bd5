//! Imports between files.

use std::collections::BTreeMap;
use std::fmt;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;
use syn::visit::{self, Visit};

use crate::modules::{Crate, Imported, Module, ModulePath, collect};

/// A name that one file imports from another.
pub(crate) struct Import {
    pub(crate) from: Place,
    pub(crate) to: Place,
    name: String,
}

/// A file of the crate.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn file(&self) -> &str {
        &self.0
    }

    /// Returns the top-level module of the file.
    pub(crate) fn top(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// Returns the parent folders of the file. The crate's folder is empty.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &str> {
        let ends = self.0.match_indices('/').map(|(end, _)| &self.0[..end]);
        std::iter::once("").chain(ends)
    }

    /// Returns the child of a folder that contains this file. A module's file and its folder have the same name.
    pub(crate) fn inside(&self, folder: &str) -> Option<&str> {
        let rest = match folder {
            "" => &self.0,
            _ => self.0.strip_prefix(folder)?.strip_prefix('/')?,
        };
        rest.split('/').next()
    }
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}: {}", self.from.0, self.to.0, self.name)
    }
}

/// Returns the imports between different files of a crate.
pub(crate) fn of(library: &Crate) -> Vec<Import> {
    let mut imports = Vec::new();
    for (path, module) in &library.modules {
        for target in paths_in(module) {
            let Some((to, name)) = resolve(library, path, &target, 0) else {
                continue;
            };
            if *to != module.file {
                imports.push(Import {
                    from: Place(module.file.clone()),
                    to: Place(to.clone()),
                    name,
                });
            }
        }
    }
    imports
}

/// Returns the paths in a module, with their imported prefixes resolved.
fn paths_in(module: &Module) -> Vec<Vec<String>> {
    let mut locals = LocalImports(Vec::new());
    for item in &module.items {
        locals.visit_item(item);
    }
    let imports: BTreeMap<&str, &Imported> = module
        .imports
        .iter()
        .chain(&locals.0)
        .map(|import| (import.name.as_str(), import))
        .collect();
    let mut written = Vec::new();
    for item in &module.items {
        if !matches!(item, Item::Use(_) | Item::Mod(_)) {
            sequences(item.to_token_stream(), &mut written);
        }
    }
    let expand = |path: Vec<String>| match imports.get(path[0].as_str()) {
        Some(import) if import.path != path => [import.path.clone(), path[1..].to_vec()].concat(),
        _ => path,
    };
    let private = module.imports.iter().filter(|import| !import.is_reexport);
    written
        .into_iter()
        .map(expand)
        .chain(private.map(|import| import.path.clone()))
        .collect()
}

/// Imports within functions.
struct LocalImports(Vec<Imported>);

impl<'ast> Visit<'ast> for LocalImports {
    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_block(&mut self, block: &'ast syn::Block) {
        for statement in &block.stmts {
            if let syn::Stmt::Item(Item::Use(used)) = statement {
                collect(&used.tree, &mut Vec::new(), false, &mut self.0);
            }
        }
        visit::visit_block(self, block);
    }
}

/// Collects paths such as `a::b::c`, also in macros.
fn sequences(tokens: TokenStream, found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => sequences(group.stream(), found),
            TokenTree::Ident(first) => {
                let mut path = vec![first.to_string()];
                while is_colon(at + 1) && is_colon(at + 2) {
                    let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else {
                        break;
                    };
                    path.push(next.to_string());
                    at += 3;
                }
                found.push(path);
            }
            _ => {}
        }
        at += 1;
    }
}

/// Returns the file that defines the item of a path.
fn resolve<'a>(
    library: &'a Crate,
    from: &ModulePath,
    path: &[String],
    depth: usize,
) -> Option<(&'a String, String)> {
    assert!(depth < 50, "cyclic re-exports: {path:?}");
    let (mut at, rest) = start(library, from, path)?;
    let mut rest = rest.iter();
    while let Some(name) = rest.next() {
        let below = [at.clone(), vec![name.clone()]].concat();
        let module = &library.modules[&at];
        // A module and a function may have the same name.
        if rest.len() > 0 && library.modules.contains_key(&below) {
            at = below;
            continue;
        }
        if module.defined.contains(name) {
            return Some((&module.file, name.clone()));
        }
        if let Some(import) = module
            .imports
            .iter()
            .find(|import| import.name == *name && import.path != [name.clone()])
        {
            let path = [import.path.clone(), rest.cloned().collect()].concat();
            return resolve(library, &at, &path, depth + 1);
        }
        return None;
    }
    None
}

/// Returns the module in which the search for a path begins, and the rest of the path.
fn start<'p>(
    library: &Crate,
    from: &ModulePath,
    path: &'p [String],
) -> Option<(ModulePath, &'p [String])> {
    let mut at = match path[0].as_str() {
        "crate" => Vec::new(),
        "self" => from.clone(),
        "super" => from[..from.len().checked_sub(1)?].to_vec(),
        name => {
            let module = library.modules.get(from)?;
            let below = [from.clone(), vec![name.to_owned()]].concat();
            let is_here = path.len() > 1 && library.modules.contains_key(&below)
                || module.defined.contains(name)
                || module.imports.iter().any(|import| import.name == name);
            return is_here.then_some((from.clone(), path));
        }
    };
    let mut rest = &path[1..];
    while rest.first().is_some_and(|name| name == "super") {
        at.pop()?;
        rest = &rest[1..];
    }
    Some((at, rest))
}
