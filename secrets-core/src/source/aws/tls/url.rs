//! Parts of the URLs of requests.

use crate::source::aws::endpoint_url::{host_and_port, split_port};

/// Returns whether a URL is one of TLS.
pub(super) fn is_https(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

/// Returns the host of a URL, an IPv6 address without its brackets.
pub(super) fn host(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, _) = split_port(host_and_port(rest));
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_omits_user_port_and_path() {
        for (url, expected) in [
            (
                "https://user:pass@Host.example:443/path?a=b@c",
                "Host.example",
            ),
            ("http://[::1]:80/", "::1"),
            ("http://x", "x"),
            ("x:1/y", "x"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[test]
    fn scheme_is_read_in_either_case() {
        assert!(is_https("HTTPS://x") && is_https("https://x"));
        assert!(!is_https("http://x") && !is_https("https"));
    }
}
