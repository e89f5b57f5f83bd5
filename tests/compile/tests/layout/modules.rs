//! The modules of a crate, with their items and imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Ident, Item, UseTree, Visibility};

/// A module's path from the root of its crate.
pub(crate) type ModulePath = Vec<String>;

/// The modules of a crate, without tests.
pub(crate) struct Crate {
    pub(crate) modules: BTreeMap<ModulePath, Module>,
}

/// A module.
pub(crate) struct Module {
    /// The file, relative to the crate's folder, without its extension.
    pub(crate) file: String,
    pub(crate) items: Vec<Item>,
    /// The names of the items in this module.
    pub(crate) defined: BTreeSet<String>,
    pub(crate) imports: Vec<Imported>,
}

/// A name that a `use` imports into a module.
pub(crate) struct Imported {
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
    /// Whether the name is re-exported.
    pub(crate) is_reexport: bool,
}

impl Crate {
    /// Reads a crate from the folder of its `lib.rs`.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut found = Self {
            modules: BTreeMap::new(),
        };
        found.add_file(folder, &folder.join("lib.rs"), folder, Vec::new());
        found
    }

    /// Returns the top-level modules, and the root as `lib`.
    pub(crate) fn top_modules(&self) -> impl Iterator<Item = String> {
        let top = |path: &ModulePath| path.first().cloned().unwrap_or_else(|| "lib".to_owned());
        self.modules
            .keys()
            .map(top)
            .filter(|top| top != "__private")
    }

    fn add_file(&mut self, root: &Path, file: &Path, children: &Path, path: ModulePath) {
        let text =
            fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.strip_prefix(root).unwrap().with_extension("");
        let name = name.to_str().unwrap().replace('\\', "/");
        self.add(root, name, parsed.items, children, path);
    }

    fn add(
        &mut self,
        root: &Path,
        file: String,
        items: Vec<Item>,
        children: &Path,
        path: ModulePath,
    ) {
        let items: Vec<Item> = items
            .into_iter()
            .filter(|item| !is_for_tests(item))
            .collect();
        for item in &items {
            let Item::Mod(module) = item else { continue };
            let mut below = path.clone();
            below.push(module.ident.to_string());
            let folder = children.join(module.ident.to_string());
            match &module.content {
                Some((_, items)) => self.add(root, file.clone(), items.clone(), &folder, below),
                None => self.add_file(root, &file_of(children, &module.ident), &folder, below),
            }
        }
        let mut imports = Vec::new();
        for item in &items {
            if let Item::Use(used) = item {
                let is_reexport = !matches!(used.vis, Visibility::Inherited);
                collect(&used.tree, &mut Vec::new(), is_reexport, &mut imports);
            }
        }
        let defined = items.iter().filter_map(name_of).collect();
        self.modules.insert(
            path,
            Module {
                file,
                items,
                defined,
                imports,
            },
        );
    }
}

fn file_of(folder: &Path, module: &Ident) -> PathBuf {
    let file = folder.join(format!("{module}.rs"));
    if file.is_file() {
        file
    } else {
        folder.join(module.to_string()).join("mod.rs")
    }
}

pub(crate) fn collect(
    tree: &UseTree,
    path: &mut Vec<String>,
    is_reexport: bool,
    imports: &mut Vec<Imported>,
) {
    let mut push = |path: Vec<String>, name: String| {
        imports.push(Imported {
            name,
            path,
            is_reexport,
        });
    };
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            collect(&step.tree, path, is_reexport, imports);
            path.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            push(path.clone(), path.last().cloned().unwrap_or_default());
        }
        UseTree::Name(name) => push(
            [path.clone(), vec![name.ident.to_string()]].concat(),
            name.ident.to_string(),
        ),
        UseTree::Rename(rename) => {
            push(
                [path.clone(), vec![rename.ident.to_string()]].concat(),
                rename.rename.to_string(),
            );
        }
        UseTree::Glob(_) => {}
        UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, path, is_reexport, imports);
            }
        }
    }
}

pub(crate) fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(ident.to_string())
}

fn is_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        _ => return false,
    };
    let is_for_tests = |attribute: &Attribute| {
        let Ok(list) = attribute.meta.require_list() else {
            return false;
        };
        let condition = list.tokens.to_string();
        list.path.is_ident("cfg")
            && (condition == "test"
                || condition.starts_with("all (test")
                || condition.contains("all (shuttle , test"))
    };
    attributes.iter().any(is_for_tests)
}
