//! `GetParametersByPath`: the parameters below a name as one JSON object.

use std::time::SystemTime;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::operation::get_parameters_by_path::GetParametersByPathOutput;
use aws_sdk_ssm::types::Parameter;
use zeroize::Zeroizing;

use super::object::{Clash, object};
use crate::source::aws::batch::{BatchService, left_out};
use crate::source::aws::call::Calls;
use crate::source::{FetchResult, MissingReason, SecretValue, SourceError, SourceErrorKind};

/// How many parameters stand on a page, at most.
const PAGE: i32 = 10;
/// How many pages are read. A thousand parameters are no object of a few keys.
const PAGES: usize = 100;

/// A parameter below a path. Its value is in our own buffer, which is wiped.
struct PathLeaf {
    name: String,
    value: Zeroizing<String>,
    modified: Option<SystemTime>,
}

impl PathLeaf {
    fn new(parameter: Parameter) -> Option<Self> {
        let modified = parameter.last_modified_date;
        Some(Self {
            value: Zeroizing::new(parameter.value?),
            name: parameter.name?,
            modified: modified.and_then(|time| SystemTime::try_from(time).ok()),
        })
    }
}

/// Fetches the parameters below a path as a JSON object of strings.
pub(super) async fn fetch_below(calls: &Calls<'_, Client>, path: &str) -> FetchResult {
    match leaves(calls, path).await {
        Ok(leaves) => assembled(path, &leaves),
        Err(result) => result,
    }
}

/// Returns the parameters of all pages, or the result if they are incomplete.
async fn leaves(calls: &Calls<'_, Client>, path: &str) -> Result<Vec<PathLeaf>, FetchResult> {
    let mut leaves = Vec::new();
    let mut next = None;
    for _ in 0..PAGES {
        let page = page(calls, path, next).await?;
        next = page.next_token.filter(|token| !token.is_empty());
        let parameters = page.parameters.into_iter().flatten();
        leaves.extend(parameters.filter_map(PathLeaf::new));
        if next.is_none() {
            return Ok(leaves);
        }
    }
    Err(FetchResult::Failed(endless(path)))
}

async fn page(
    calls: &Calls<'_, Client>,
    path: &str,
    token: Option<String>,
) -> Result<GetParametersByPathOutput, FetchResult> {
    let region = calls.clients.region().unwrap_or_default();
    if let Some(error) = calls.rejected_in(region) {
        return Err(FetchResult::Failed(error));
    }
    let call = calls
        .clients
        .client_in(region)
        .get_parameters_by_path()
        .path(path)
        .recursive(true)
        .with_decryption(true)
        .max_results(PAGE)
        .set_next_token(token);
    let page = calls.within_deadline(region, call.send()).await;
    page.map_err(|error| match error.result {
        FetchResult::Failed(error) if error.kind() == SourceErrorKind::Denied => {
            FetchResult::Failed(denied(path, &error))
        }
        result => result,
    })
}

/// The version of an object is none of its parameters'; it is as new as the newest of them.
fn assembled(path: &str, leaves: &[PathLeaf]) -> FetchResult {
    let parameters = leaves.iter().map(|leaf| (&*leaf.name, leaf.value.as_str()));
    let text = match object(path, parameters) {
        Ok(Some(text)) => text,
        Ok(None) if leaves.is_empty() => return FetchResult::Missing(MissingReason::Parameter),
        Ok(None) => return left_out(Client::NAME),
        Err(clash) => return FetchResult::Failed(malformed(&clash)),
    };
    FetchResult::Found(SecretValue {
        created_at: leaves.iter().filter_map(|leaf| leaf.modified).max(),
        ..SecretValue::text(text)
    })
}

fn denied(path: &str, error: &SourceError) -> SourceError {
    let message = format!(
        "there is no parameter `{path}`, and what lies below it cannot be read by path: {}",
        error.message()
    );
    error.clone().with_message(message).with_hint(format!(
        "allow `ssm:GetParametersByPath` on `parameter{path}` for the role of this process, or store the JSON object in the parameter `{path}`"
    ))
}

fn malformed(clash: &Clash) -> SourceError {
    let Clash(name) = clash;
    let message =
        format!("`{name}` is a parameter and has others below it, so it is no value of an object");
    SourceError::new(SourceErrorKind::Malformed, message).with_hint("rename it, or those below it")
}

fn endless(path: &str) -> SourceError {
    let message = format!("there are more than {PAGES} pages of parameters below `{path}`");
    SourceError::new(SourceErrorKind::Internal, message)
        .with_hint("name a path with fewer parameters below it")
}
