//! A policy for an AWS CDK application in TypeScript.

use std::fmt::Write as _;

use from_secrets_syntax::screaming_snake;

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource};
use super::grants::{grants, note_bare_arns};
use super::iam::note_length;
use super::names::Names;
use super::sam::note_regions;
use super::secrets::requested_secrets;
use super::variables::{Substitution, Variables};
use crate::load::plan::Leaf;

/// Words that cannot be the name of a parameter, and the names of the function.
const RESERVED: &[&str] = &[
    "account",
    "any",
    "arguments",
    "async",
    "await",
    "boolean",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "partition",
    "private",
    "protected",
    "public",
    "readSecrets",
    "region",
    "return",
    "scope",
    "static",
    "string",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// The values that the stack provides.
const OF_STACK: [&str; 3] = ["partition", "region", "account"];

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = requested_secrets(leaves);
    let variables = Variables::new(&secrets, &mut Names::reserving(RESERVED), camel_case);
    let grants = grants(deployment, &secrets, notes);
    note_bare_arns(&grants, notes);
    note_regions(deployment, &secrets, notes);
    note_length(deployment, &grants, notes);
    notes.add("pass each statement to `addToRolePolicy` of the function, or to `addToPrincipalPolicy` of the role");
    let stack = Substitution {
        partition: "${partition}",
        region: "${region}",
        account: "${account}",
        variables: &variables,
    };
    let statements: String = grants
        .iter()
        .map(|grant| statement(grant, &stack))
        .collect();
    let used = OF_STACK
        .iter()
        .filter(|name| statements.contains(&format!("${{{name}}}")));
    let used: Vec<&str> = used.copied().collect();
    // Compilers can reject unused names.
    let (stack_import, scope, first) = if used.is_empty() {
        ("", "_scope", String::new())
    } else {
        let first = format!("  const {{ {} }} = Stack.of(scope);\n", used.join(", "));
        ("import { Stack } from \"aws-cdk-lib\";\n", "scope", first)
    };
    let mut parameters = format!("{scope}: Construct");
    for name in variables.identifiers() {
        let _ = write!(parameters, ", {name}: string");
    }
    format!(
        "{stack_import}import {{ PolicyStatement }} from \"aws-cdk-lib/aws-iam\";\nimport {{ Construct }} from \"constructs\";\n\n\
         /** Returns the permissions for loading the secrets. */\n\
         export function readSecrets({parameters}): PolicyStatement[] {{\n{first}  return [\n{statements}  ];\n}}\n"
    )
}

fn statement(grant: &Grant<'_>, stack: &Substitution<'_>) -> String {
    let mut text = format!(
        "    new PolicyStatement({{\n      sid: {},\n      actions: [{}],\n      resources: [\n",
        quoted(&grant.sid),
        list(grant.actions.iter().copied())
    );
    let resources = |resource: &Resource<'_>| match resource {
        Resource::Secret(secret) => stack.arns(secret),
        Resource::Parameter(id) => vec![stack.parameter_arn(id)],
        Resource::Text(text) => vec![text.clone()],
    };
    for resource in grant.resources.iter().flat_map(resources) {
        let _ = writeln!(text, "        {},", string(&resource));
    }
    text += "      ],\n";
    if let Some(condition) = &grant.condition {
        text += "      conditions: {\n";
        for (operator, keys) in condition {
            let _ = writeln!(text, "        {operator}: {{");
            for (key, values) in keys {
                let values = list(values.iter().map(String::as_str));
                let _ = writeln!(text, "          {}: [{values}],", quoted(key));
            }
            text += "        },\n";
        }
        text += "      },\n";
    }
    text + "    }),\n"
}

/// Returns an expression: a variable, a template or a string. An ARN contains no characters that a template escapes.
fn string(text: &str) -> String {
    let name = text
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    match name.filter(|name| !name.contains("${")) {
        Some(name) => name.to_owned(),
        None if text.contains("${") => format!("`{text}`"),
        None => quoted(text),
    }
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(quoted).collect::<Vec<_>>().join(", ")
}

/// JSON strings are valid in TypeScript.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the name of a parameter, which begins with a letter.
fn camel_case(placeholder: &str) -> String {
    let snake = screaming_snake(placeholder).to_ascii_lowercase();
    let mut words = snake.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("placeholder").to_owned();
    let name = words.fold(first, |name, word| {
        let (letter, rest) = word.split_at(1);
        name + &letter.to_ascii_uppercase() + rest
    });
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("placeholder{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn placeholders_are_in_camel_case() {
        for (placeholder, name) in [
            ("stage", "stage"),
            ("SHOP_CERTIFICATE_ARN", "shopCertificateArn"),
            ("_", "placeholder"),
            ("a_1", "a1"),
            ("_1", "placeholder1"),
        ] {
            assert_eq!(camel_case(placeholder), name);
        }
    }
}
