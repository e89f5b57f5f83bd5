//! The declarations and their properties as Rust code.

use std::fmt::Write as _;

use crate::declare::{
    Alias, Container, Declared, Field, Given, Holds, Necessity, Value, Variable, Version,
};
use crate::describe::{
    Described, Leaf, Secret, Strict, described, is_none_by_default, placeholders, strict,
};
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
        let strict = all_strict(&strict("Outermost", declared));
        let _ = writeln!(
            out,
            "Struct {{ source: {source:?}, nodes: {nodes}, strict: {strict}, load: load::<s{number}::Outermost>, extract: extract::<s{number}::Outermost> }},"
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
    let mut defaults = String::new();
    let mut types: Vec<(String, String)> = Vec::new();
    for (i, field) in declared.fields.iter().enumerate() {
        let ident = field.words.join("_");
        write_of_struct(&mut defaults, &ident, field);
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
                let of_struct = declared.has_default;
                write_value(
                    &mut fields,
                    &mut reported,
                    &ident,
                    value,
                    &default,
                    of_struct,
                );
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
    let serde = if declared.has_default {
        "#[serde(default)]\n"
    } else {
        ""
    };
    let _ = write!(
        out.structs,
        "#[derive(FromSecrets, Deserialize)]\n{container}{serde}pub(super) struct {name} {{\n{fields}}}\n"
    );
    let _ = write!(
        out.impls,
        "impl Default for {name} {{\n    fn default() -> Self {{\n        Self {{\n{defaults}        }}\n    }}\n}}\n"
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
    keys.extend(
        declared
            .denies_unknown_keys
            .then(|| "deny_unknown_keys".to_owned()),
    );
    let alias = declared.alias.iter();
    keys.extend(alias.map(|alias| format!("alias = {alias:?}")));
    keys.extend(declared.has_default.then(|| "default".to_owned()));
    attribute("secrets", &keys, "")
}

fn attribute(name: &str, keys: &[String], indent: &str) -> String {
    if keys.is_empty() {
        String::new()
    } else {
        format!("{indent}#[{name}({})]\n", keys.join(", "))
    }
}

impl Value {
    fn rust(&self) -> String {
        let rust = self.kind.rust();
        if self.is_newtype {
            format!("Newtype<{rust}>")
        } else {
            rust.to_owned()
        }
    }

    /// Returns an expression of the field's type.
    fn wrapped(&self, expression: &str) -> String {
        if self.is_newtype {
            format!("Newtype({expression})")
        } else {
            expression.to_owned()
        }
    }
}

/// Writes the default of a field for serde.
fn write_default(impls: &mut String, name: &str, value: &Value) {
    if value.necessity == Necessity::Defaulted {
        let written = value.kind.default().0;
        let expression = match written.strip_prefix("default = ") {
            None => format!("<{}>::default()", value.rust()),
            Some(text) if value.kind == Kind::Address => {
                format!("{text}.parse().expect(\"an address\")")
            }
            Some(text) if text.starts_with('"') => value.wrapped(&format!("{text}.into()")),
            Some(expression) => value.wrapped(expression),
        };
        let rust = value.rust();
        let _ = writeln!(impls, "fn {name}() -> {rust} {{ {expression} }}");
    }
}

/// Writes a field of the `Default` of its struct. A nested struct is not taken from there.
fn write_of_struct(defaults: &mut String, ident: &str, field: &Field) {
    let expression = match &field.holds {
        Holds::Skipped => "8".to_owned(),
        Holds::Value(value) => match value.necessity {
            Necessity::Optional if is_none_by_default(&field.words) => "None".to_owned(),
            Necessity::Optional => format!("Some({})", value.wrapped(value.kind.of_struct().0)),
            _ => value.wrapped(value.kind.of_struct().0),
        },
        Holds::Nested { optional: true, .. } => "Some(Default::default())".to_owned(),
        Holds::Nested { .. } => "Default::default()".to_owned(),
    };
    let _ = writeln!(defaults, "            {ident}: {expression},");
}

fn write_value(
    fields: &mut String,
    reported: &mut String,
    ident: &str,
    value: &Value,
    default: &str,
    of_struct: bool,
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
    keys.extend(value.alias.iter().map(|alias| match alias {
        Alias::Secret(alias) | Alias::JsonKey(alias) => format!("alias = {alias:?}"),
    }));
    keys.extend(
        value
            .env_alias
            .iter()
            .map(|alias| format!("env_alias = {alias:?}")),
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
        let written = value.kind.default().0;
        let is_text = written.contains('"');
        keys.push(match written.strip_prefix("default = ") {
            Some(expression) if !is_text => format!("default = {}", value.wrapped(expression)),
            _ => written.to_owned(),
        });
    }
    let rust = value.rust();
    let rust = match value.necessity {
        Necessity::Optional => format!("Option<{rust}>"),
        _ => rust,
    };
    let is_optional = value.necessity == Necessity::Optional;
    let mut serde_keys: Vec<String> = match (value.kind, is_optional) {
        (Kind::Pause, false) => vec!["deserialize_with = \"from_seconds\"".to_owned()],
        (Kind::Pause, true) => {
            vec!["deserialize_with = \"maybe_from_seconds\"".to_owned()]
        }
        (Kind::Seconds, false) => vec!["deserialize_with = \"in_seconds\"".to_owned()],
        (Kind::Seconds, true) => {
            vec!["deserialize_with = \"maybe_in_seconds\"".to_owned()]
        }
        _ => Vec::new(),
    };
    if value.necessity == Necessity::Defaulted {
        serde_keys.push(format!("default = {default:?}"));
    }
    if is_optional && !of_struct && !serde_keys.is_empty() {
        serde_keys.push("default".to_owned());
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
        name,
        prefix,
        env_prefix,
        optional,
        ..
    } = &field.holds
    else {
        return;
    };
    let mut keys = vec!["flatten".to_owned()];
    keys.extend(
        name.iter()
            .map(|given| format!("name = {:?}", given.written)),
    );
    keys.extend(prefix.map(|(written, ..)| format!("prefix = {written:?}")));
    keys.extend(env_prefix.map(|prefix| format!("env_prefix = {prefix:?}")));
    let (rust, serde_keys) = if *optional {
        (format!("Option<{within}>"), "    #[serde(default)]\n")
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

fn all_strict(all: &[Strict]) -> String {
    let all = all.iter().map(|Strict { path, secrets }| {
        let secrets: Vec<String> = secrets.iter().map(secret).collect();
        format!(
            "Strict {{ path: {path:?}, secrets: &[{}] }}",
            secrets.join(", ")
        )
    });
    format!("&[{}]", all.collect::<Vec<_>>().join(", "))
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
    let necessity = match (leaf.default, leaf.necessity) {
        (Some(default), _) => format!("Defaulted({default:?})"),
        (None, other) => format!("{other:?}"),
    };
    format!(
        "Leaf {{ path: {:?}, secret: {}, alias: {}, variable: {:?}, env_alias: {:?}, kind: Kind::{:?}, necessity: Necessity::{necessity} }}",
        leaf.path,
        optional_secret(leaf.secret.as_ref()),
        optional_secret(leaf.alias.as_ref()),
        leaf.variable,
        leaf.env_alias,
        leaf.kind,
    )
}

fn optional_secret(reported: Option<&Secret>) -> String {
    reported.map_or("None".to_owned(), |reported| {
        format!("Some({})", secret(reported))
    })
}

fn secret(secret: &Secret) -> String {
    format!(
        "Secret {{ id: {:?}, region: {:?}, name: {:?}, version: Wanted::{:?}, json_key: {:?}, placeholder: {:?} }}",
        secret.id, secret.region, secret.name, secret.version, secret.json_key, secret.placeholder
    )
}
