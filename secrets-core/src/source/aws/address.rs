//! Whether a text can be an endpoint's URL or a region.

/// Returns what is wrong with the URL of an endpoint.
pub(super) fn endpoint_url_problem(url: &str) -> Option<&'static str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match rest {
        None => Some("is not a URL that begins with `http://` or `https://`"),
        Some(rest) if rest.is_empty() || rest.contains(char::is_whitespace) => {
            Some("is not a valid URL")
        }
        Some(_) => None,
    }
}

/// Returns what is wrong with the name of a region, which becomes part of a host name.
pub(super) fn region_problem(region: &str) -> Option<&'static str> {
    let valid = region
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (!valid || region.is_empty() || region.len() > 63).then_some("is not a region")
}
