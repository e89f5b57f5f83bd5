//! The path of the `from-secrets` crate, if `crate = …` does not specify it.

use std::path::PathBuf;
use std::{env, fs};

use proc_macro2::{Ident, Span};
use syn::{Path, parse_quote, parse_str};

const PACKAGE: &str = "from-secrets";

/// Returns `::from_secrets`, or the name of the dependency in the manifest if it is renamed. rustc's error for an
/// unresolved path could not include a hint.
pub(crate) fn path() -> Path {
    // Not cached, because rust-analyzer expands the macros of many crates in one process.
    match manifests().and_then(|manifests| name_in(&manifests)) {
        Some(name) => {
            let name = Ident::new(&name, Span::call_site());
            parse_quote!(::#name)
        }
        None => parse_quote!(::from_secrets),
    }
}

/// The manifests of the crate and of its workspace, if any.
struct Manifests {
    own: String,
    workspace: Option<String>,
}

/// Returns `None` outside of Cargo.
fn manifests() -> Option<Manifests> {
    let directory = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    let read = |directory: &std::path::Path| fs::read_to_string(directory.join("Cargo.toml")).ok();
    let own = read(&directory)?;
    let parents = directory.ancestors().filter_map(read);
    let workspace = parents.into_iter().find(|text| text.contains("[workspace"));
    Some(Manifests { own, workspace })
}

fn name_in(manifests: &Manifests) -> Option<String> {
    let inherited = manifests.workspace.as_deref().unwrap_or_default();
    let inherited = dependencies(inherited, |section| section.starts_with("workspace."));
    let own = dependencies(&manifests.own, |section| !section.starts_with("workspace."));
    let is_library = |dependency: &&Dependency| {
        let found = inherited.iter().find(|other| other.name == dependency.name);
        let found = found.filter(|_| dependency.package.is_none());
        found.unwrap_or(dependency).package() == PACKAGE
    };
    let names: Vec<&str> = own
        .iter()
        .filter(is_library)
        .map(|library| library.name.as_str())
        .collect();
    if names.iter().any(|name| name.replace('_', "-") == PACKAGE) {
        return None;
    }
    let mut names = names.iter().map(|name| name.replace('-', "_"));
    names.find(|name| parse_str::<Ident>(name).is_ok())
}

struct Dependency {
    name: String,
    package: Option<String>,
}

impl Dependency {
    fn package(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.name)
    }
}

/// Returns the dependencies of a manifest. Supports the usual notations only: a TOML parser would be larger than the
/// rest of the macro.
fn dependencies(manifest: &str, is_included: impl Fn(&str) -> bool) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let mut section = String::new();
    let lines = manifest.lines().map(str::trim);
    for line in lines.filter(|line| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix('[') {
            let name = header.split(']').next().unwrap_or_default();
            name.trim().clone_into(&mut section);
            if let Some((_, name)) = section
                .rsplit_once("dependencies.")
                .filter(|_| is_included(&section))
            {
                let name = unquoted(name).to_owned();
                found.push(Dependency {
                    name,
                    package: None,
                });
            }
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| is_included(&section)) else {
            continue;
        };
        let key = key.trim();
        if section.ends_with("dependencies") {
            let (name, rest) = key.split_once('.').unwrap_or((key, ""));
            let package = if rest == "package" {
                quoted(value)
            } else {
                package_of(value)
            };
            let name = unquoted(name).to_owned();
            match found.iter_mut().find(|known| known.name == name) {
                Some(known) => known.package = known.package.take().or(package),
                None => found.push(Dependency { name, package }),
            }
        } else if key == "package"
            && section.contains("dependencies.")
            && let Some(last) = found.last_mut()
        {
            last.package = quoted(value);
        }
    }
    found
}

/// Returns the `package` key of an inline table.
fn package_of(table: &str) -> Option<String> {
    let (_, rest) = table.split_once("package")?;
    quoted(rest.trim_start().strip_prefix('=')?)
}

/// Returns the quoted string at the beginning of a text.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim_start();
    let quote = text
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    text[1..].split(quote).next().map(str::to_owned)
}

fn unquoted(key: &str) -> &str {
    key.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(own: &str, workspace: &str) -> Option<String> {
        let workspace = Some(workspace.to_owned());
        let own = own.to_owned();
        name_in(&Manifests { own, workspace })
    }

    #[test]
    fn renamed_library_is_found() {
        for own in [
            "[dependencies]\nserde = \"1\"\nsecrets = { version = \"0.1\", package = \"from-secrets\" }",
            "[dev-dependencies]\nsecrets={package='from-secrets'}",
            "[dependencies.secrets]\nversion = \"0.1\"\npackage = \"from-secrets\"\n[features]",
            "[dependencies.secrets]\npackage = \"from-secrets\"\nversion = \"0.1\"\n[features]",
            "[dependencies]\nsecrets.version = \"0.1\"\nsecrets.package = \"from-secrets\"",
            "[dependencies]\n# old = { package = \"from-secrets\" }\nsecrets = { package = \"from-secrets\" }",
            "[target.'cfg(unix)'.dependencies]\n\"secrets\" = { package = \"from-secrets\" }",
        ] {
            assert_eq!(name(own, "").as_deref(), Some("secrets"), "{own}");
        }
        let workspace = "[workspace.dependencies]\nmy-secrets = { package = \"from-secrets\" }";
        for own in [
            "[dependencies]\nmy-secrets.workspace = true",
            "[dependencies]\nmy-secrets = { workspace = true }",
        ] {
            assert_eq!(name(own, workspace).as_deref(), Some("my_secrets"), "{own}");
        }
    }

    #[test]
    fn other_manifests_have_no_renamed_library() {
        let workspace = "[workspace.dependencies]\nfrom-secrets = \"0.1\"\nother = { package = \"from-secrets\" }";
        for own in [
            "",
            "[package]\nname = \"secrets\"",
            "[dependencies]\nfrom-secrets = \"0.1\"",
            "[dependencies]\nfrom_secrets = { package = \"from-secrets\" }",
            "[dependencies]\nfrom-secrets.workspace = true\nold = { package = \"from-secrets\" }",
            "[dependencies]\nsecrets = { package = \"from-secrets-derive\" }",
            "[metadata]\nsecrets = { package = \"from-secrets\" }",
            "[[[\n= =\n[dependencies\n\"",
        ] {
            assert_eq!(name(own, workspace), None, "{own}");
        }
    }
}
