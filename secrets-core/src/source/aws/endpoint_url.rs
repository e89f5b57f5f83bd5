//! URLs of endpoints in settings.

use std::net::Ipv6Addr;

/// Returns the problem of an endpoint's URL as a predicate: "has no scheme; …". The problem does not contain the URL,
/// which may contain a password.
pub(super) fn problem(url: &str) -> Option<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some("has no scheme; begin it with `https://` or `http://`".to_owned());
    };
    let (host, _) = split_port(host_and_port(rest));
    let problem = match rest.chars().find(|&c| !is_url_character(c)) {
        _ if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            "has a scheme other than `https` and `http`"
        }
        Some(c) if c.is_whitespace() => "contains a space",
        Some(c) if c.is_control() => "contains a control character",
        Some(c) => return Some(format!("contains `{c}`, which is not allowed in a URL")),
        None if host.is_empty() => "has no host",
        None if !is_host(host) => "has a malformed host",
        None if !is_port_valid(url) => "has a port that is not a number up to 65535",
        None => return None,
    };
    Some(problem.to_owned())
}

/// Returns whether the port of a URL is a number up to 65535. The HTTP client ignores any other port, and uses the
/// scheme's.
pub(super) fn is_port_valid(url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (_, port) = split_port(host_and_port(rest));
    port.is_empty() || port.parse::<u16>().is_ok()
}

/// Returns the host and the port of a URL without its scheme.
pub(super) fn host_and_port(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// <https://datatracker.ietf.org/doc/html/rfc3986#section-2>
fn is_url_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// Splits off the port. The colons of an IPv6 address are within brackets.
pub(super) fn split_port(authority: &str) -> (&str, &str) {
    let address_end = authority.find(']').map_or(0, |at| at + 1);
    let port = authority[address_end..].find(':');
    port.map_or((authority, ""), |at| {
        let (host, port) = authority.split_at(address_end + at);
        (host, &port[1..])
    })
}

fn is_host(host: &str) -> bool {
    let is_host_character = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    match host.strip_prefix('[') {
        Some(address) => {
            let address = address.strip_suffix(']').unwrap_or_default();
            address.parse::<Ipv6Addr>().is_ok()
        }
        None => host.chars().all(is_host_character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_aws_and_emulators_pass() {
        for url in [
            "https://secretsmanager.us-east-1.amazonaws.com",
            "http://localhost:4566/",
            "HTTP://127.0.0.1:",
            "http://[::1]:4566/path",
            "https://user:p%40ss@host_name:443/a/b",
        ] {
            assert_eq!(problem(url), None, "{url}");
        }
    }

    #[test]
    fn malformed_endpoint_is_described() {
        for (url, expected) in [
            ("foo", "has no scheme"),
            ("localhost:4566", "has no scheme"),
            ("//host", "has no scheme"),
            ("ftp://x", "has a scheme other than"),
            ("://x", "has a scheme other than"),
            (" http://x", "has a scheme other than"),
            ("http://", "has no host"),
            ("http:///path", "has no host"),
            ("http://:80", "has no host"),
            ("http://user:canary@", "has no host"),
            ("http://a b", "contains a space"),
            ("http://a\u{0}", "contains a control character"),
            ("http://é", "contains `é`"),
            ("http://[::1", "has a malformed host"),
            ("http://[::g]", "has a malformed host"),
            ("http://a[b", "has a malformed host"),
            ("http://x:99999", "has a port"),
            ("http://x:canary", "has a port"),
            ("http://x:1:2", "has a port"),
            ("http://user:canary@x:y", "has a port"),
        ] {
            let text = problem(url).unwrap_or_default();
            assert!(text.starts_with(expected), "{url}: {text}");
            assert!(!text.contains("canary"), "{url}: {text}");
        }
    }
}
