//! An `ExternalSecret` for the External Secrets Operator.

use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
use super::secrets::{is_dispensable, note_left_out};
use super::yaml::quoted;
use crate::load::plan::{Address, Leaf};
use crate::source::VersionSelector;

/// Each key of the Kubernetes `Secret` is an environment variable of the struct.
/// <https://external-secrets.io/latest/provider/aws-secrets-manager/>
pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let name = quoted(&deployment.application);
    let is_included = |leaf: &&Leaf| deployment.include_optional || !is_dispensable(leaf);
    let loaded = leaves.iter().filter(|leaf| leaf.address.is_some());
    let (included, others): (Vec<&Leaf>, Vec<&Leaf>) = loaded.partition(is_included);
    let consequence = "the operator does not write the `Secret` if one of its secrets is absent";
    note_left_out(others.into_iter(), notes, consequence);
    let mut written: Vec<&str> = Vec::new();
    let mut data = String::new();
    for leaf in included {
        let Some(address) = &leaf.address else {
            continue;
        };
        match entry(leaf, address) {
            Ok((variable, entry)) => {
                // Two fields may read the same variable.
                if !written.contains(&variable) {
                    written.push(variable);
                    data += &entry;
                }
                if address.request.id().contains('{') {
                    notes.add("replace the placeholders in braces, or set their values");
                }
            }
            Err(reason) => notes.add(format!("`{}` is omitted because {reason}", leaf.path)),
        }
    }
    notes.add("set the name of your `SecretStore`, and set `FROM_SECRETS_SOURCES=env,aws` in the pods that use the `Secret` in `envFrom`");
    let data = if data.is_empty() {
        "  data: []\n".to_owned()
    } else {
        format!("  data:\n{data}")
    };
    format!(
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: {name}\nspec:\n  refreshInterval: 1h\n  \
         secretStoreRef:\n    kind: SecretStore\n    name: aws-secrets-manager\n  target:\n    name: {name}\n{data}"
    )
}

/// Returns the variable and its entry, or the reason why the operator cannot provide it.
fn entry<'a>(leaf: &'a Leaf, address: &Address) -> Result<(&'a str, String), &'static str> {
    let Some(variable) = leaf.variable.as_deref() else {
        return Err("it is not read from the environment");
    };
    if address.request.names_parameter() {
        return Err("it is a parameter, which requires a `SecretStore` for Parameter Store");
    }
    if leaf.field.is_binary() {
        return Err("an environment variable cannot contain a binary value");
    }
    let mut entry = format!(
        "    - secretKey: {}\n      remoteRef:\n        key: {}\n",
        quoted(variable),
        quoted(address.request.id())
    );
    if let Some(key) = address.json_key.as_deref().filter(|key| !key.is_empty()) {
        let _ = writeln!(entry, "        property: {}", quoted(&property(key)?));
    }
    match address.request.version() {
        VersionSelector::Current => {}
        VersionSelector::Stage(stage) => {
            let _ = writeln!(entry, "        version: {}", quoted(stage));
        }
        VersionSelector::Id(id) => {
            let _ = writeln!(entry, "        version: {}", quoted(&format!("uuid/{id}")));
        }
    }
    Ok((variable, entry))
}

/// Returns a JSON key or pointer as a path of GJSON, in which other characters have a meaning. The operator looks up a
/// key with dots as a whole first.
/// <https://github.com/tidwall/gjson/blob/master/SYNTAX.md>
fn property(key: &str) -> Result<String, &'static str> {
    let is_plain = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        !text.is_empty() && text.chars().all(plain)
    };
    let path = match key.strip_prefix('/') {
        Some(pointer) if pointer.split('/').all(is_plain) => Some(pointer.replace('/', ".")),
        None if is_plain(&key.replace('.', "")) => Some(key.to_owned()),
        _ => None,
    };
    path.ok_or("the operator would interpret characters of its JSON key")
}
