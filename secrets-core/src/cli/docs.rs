//! `docs`

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::deploy_args::print_document;
use super::exit::{CliError, ExitStatus};
use super::format::print_json;
use super::loading::Placeholders;
use crate::error::Error;
use crate::load::plan::{Address, Leaf, Plan};
use crate::load::{FromSecrets, Loader};
use crate::source::VersionSelector;
use crate::spec::Necessity;

pub(super) const EXAMPLES: &[&str] = &[
    "docs >> README.md",
    "docs --placeholder stage=prod --format json",
];

/// Generate a table of the fields
#[derive(Args, Debug)]
pub(super) struct Docs {
    #[command(flatten)]
    placeholders: Placeholders,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: DocsFormat,
}

/// The format of the table.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DocsFormat {
    /// A Markdown table
    #[default]
    Markdown,
    /// A machine-readable document
    Json,
}

#[derive(Serialize)]
struct JsonDeclaration<'a> {
    #[serde(rename = "struct")]
    subject: &'a str,
    fields: Vec<JsonFieldDocs<'a>>,
}

#[derive(Serialize)]
struct JsonFieldDocs<'a> {
    #[serde(rename = "field")]
    path: &'a str,
    description: String,
    secret: Option<&'a str>,
    json_key: Option<&'a str>,
    stage_or_version: Option<&'a str>,
    variable: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<JsonAlias<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    variable_aliases: &'a [&'a str],
    required: bool,
    /// The optional struct with which it is required.
    required_with: Option<&'a str>,
    default: Option<&'a str>,
    binary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonAlias<'a> {
    secret: &'a str,
    json_key: Option<&'a str>,
}

impl Docs {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        match self.format {
            DocsFormat::Markdown => {
                print_document(self.placeholders.declaration::<T>(loader).markdown())
            }
            DocsFormat::Json => self.print_json::<T>(loader),
        }
    }

    fn print_json<T: FromSecrets>(&self, loader: &Loader) -> Result<ExitStatus, CliError> {
        let set = loader
            .placeholders()
            .iter()
            .chain(&self.placeholders.placeholder);
        let placeholder = |name: &str| {
            let value = set.clone().rfind(|(known, _)| known == name);
            value.map(|(_, value)| value.clone())
        };
        let subject = T::SPEC.name();
        let plan =
            Plan::new(T::SPEC, &placeholder).map_err(|flaws| Error::declaration(subject, flaws))?;
        print_json(&JsonDeclaration {
            subject,
            fields: plan.leaves.iter().map(field).collect(),
        })?;
        Ok(ExitStatus::Success)
    }
}

fn field(leaf: &Leaf) -> JsonFieldDocs<'_> {
    let address = leaf.address.as_ref();
    let version = address.map(|address| address.request.version());
    let is_required = leaf.field.necessity() == Necessity::Required;
    JsonFieldDocs {
        path: &leaf.path,
        description: leaf.described(),
        secret: address.map(|address| address.request.id()),
        json_key: address.and_then(|address| address.json_key.as_deref()),
        stage_or_version: match version {
            Some(VersionSelector::Stage(name) | VersionSelector::Id(name)) => Some(name),
            Some(VersionSelector::Current) | None => None,
        },
        variable: leaf.variable.as_deref(),
        aliases: leaf.aliases.iter().map(alias).collect(),
        variable_aliases: leaf.variable_aliases,
        required: is_required && leaf.optional_with.is_none(),
        required_with: leaf.optional_with.as_deref().filter(|_| is_required),
        default: leaf.field.default_text(),
        binary: leaf.field.is_binary(),
        separator: leaf.field.separator(),
    }
}

fn alias(address: &Address) -> JsonAlias<'_> {
    JsonAlias {
        secret: address.request.id(),
        json_key: address.json_key.as_deref(),
    }
}
