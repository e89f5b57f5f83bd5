//! `check --exists`: whether the secrets exist, without reading their values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use serde::Serialize;

use crate::cli::console::{BAD, CHANGE, GOOD, PLAIN, note, print, with_options};
use crate::cli::exit::{CliError, ExitStatus, is_unavailable};
use crate::cli::format::{OutputFormat, print_json};
use crate::cli::table::{self, Row};
use crate::format::listed;
use crate::load::plan::{Address, Leaf, Plan};
use crate::load::{FromSecrets, Loader, blocking};
use crate::report::filled;
use crate::source::aws::{SecretVersion, SecretsManagerSource, concurrently};
use crate::source::aws_api::hints;
use crate::source::{FetchResult, MissingReason, SourceError, VersionSelector};
use crate::spec::Necessity;

/// The description of each secret, by its name or ARN.
type Descriptions<'a> = BTreeMap<&'a str, Description>;

/// The versions of a secret.
struct Description {
    found: Vec<SecretVersion>,
    /// The result for each version that was not found.
    others: FetchResult<()>,
}

/// Checks the secrets of a struct with one `DescribeSecret` call each.
pub(super) fn run<T: FromSecrets>(
    loader: &Loader,
    format: OutputFormat,
) -> Result<ExitStatus, CliError> {
    let subject = T::SPEC.name();
    let plan = loader.filled_plan::<T>(|_| true)?;
    let described = describe(subject, loader, &plan)?;
    let fields = rows(&plan, &described);
    let status = status(&fields);
    match format {
        OutputFormat::Table => print(&table(&fields))?,
        OutputFormat::Json => print_json(&JsonExistence {
            subject,
            ok: status == ExitStatus::Success,
            fields: fields.iter().map(CheckedField::json).collect(),
        })?,
    }
    print_unchecked(&fields);
    Ok(status)
}

/// Describes all secrets concurrently.
fn describe<'a>(
    subject: &'static str,
    loader: &Loader,
    plan: &'a Plan,
) -> Result<Descriptions<'a>, CliError> {
    let mut versions: BTreeMap<&str, Vec<&VersionSelector>> = BTreeMap::new();
    for Address { request, .. } in plan.leaves.iter().flat_map(Leaf::addresses) {
        if !request.names_parameter() {
            let of_secret = versions.entry(request.id()).or_default();
            of_secret.push(request.version());
        }
    }
    if versions.is_empty() {
        return Ok(Descriptions::new());
    }
    let sources = loader.secrets_manager(subject)?;
    let describe = async |(id, versions): (_, Vec<_>)| {
        let described = describe_in(&sources, loader, id, &versions).await;
        (id, described)
    };
    let calls = async { Ok(concurrently(versions.into_iter().map(describe).collect()).await) };
    let described: Descriptions<'_> = blocking::run(subject, calls)?.into_iter().collect();
    for description in described.values() {
        if let FetchResult::NotConfigured(reason) = &description.others {
            return Err(CliError::Unavailable(format!(
                "Secrets Manager is not configured: {reason}"
            )));
        }
    }
    Ok(described)
}

/// Describes a secret as a load reads it: each version is in the first source that has it.
async fn describe_in(
    sources: &[SecretsManagerSource],
    loader: &Loader,
    id: &str,
    versions: &[&VersionSelector],
) -> Description {
    let mut found: Vec<SecretVersion> = Vec::new();
    let mut others = FetchResult::Missing(MissingReason::Secret);
    for (i, source) in sources.iter().enumerate() {
        let result = source.describe(loader.context(), id).await;
        let has_failed = matches!(others, FetchResult::Failed(_));
        match result {
            FetchResult::Found(described) => {
                for mut version in described {
                    // A stage stays with the version of the first source that has it.
                    version
                        .stages
                        .retain(|stage| !found.iter().any(|known| known.has_stage(stage)));
                    found.push(version);
                }
                if versions.iter().all(|own| select(&found, own).is_some()) {
                    break;
                }
                if !has_failed {
                    others = FetchResult::Missing(MissingReason::Version);
                }
            }
            FetchResult::Failed(error) => {
                let falls_back = loader.falls_back_on(error.kind());
                others = FetchResult::Failed(error);
                if !falls_back {
                    break;
                }
            }
            FetchResult::NotConfigured(reason) if i == 0 => {
                others = FetchResult::NotConfigured(reason);
            }
            FetchResult::NotConfigured(_) => {}
            FetchResult::Missing(reason) => {
                if found.is_empty() && !has_failed {
                    others = FetchResult::Missing(reason);
                }
            }
        }
    }
    Description { found, others }
}

fn select<'a>(
    versions: &'a [SecretVersion],
    selector: &VersionSelector,
) -> Option<&'a SecretVersion> {
    match selector {
        VersionSelector::Id(id) => versions.iter().find(|version| version.id == *id),
        stage => {
            let stage = stage.to_string();
            versions.iter().find(|version| version.has_stage(&stage))
        }
    }
}

/// A field with the result of its check.
struct CheckedField<'a> {
    leaf: &'a Leaf,
    /// The address of the result: that of the field, or a former one.
    address: Option<&'a Address>,
    existence: Existence<'a>,
}

enum Existence<'a> {
    Exists(&'a SecretVersion),
    /// The secret or the version does not exist.
    Missing(MissingReason),
    /// The same, for a field that does not need it.
    NotNeeded(&'static str),
    /// The reason why it was not checked.
    Unchecked(&'static str),
    Failed(&'a SourceError),
}

fn rows<'a>(plan: &'a Plan, described: &'a Descriptions<'_>) -> Vec<CheckedField<'a>> {
    let mut fields: Vec<CheckedField<'_>> = plan
        .leaves
        .iter()
        .map(|leaf| checked(leaf, described))
        .collect();
    // An optional struct is needed if one of its values exists.
    let needed: Vec<&str> = fields
        .iter()
        .filter(|field| matches!(field.existence, Existence::Exists(_)))
        .filter_map(|field| field.leaf.optional_with.as_deref())
        .collect();
    for field in &mut fields {
        let leaf = field.leaf;
        let outer = leaf.optional_with.as_deref();
        let not_needed = match leaf.field.necessity() {
            Necessity::Required if outer.is_none_or(|outer| needed.contains(&outer)) => continue,
            Necessity::Defaulted => "default",
            _ => "absent",
        };
        if matches!(field.existence, Existence::Missing(_)) {
            field.existence = Existence::NotNeeded(not_needed);
        }
    }
    fields
}

/// Checks the addresses of a field, until one exists.
fn checked<'a>(leaf: &'a Leaf, described: &'a Descriptions<'_>) -> CheckedField<'a> {
    let mut result = CheckedField {
        leaf,
        address: None,
        existence: Existence::Unchecked("read only from the environment"),
    };
    for address in leaf.addresses() {
        let existence = existence(address, described);
        let is_missing = matches!(existence, Existence::Missing(_));
        if result.address.is_none() || !is_missing {
            result.address = Some(address);
            result.existence = existence;
        }
        if !is_missing {
            break;
        }
    }
    result
}

fn existence<'a>(address: &Address, described: &'a Descriptions<'_>) -> Existence<'a> {
    let request = &address.request;
    if request.names_parameter() {
        return Existence::Unchecked("a parameter in Parameter Store");
    }
    let Some(Description { found, others }) = described.get(request.id()) else {
        return Existence::Missing(MissingReason::Secret);
    };
    match (select(found, request.version()), others) {
        (Some(version), _) => Existence::Exists(version),
        (None, FetchResult::Failed(error)) => Existence::Failed(error),
        (None, FetchResult::Missing(MissingReason::Version))
            if matches!(request.version(), VersionSelector::Id(_)) =>
        {
            Existence::Unchecked("pinned to a version without a stage, which is not described")
        }
        (None, FetchResult::Missing(reason)) => Existence::Missing(reason.clone()),
        (None, FetchResult::Found(()) | FetchResult::NotConfigured(_)) => {
            Existence::Missing(MissingReason::Secret)
        }
    }
}

fn missing_hint(address: &Address, reason: &MissingReason) -> String {
    let id = address.request.id();
    if *reason == MissingReason::Version {
        return format!("store a value in the secret `{id}`");
    }
    let result = FetchResult::Missing(reason.clone());
    let hint = hints::missing("aws", &address.request, &result).unwrap_or_default();
    filled(&hint, &[id])
}

impl CheckedField<'_> {
    fn status(&self) -> &'static str {
        match &self.existence {
            Existence::Exists(_) => "exists",
            Existence::Missing(_) => "missing",
            Existence::NotNeeded(status) => status,
            Existence::Unchecked(_) => "unchecked",
            Existence::Failed(error) => error.kind().as_str(),
        }
    }

    fn style(&self) -> Style {
        match self.existence {
            Existence::Exists(_) => GOOD,
            Existence::Missing(_) => CHANGE,
            Existence::NotNeeded(_) | Existence::Unchecked(_) => PLAIN,
            Existence::Failed(_) => BAD,
        }
    }

    fn version(&self) -> Option<&SecretVersion> {
        match self.existence {
            Existence::Exists(version) => Some(version),
            _ => None,
        }
    }

    /// Returns the reason of a negative result, and the hint.
    fn problem(&self) -> Option<(String, String)> {
        let id = self.address?.request.id();
        match &self.existence {
            Existence::Missing(reason) => {
                let text = format!("`{id}`: {reason}");
                Some((text, missing_hint(self.address?, reason)))
            }
            Existence::Failed(error) => {
                let hint = error.hint().map(with_options).unwrap_or_default();
                Some((format!("`{id}`: {error}"), hint))
            }
            _ => None,
        }
    }

    fn row(&self) -> Row {
        let dash = || "-".to_owned();
        let version = self.version();
        let requested = self.address.map(|address| address.request.id().to_owned());
        Row {
            style: self.style(),
            cells: vec![
                self.status().to_owned(),
                self.leaf.path.to_string(),
                requested.unwrap_or_else(dash),
                version.map_or_else(dash, |version| version.id.clone()),
                version.map_or_else(dash, |version| version.stages.join(", ")),
            ],
        }
    }

    fn json(&self) -> JsonCheckedField<'_> {
        let (error, hint) = self.problem().unzip();
        let version = self.version();
        JsonCheckedField {
            path: &self.leaf.path,
            status: self.status(),
            secret: self.address.map(|address| address.request.id()),
            json_key: self.address.and_then(|address| address.json_key.as_deref()),
            version_id: version.map(|version| version.id.as_str()),
            stages: version.map(|version| &*version.stages),
            error,
            hint,
        }
    }
}

#[derive(Serialize)]
struct JsonExistence<'a> {
    #[serde(rename = "struct")]
    subject: &'a str,
    ok: bool,
    fields: Vec<JsonCheckedField<'a>>,
}

#[derive(Serialize)]
struct JsonCheckedField<'a> {
    #[serde(rename = "field")]
    path: &'a str,
    status: &'a str,
    secret: Option<&'a str>,
    json_key: Option<&'a str>,
    version_id: Option<&'a str>,
    stages: Option<&'a [String]>,
    error: Option<String>,
    hint: Option<String>,
}

fn status(fields: &[CheckedField<'_>]) -> ExitStatus {
    let is_unknown = |field: &CheckedField<'_>| match field.existence {
        Existence::Failed(error) => is_unavailable(error.kind()),
        _ => false,
    };
    let is_negative = |field: &CheckedField<'_>| {
        matches!(
            field.existence,
            Existence::Missing(_) | Existence::Failed(_)
        )
    };
    if fields.iter().any(is_unknown) {
        ExitStatus::NoResult
    } else {
        ExitStatus::of(!fields.iter().any(is_negative))
    }
}

const HEAD: [&str; 5] = ["status", "field", "requested", "version", "stages"];

fn table(fields: &[CheckedField<'_>]) -> String {
    let rows: Vec<Row> = fields.iter().map(CheckedField::row).collect();
    let mut text = table::table(&HEAD, &rows);
    let problems = by_text(fields, CheckedField::problem);
    for ((problem, hint), paths) in problems {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}: {problem}", listed(&paths));
        if !hint.is_empty() {
            let _ = write!(text, "\n  help: {hint}");
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Prints what the check leaves open.
fn print_unchecked(fields: &[CheckedField<'_>]) {
    let json_key = |field: &CheckedField<'_>| {
        let address = field.address.filter(|_| field.version().is_some())?;
        address.json_key.as_ref().map(|_| ())
    };
    for ((), paths) in by_text(fields, json_key) {
        note(&format!(
            "the JSON keys of {} are not checked, because that requires reading the secrets",
            listed(&paths)
        ));
    }
    let unchecked = |field: &CheckedField<'_>| match field.existence {
        Existence::Unchecked(reason) => Some(reason),
        _ => None,
    };
    for (reason, paths) in by_text(fields, unchecked) {
        note(&format!("{} not checked: {reason}", listed(&paths)));
    }
}

/// Groups the fields with the same text.
fn by_text<'a, K: Ord>(
    fields: &'a [CheckedField<'a>],
    text: impl Fn(&'a CheckedField<'a>) -> Option<K>,
) -> BTreeMap<K, Vec<&'a str>> {
    let mut groups: BTreeMap<K, Vec<&str>> = BTreeMap::new();
    for field in fields {
        if let Some(text) = text(field) {
            groups.entry(text).or_default().push(&field.leaf.path);
        }
    }
    groups
}
