//! Plausible declarations from the choices of the fuzzer.
//!
//! Random bytes are rarely valid tokens or attributes. These declarations are, and most keys have a suitable value, so
//! that the fuzzer explores the checks instead of the syntax.

use std::fmt::Write as _;

use arbitrary::{Result, Unstructured};

type Choices<'a, 'b> = &'a mut Unstructured<'b>;

const HEADS: [&str; 12] = [
    "struct Config",
    "pub struct Config",
    "pub(crate) struct r#type",
    "struct Config<T>",
    "struct Config<'a, T: Clone + 'a = String, const N: usize = 3>",
    "struct Config<T> where T: Default, [T; 2]: Sized",
    "#[deprecated] struct Config",
    "#[derive(Clone)] #[doc = \" Of the pocket.\"] struct Config",
    "struct Größe",
    "enum Config",
    "union Config",
    "struct __Config",
];

const CONTAINER_KEYS: [&str; 12] = [
    "prefix",
    "name",
    "alias",
    "env_prefix",
    "rename_all",
    "deny_unknown_keys",
    "default",
    "validate",
    "transparent",
    "debug",
    "crate",
    "",
];

const FIELD_KEYS: [&str; 21] = [
    "name",
    "json_key",
    "alias",
    "version_stage",
    "version_id",
    "env",
    "env_alias",
    "env_only",
    "default",
    "parse",
    "with",
    "deserialize_with",
    "separator",
    "binary",
    "validate",
    "shown",
    "flatten",
    "prefix",
    "env_prefix",
    "skip",
    "",
];

const FIELDS: [&str; 16] = [
    "key",
    "token",
    "api_key",
    "r#type",
    "_",
    "__",
    "_1",
    "x1y2",
    "ARN",
    "apiKey",
    "größe",
    "ß",
    "r#match",
    "a_",
    "environment",
    "port",
];

const TYPES: [&str; 24] = [
    "String",
    "SecretString",
    "u16",
    "bool",
    "Option<String>",
    "::std::option::Option<u8>",
    "Option<Option<T>>",
    "T",
    "Vec<T>",
    "[u8; N]",
    "&'a str",
    "&'static [u8]",
    "(Option<T>)",
    "(u8, T)",
    "fn(&T) -> u8",
    "dyn Fn(T) -> T",
    "impl Clone",
    "*const T",
    "<T as Trait>::Out",
    "macro_type!(T)",
    "Database",
    "Option<Database>",
    "[u8; { let n = 3; n }]",
    "!",
];

/// Pieces of names, references, templates, variables, keys and pointers.
const PIECES: [&str; 36] = [
    "prod/",
    "db",
    "-",
    "_",
    "POCKET",
    "key",
    "{stage}",
    "{ARN}",
    "{",
    "}",
    "{{resolve:secretsmanager:",
    "}}",
    ":",
    "SecretString",
    "password",
    "AWSCURRENT",
    "AWSPREVIOUS",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:",
    "-AbCdEf",
    "/",
    "~",
    "~0",
    "~1",
    " ",
    "\\n",
    "\\\"",
    "é",
    "ß",
    "1",
    "A",
    "a",
    "kebab-case",
    "SCREAMING_SNAKE_CASE",
    "::path",
    "\\u{0}",
    ".",
];

const EXPRESSIONS: [&str; 28] = [
    "false",
    "true",
    "5",
    "-5",
    "- -5",
    "1.5e3",
    "'x'",
    "b\"bytes\"",
    "c\"text\"",
    "path",
    "crate::path::<u8>",
    "<T as Trait>::parse",
    "::krate",
    "Vec::new()",
    "[1, 2, 3]",
    "vec![1; N]",
    "|x| x + 1",
    "{ let a = 1; a }",
    "if a { b } else { c }",
    "match a { _ => 1 }",
    "async { 1 }",
    "unsafe { f() }",
    "a = b",
    "a..=b",
    "&mut *a",
    "Self { a: 1 }",
    "a as u8 < b",
    "return",
];

/// Invalid entries.
const INVALID: [&str; 16] = [
    "=",
    "==",
    ",,",
    "name =",
    "name = = \"a\"",
    "name \"a\"",
    "name: \"a\"",
    "nam = \"a\"",
    "name::a = \"b\"",
    "-1",
    "name!",
    "'a = 1",
    "#",
    "{ a }",
    "self, super",
    "fn = 1",
];

/// Generates a declaration.
///
/// # Errors
///
/// Returns an error if there are not enough bytes.
pub fn declaration(choose: Choices<'_, '_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..choose.int_in_range(0..=2)? {
        text += &attribute(choose, "secrets", &CONTAINER_KEYS)?;
    }
    let head: &str = pick(choose, &HEADS)?;
    text += head;
    match choose.int_in_range(0..=15_u8)? {
        0 => text += ";",
        1 => text += "(String, T);",
        2 => text += "{ A { #[secret(name = \"a\")] a: u8 }, B = 5 }",
        _ => {
            text += " {\n";
            for _ in 0..choose.int_in_range(0..=5)? {
                text += &field(choose)?;
            }
            text += "}";
        }
    }
    Ok(text)
}

fn field(choose: Choices<'_, '_>) -> Result<String> {
    let mut text = String::new();
    if choose.ratio(1, 4)? {
        let _ = writeln!(text, "#[doc = {}]", string(choose)?);
    }
    for _ in 0..choose.int_in_range(0..=2)? {
        text += &attribute(choose, "secret", &FIELD_KEYS)?;
    }
    let _ = writeln!(
        text,
        "{}: {},",
        pick(choose, &FIELDS)?,
        pick(choose, &TYPES)?
    );
    Ok(text)
}

fn attribute(choose: Choices<'_, '_>, level: &str, keys: &[&'static str]) -> Result<String> {
    let level = match choose.int_in_range(0..=20_u8)? {
        0 => "secret",
        1 => "secrets",
        _ => level,
    };
    let mut entries = Vec::new();
    for _ in 0..choose.int_in_range(0..=4)? {
        entries.push(entry(choose, keys)?);
    }
    let separator = if choose.ratio(1, 20)? { " " } else { ", " };
    Ok(match choose.int_in_range(0..=30_u8)? {
        0 => format!("#[{level}]\n"),
        1 => format!("#[{level} = {}]\n", string(choose)?),
        2 => format!("#[{level}[{}]]\n", entries.join(separator)),
        _ => format!("#[{level}({})]\n", entries.join(separator)),
    })
}

fn entry(choose: Choices<'_, '_>, keys: &[&'static str]) -> Result<String> {
    let key = pick(choose, keys)?;
    let is_flag = matches!(
        key,
        "debug"
            | "env_only"
            | "binary"
            | "flatten"
            | "skip"
            | "shown"
            | "deny_unknown_keys"
            | "transparent"
    );
    let accepts_expression = matches!(
        key,
        "default" | "parse" | "with" | "deserialize_with" | "validate" | "crate"
    );
    Ok(match choose.int_in_range(0..=15_u8)? {
        0 => pick(choose, &INVALID)?.to_owned(),
        1 => format!("{key}({})", string(choose)?),
        _ if key.is_empty() => string(choose)?,
        2..=12 if is_flag => key.to_owned(),
        2..=4 if accepts_expression => key.to_owned(),
        5..=12 if accepts_expression => format!("{key} = {}", pick(choose, &EXPRESSIONS)?),
        13 => key.to_owned(),
        14 => format!("{key} = {}", pick(choose, &EXPRESSIONS)?),
        _ => format!("{key} = {}", string(choose)?),
    })
}

fn string(choose: Choices<'_, '_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..choose.int_in_range(0..=6)? {
        text += pick(choose, &PIECES)?;
    }
    Ok(format!("\"{text}\""))
}

fn pick(choose: Choices<'_, '_>, among: &[&'static str]) -> Result<&'static str> {
    choose.choose(among).copied()
}
