//! `GetParametersByPath`: the parameters below a path as one JSON object.

use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::Parameter;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::entry::bare;
use crate::source::aws::batch::{Service, left_out};
use crate::source::aws::call::Calls;
use crate::source::{FetchResult, MissingReason, SecretValue, SourceError, SourceErrorKind};

/// The most parameters of a page.
const PAGE: i32 = 10;
/// The most pages of an object: more than a struct has fields.
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
            modified: modified.and_then(|time| time.try_into().ok()),
        })
    }
}

/// Fetches the parameters below a path as a JSON object of strings.
pub(super) async fn fetch_below(calls: &Calls<'_, Client>, path: &str) -> FetchResult {
    match leaves(calls, path).await {
        Ok(leaves) => object_of(path, &leaves),
        Err(result) => result,
    }
}

/// Returns the parameters of all pages, or the result if they are incomplete.
async fn leaves(calls: &Calls<'_, Client>, path: &str) -> Result<Vec<PathLeaf>, FetchResult> {
    let calls = calls.in_region(calls.clients.region().unwrap_or_default());
    let mut leaves = Vec::new();
    let mut next = None;
    for _ in 0..PAGES {
        let call = calls
            .client
            .get_parameters_by_path()
            .path(path)
            .recursive(true)
            .with_decryption(true)
            .max_results(PAGE)
            .set_next_token(next);
        let page = calls.send("GetParametersByPath", 1, call.send()).await;
        let page = page.map_err(|error| denied(path, error.result))?;
        let parameters = page.parameters.into_iter().flatten();
        leaves.extend(parameters.filter_map(PathLeaf::new));
        next = page.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(leaves);
        }
    }
    let message = format!("there are more than {PAGES} pages of parameters below `{path}`");
    let error = SourceError::new(SourceErrorKind::Internal, message);
    Err(FetchResult::Failed(
        error.with_hint("use a path with fewer parameters"),
    ))
}

fn denied(path: &str, result: FetchResult) -> FetchResult {
    match result {
        FetchResult::Failed(error) if error.kind() == SourceErrorKind::Denied => {
            let message = format!(
                "there is no parameter `{path}`, and the parameters below it cannot be listed: {}",
                error.message()
            );
            FetchResult::Failed(error.with_message(message).with_hint(format!(
                "allow `ssm:GetParametersByPath` on `parameter{path}` for the role of this process, or store the JSON object in the parameter `{path}`"
            )))
        }
        result => result,
    }
}

/// Returns the object, which is as new as the newest of its parameters, and has no version of its own.
fn object_of(path: &str, leaves: &[PathLeaf]) -> FetchResult {
    let parameters = leaves.iter().map(|leaf| (&*leaf.name, leaf.value.as_str()));
    match object(path, parameters) {
        Ok(Some(text)) => FetchResult::Found(SecretValue {
            created_at: leaves.iter().filter_map(|leaf| leaf.modified).max(),
            ..SecretValue::text(text)
        }),
        Ok(None) if leaves.is_empty() => FetchResult::Missing(MissingReason::Parameter),
        Ok(None) => left_out(Client::AWS),
        Err(name) => {
            let message =
                format!("`{name}` cannot be a JSON value, because other parameters are below it");
            let error = SourceError::new(SourceErrorKind::Malformed, message);
            FetchResult::Failed(error.with_hint("rename the parameter, or the parameters below it"))
        }
    }
}

/// Returns the JSON object of these names and values, or `None` if none is below the path: `/prod/db/user` is the key
/// `user` below `/prod/db`, and deeper levels are objects.
///
/// # Errors
///
/// Returns the name of a parameter that has others below it, so that it would be a text and an object.
fn object<'a>(
    path: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Option<String>, String> {
    let below = |name: &'a str| bare(name).strip_prefix(bare(path))?.strip_prefix('/');
    let leaves: BTreeMap<&str, &str> = parameters
        .filter_map(|(name, value)| Some((below(name)?, value)))
        .collect();
    for name in leaves.keys() {
        let mut above = name.match_indices('/').map(|(end, _)| &name[..end]);
        if let Some(above) = above.find(|above| leaves.contains_key(above)) {
            return Err(format!("{path}/{above}"));
        }
    }
    let object = PathObject(leaves.into_iter().collect());
    Ok(if object.0.is_empty() {
        None
    } else {
        text(&object)
    })
}

/// Names, sorted, and values below a level of the path.
struct PathObject<'a>(Vec<(&'a str, &'a str)>);

impl Serialize for PathObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let key = |name: &str| name.find('/').unwrap_or(name.len());
        let mut map = serializer.serialize_map(None)?;
        for group in self.0.chunk_by(|(a, _), (b, _)| a[..key(a)] == b[..key(b)]) {
            let name = group[0].0;
            match group {
                [(name, value)] if !name.contains('/') => map.serialize_entry(name, value)?,
                deeper => {
                    let start = key(name) + 1;
                    let deeper = deeper.iter().map(|(name, value)| (&name[start..], *value));
                    map.serialize_entry(&name[..key(name)], &Self(deeper.collect()))?;
                }
            }
        }
        map.end()
    }
}

/// Counts the bytes that would be written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes into a buffer of the right size, because a buffer that grows leaves copies of values in memory.
fn text(object: &PathObject<'_>) -> Option<String> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, object).ok()?;
    let mut text = Vec::with_capacity(length.0);
    serde_json::to_writer(&mut text, object).ok()?;
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_text_fills_buffer_exactly() {
        let value = "\u{1}\"ü".repeat(1000);
        let parameters = [("/prod/db/x", &*value)];
        let text = object("/prod/db", parameters.into_iter()).unwrap().unwrap();
        assert_eq!(text.capacity(), text.len());
    }

    #[test]
    fn parameters_outside_path_are_skipped() {
        let outside = [("/prod/db2/user", "x"), ("/prod/db", "x")];
        assert_eq!(object("/prod/db", outside.into_iter()), Ok(None));
    }
}
