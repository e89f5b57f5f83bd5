//! The declarations and their properties as Rust code.

use std::fmt::Write as _;

use crate::declare::{
    Container, Declared, Field, Given, Holds, Necessity, Value, Variable, Version,
};
use crate::describe::{Described, Leaf, Secret, described, placeholders};
use crate::kinds::Kind;

/// Returns the generated file.
pub(crate) fn all(structs: &[Declared]) -> String {
    let mut out = String::new();
    for (number, declared) in structs.iter().enumerate() {
        let Source { structs, impls } = source(declared);
        let _ = write!(
            out,
            "mod s{number} {{\n#![allow(clippy::struct_excessive_bools, dead_code, unused_imports, reason = \"generated\")]\n\
             use super::*;\n{structs}{impls}}}\n"
        );
    }
    out.push_str("pub(crate) const STRUCTS: &[Struct] = &[\n");
    for (number, declared) in structs.iter().enumerate() {
        let source = source(declared).structs;
        let nodes = nodes(&described(declared));
        let _ = writeln!(
            out,
            "Struct {{ source: {source:?}, nodes: {nodes}, load: load::<s{number}::Outermost>, extract: extract::<s{number}::Outermost> }},"
        );
    }
    let _ = writeln!(
        out,
        "];\npub(crate) const PARAMETERS: &[(&str, &str)] = &{:?};",
        placeholders()
    );
    out
}

/// The code of a declaration.
#[derive(Default)]
struct Source {
    structs: String,
    /// The impls that report the values of the structs.
    impls: String,
}

fn source(declared: &Declared) -> Source {
    let mut source = Source::default();
    declare(&mut source, "Outermost", declared);
    source
}

/// Writes a struct after its nested structs.
fn declare(out: &mut Source, name: &str, declared: &Declared) {
    let mut fields = String::new();
    let mut reported = String::new();
    let mut types: Vec<(String, String)> = Vec::new();
    for (i, field) in declared.fields.iter().enumerate() {
        let ident = field.words.join("_");
        match &field.holds {
            Holds::Skipped => {
                let _ = writeln!(
                    fields,
                    "    #[secret(skip, default = 7)]\n    #[serde(skip)]\n    {ident}: u8,"
                );
            }
            Holds::Value(value) => {
                let default = format!("default_{name}_{ident}").to_lowercase();
                write_default(&mut out.impls, &default, value);
                write_value(&mut fields, &mut reported, &ident, value, &default);
            }
            Holds::Nested { declared, .. } => {
                let mut inner = Source::default();
                let mut within = format!("{name}N{i}");
                declare(&mut inner, &within, declared);
                // The same declaration is the same struct.
                let body = inner.structs.replace(&within, "@");
                if let Some((known, _)) = types.iter().find(|(_, known)| *known == body) {
                    within.clone_from(known);
                } else {
                    out.structs.push_str(&inner.structs);
                    out.impls.push_str(&inner.impls);
                    types.push((within.clone(), body));
                }
                write_nested(&mut fields, &mut reported, &ident, &within, field);
            }
        }
    }
    let container = container(declared);
    let _ = write!(
        out.structs,
        "#[derive(FromSecrets, Deserialize)]\n{container}pub(super) struct {name} {{\n{fields}}}\n"
    );
    let count = count(&described(declared));
    let _ = write!(
        out.impls,
        "impl Reports for {name} {{\n    const COUNT: usize = {count};\n    \
         fn report_to(&self, reported: &mut Vec<Option<String>>) {{\n        let _ = &reported;\n{reported}    }}\n}}\n"
    );
}

fn count(nodes: &[Described]) -> usize {
    let groups = nodes.iter().map(|node| match node {
        Described::Leaf(_) => 1,
        Described::Group { within, .. } => 1 + count(within),
    });
    groups.sum()
}

fn container(declared: &Declared) -> String {
    let mut keys = Vec::new();
    match &declared.container {
        Container::Secrets {
            prefix: Some((written, ..)),
        } => keys.push(format!("prefix = {written:?}")),
        Container::Secrets { prefix: None } => {}
        Container::OneSecret(Given { written, .. }) => keys.push(format!("name = {written:?}")),
    }
    keys.extend(
        declared
            .env_prefix
            .map(|prefix| format!("env_prefix = {prefix:?}")),
    );
    keys.extend(
        declared
            .rename_all
            .map(|case| format!("rename_all = {case:?}")),
    );
    attribute("secrets", &keys, "")
}

fn attribute(name: &str, keys: &[String], indent: &str) -> String {
    if keys.is_empty() {
        String::new()
    } else {
        format!("{indent}#[{name}({})]\n", keys.join(", "))
    }
}

/// Writes the default of a field for serde.
fn write_default(impls: &mut String, name: &str, value: &Value) {
    if value.necessity == Necessity::Defaulted {
        let written = value.kind.default().0;
        let expression = match written.strip_prefix("default = ") {
            None => format!("<{}>::default()", value.kind.rust()),
            Some(text) if text.starts_with('"') => format!("{text}.into()"),
            Some(expression) => expression.to_owned(),
        };
        let rust = value.kind.rust();
        let _ = writeln!(impls, "fn {name}() -> {rust} {{ {expression} }}");
    }
}

fn write_value(
    fields: &mut String,
    reported: &mut String,
    ident: &str,
    value: &Value,
    default: &str,
) {
    let mut keys = Vec::new();
    keys.extend(
        value
            .given
            .iter()
            .map(|given| format!("name = {:?}", given.written)),
    );
    keys.extend(
        value
            .json_key
            .iter()
            .map(|(key, _)| format!("json_key = {key:?}")),
    );
    match value.version {
        Version::Current => {}
        Version::Stage(stage) => keys.push(format!("version_stage = {stage:?}")),
        Version::Id(id) => keys.push(format!("version_id = {id:?}")),
    }
    match &value.variable {
        Variable::Derived => {}
        Variable::Given(variable) => keys.push(format!("env = {variable:?}")),
        Variable::None => keys.push("env = false".to_owned()),
    }
    keys.extend(value.env_only.then(|| "env_only".to_owned()));
    keys.extend(value.kind.attribute().map(str::to_owned));
    if value.necessity == Necessity::Defaulted {
        keys.push(value.kind.default().0.to_owned());
    }
    let rust = value.kind.rust();
    let rust = match value.necessity {
        Necessity::Optional => format!("Option<{rust}>"),
        _ => rust.to_owned(),
    };
    let is_optional = value.necessity == Necessity::Optional;
    let mut serde_keys: Vec<String> = match (value.kind, is_optional) {
        (Kind::Seconds, false) => vec!["deserialize_with = \"in_seconds\"".to_owned()],
        (Kind::Seconds, true) => {
            vec!["default, deserialize_with = \"maybe_in_seconds\"".to_owned()]
        }
        _ => Vec::new(),
    };
    if value.necessity == Necessity::Defaulted {
        serde_keys.push(format!("default = {default:?}"));
    }
    let _ = writeln!(
        fields,
        "{}{}    {ident}: {rust},",
        attribute("secret", &keys, "    "),
        attribute("serde", &serde_keys, "    ")
    );
    let _ = writeln!(reported, "        reported.push(self.{ident}.reported());");
}

fn write_nested(
    fields: &mut String,
    reported: &mut String,
    ident: &str,
    within: &str,
    field: &Field,
) {
    let Holds::Nested {
        prefix,
        env_prefix,
        optional,
        ..
    } = &field.holds
    else {
        return;
    };
    let mut keys = vec!["flatten".to_owned()];
    keys.extend(prefix.map(|(written, ..)| format!("prefix = {written:?}")));
    keys.extend(env_prefix.map(|prefix| format!("env_prefix = {prefix:?}")));
    let (rust, serde_keys) = if *optional {
        (format!("Option<{within}>"), "")
    } else {
        (
            within.to_owned(),
            "    #[serde(default = \"from_nothing\")]\n",
        )
    };
    let _ = writeln!(
        fields,
        "{}{serde_keys}    {ident}: {rust},",
        attribute("secret", &keys, "    ")
    );
    let call = if *optional {
        format!("report_optional(self.{ident}.as_ref(), reported)")
    } else {
        format!("report_nested(&self.{ident}, reported)")
    };
    let _ = writeln!(reported, "        {call};");
}

fn nodes(described: &[Described]) -> String {
    let nodes: Vec<String> = described.iter().map(node).collect();
    format!("&[{}]", nodes.join(", "))
}

fn node(described: &Described) -> String {
    match described {
        Described::Leaf(reported) => format!("Node::Leaf({})", leaf(reported)),
        Described::Group { optional, within } => {
            format!(
                "Node::Group {{ optional: {optional}, within: {} }}",
                nodes(within)
            )
        }
    }
}

fn leaf(leaf: &Leaf) -> String {
    let necessity = match leaf.necessity {
        Necessity::Defaulted => format!("Defaulted({:?})", leaf.kind.default().1),
        other => format!("{other:?}"),
    };
    format!(
        "Leaf {{ path: {:?}, secret: {}, variable: {:?}, kind: Kind::{:?}, necessity: Necessity::{necessity} }}",
        leaf.path,
        leaf.secret
            .as_ref()
            .map_or("None".to_owned(), |reported| format!(
                "Some({})",
                secret(reported)
            )),
        leaf.variable,
        leaf.kind,
    )
}

fn secret(secret: &Secret) -> String {
    format!(
        "Secret {{ id: {:?}, region: {:?}, name: {:?}, version: Wanted::{:?}, json_key: {:?} }}",
        secret.id, secret.region, secret.name, secret.version, secret.json_key
    )
}
