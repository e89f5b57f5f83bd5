//! That the program has tried all of the public interface, as `.ci/interface` lists it.

use std::collections::BTreeSet;

use crate::probe::Output;

const INTERFACE: &str = include_str!("../../.ci/interface/from-secrets.txt");

/// Types that are not tested, with the reason.
const NOT_SHOWN: &[&str] = &[
    // It contains the names of a test.
    "ValueName",
];

/// Functions that are not gone through, with the reason.
const NOT_ENTERED: &[&str] = &[
    // `run_with` on the process's arguments; `tests/leaks/cli.rs` runs it.
    "cli::run",
    // Every load calls it.
    "SecretSource::fetch",
    "Memory::fetch",
    "Arc::fetch",
    // They return errors, as `fetch` does, and never a value.
    "SecretSource::ready",
    "Memory::ready",
    "Arc::ready",
    // They fail a test, and their messages are compared with values there.
    "testing::check_source",
    "cases::binary",
    "cases::denied",
    "cases::found",
    "cases::json_keys",
    "cases::largest",
    "cases::malformed",
    "cases::many",
    "cases::missing",
    "cases::odd_names",
    "cases::slow",
    "cases::unreachable",
    // The functions of `FromSecrets`, for a struct behind a pointer.
    "Arc::check_defaults",
    "Arc::load",
    "Arc::load_blocking",
    "Box::check_defaults",
    "Box::load",
    "Box::load_blocking",
    "Rc::check_defaults",
    "Rc::load",
    "Rc::load_blocking",
];

/// Fails where a type has not been shown, or a function that loads or gives something out has not been gone through.
#[track_caller]
pub(crate) fn assert_complete(output: &[Output]) {
    let reported = |word: &'static str| output.iter().flat_map(move |output| output.reported(word));
    let shown: BTreeSet<&str> = reported("SHOWN").map(|name| last(bare(name))).collect();
    let entered: BTreeSet<&str> = reported("ENTERED").collect();
    let types: Vec<&str> = INTERFACE.lines().filter_map(type_name).collect();
    let functions: BTreeSet<String> = INTERFACE.lines().filter_map(function).collect();
    assert!(types.len() > 30 && functions.len() > 20, "the list is read");
    let unshown: Vec<_> = types
        .iter()
        .filter(|name| !shown.contains(*name) && !NOT_SHOWN.contains(name))
        .collect();
    assert!(
        unshown.is_empty(),
        "no `Debug` of these was looked at: {unshown:?}"
    );
    let is_new =
        |name: &&String| !entered.contains(name.as_str()) && !NOT_ENTERED.contains(&name.as_str());
    let new: Vec<_> = functions.iter().filter(is_new).collect();
    assert!(
        new.is_empty(),
        "add an `Entry` of the leak probe for these: {new:?}"
    );
}

/// The name of a public type.
fn type_name(line: &str) -> Option<&str> {
    let item = line.trim_start_matches("#[non_exhaustive] ");
    let path = item
        .strip_prefix("pub struct ")
        .or_else(|| item.strip_prefix("pub enum "))?;
    Some(last(bare(path)))
}

/// Removes the type's parameters.
fn bare(path: &str) -> &str {
    path.split(['<', '(']).next().unwrap_or_default()
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or_default()
}

/// A function that can fail, waits, or runs a program: `Type::function`.
fn function(line: &str) -> Option<String> {
    let item = line
        .strip_prefix("pub async fn ")
        .or_else(|| line.strip_prefix("pub fn "))?;
    let gives = [
        "core::result::Result<",
        "Future<",
        "ExitCode",
        "FetchFuture<",
    ];
    let is_meant = line.starts_with("pub async") || gives.iter().any(|gives| item.contains(gives));
    if !is_meant || item.contains("fmt::Result") {
        return None;
    }
    let path = item.split('(').next()?;
    // Type parameters stand within the path: `Live<T>::load`.
    let mut depth = 0;
    let path: String = path
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '<');
            let is_outside = depth == 0;
            depth -= i32::from(*c == '>');
            is_outside
        })
        .collect();
    let mut parts = path.rsplit("::");
    let (name, owner) = (parts.next()?, parts.next()?);
    Some(format!("{owner}::{name}"))
}
