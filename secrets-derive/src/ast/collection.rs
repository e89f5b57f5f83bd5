use syn::{Path, Type, TypePath};

/// The collections of the standard library.
const NAMES: [&str; 8] = [
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "HashMap",
    "HashSet",
    "LinkedList",
    "Vec",
    "VecDeque",
];

/// Returns whether text for this type is JSON. A macro can recognize a collection only by its path.
pub(crate) fn is_collection(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_collection(&group.elem),
        Type::Paren(paren) => is_collection(&paren.elem),
        Type::Array(_) => true,
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        Type::Path(TypePath {
            qself: None, path, ..
        }) => is_named(path),
        _ => false,
    }
}

fn is_named(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|segment| NAMES.iter().any(|name| segment.ident == name))
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    use quote::quote;
    use syn::parse2;

    use super::*;

    fn is_json(ty: TokenStream) -> bool {
        is_collection(&parse2(ty).unwrap())
    }

    #[test]
    fn collections_are_recognized() {
        for ty in [
            quote!(Vec<String>),
            quote!(std::collections::HashMap<String, u16>),
            quote!((BTreeSet<u8>)),
            quote!([u16; 3]),
            quote!((String, u16)),
        ] {
            assert!(is_json(ty.clone()), "{ty}");
            // The argument of a declarative macro is a group without delimiters.
            let group = Group::new(Delimiter::None, ty);
            assert!(is_json(TokenTree::Group(group).into()));
        }
        for ty in [
            quote!(String),
            quote!(()),
            quote!(Wrapper<Vec<u8>>),
            quote!(<A as B>::Vec),
            quote!(&str),
        ] {
            assert!(!is_json(ty.clone()), "{ty}");
        }
    }
}
