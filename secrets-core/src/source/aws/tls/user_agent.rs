//! The entry of this library in the user agent of calls for credentials.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

const USER_AGENT: &str = "user-agent";
/// The text of `sdk_client::framework`.
const ENTRY: &str = concat!("lib/from-secrets/", env!("CARGO_PKG_VERSION"));

/// Adds the entry to the user agent of a request. Clients for credentials, such as those of STS, have no setting for
/// it. Signatures do not include this header.
pub(super) fn add_entry(request: &mut HttpRequest) {
    let headers = request.headers_mut();
    if let Some(agent) = headers.get(USER_AGENT)
        && !has_entry(agent)
    {
        let agent = format!("{agent} {ENTRY}");
        // Both parts are valid in a header, so this cannot fail.
        let _ = headers.try_insert(USER_AGENT, agent);
    }
}

/// Searches first, because most agents contain the entry, and splitting them takes longer.
fn has_entry(agent: &str) -> bool {
    let mut found = agent.match_indices(ENTRY);
    found.any(|(start, _)| {
        let rest = &agent[start + ENTRY.len()..];
        rest.is_empty() || rest.starts_with(' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::aws::sdk_client::framework;

    #[test]
    fn entry_is_added_once() {
        let mut request = HttpRequest::empty();
        add_entry(&mut request);
        assert_eq!(request.headers().get(USER_AGENT), None);
        request.headers_mut().insert(USER_AGENT, "sdk/1");
        for _ in 0..2 {
            add_entry(&mut request);
            let entry = framework().unwrap();
            let expected = format!("sdk/1 {entry}");
            assert_eq!(request.headers().get(USER_AGENT), Some(&*expected));
        }
    }

    #[test]
    fn entry_of_other_version_is_different() {
        for (agent, is_complete) in [
            (format!("sdk/1 {ENTRY}"), true),
            (format!("sdk/1 {ENTRY} os/linux"), true),
            (format!("sdk/1 {ENTRY}0 {ENTRY}"), true),
            (format!("sdk/1 {ENTRY}0"), false),
            (format!("sdk/1 {ENTRY}-rc.1 os/linux"), false),
        ] {
            assert_eq!(has_entry(&agent), is_complete, "{agent}");
        }
    }
}
