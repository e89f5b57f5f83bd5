//! URLs of endpoints that a setting gives.

use std::net::Ipv6Addr;

/// Returns what is wrong with the URL of an endpoint, in words that follow the name of a setting: "has no scheme; …". The
/// URL itself, which may contain a password, is not part of them.
pub(super) fn problem(url: &str) -> Option<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some("has no scheme; begin it with `https://` or `http://`".to_owned());
    };
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return Some("has another scheme than `https` and `http`".to_owned());
    }
    if let Some(c) = rest.chars().find(|&c| !is_url_character(c)) {
        return Some(match c {
            c if c.is_whitespace() => "contains a space".to_owned(),
            c if c.is_control() => "contains a control character".to_owned(),
            c => format!("contains `{c}`, which is not allowed in a URL"),
        });
    }
    let (host, _) = split_port(host_and_port(rest));
    if host.is_empty() {
        return Some("has no host".to_owned());
    }
    if !is_host(host) {
        return Some("has a malformed host".to_owned());
    }
    (!is_port_valid(url)).then(|| "has a port that is not a number up to 65535".to_owned())
}

/// Returns whether the port of a URL is a number up to 65535. The HTTP client ignores any other, and uses the scheme's.
pub(super) fn is_port_valid(url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (_, port) = split_port(host_and_port(rest));
    port.is_empty() || port.parse::<u16>().is_ok()
}

/// Returns the host and the port in what follows the scheme of a URL.
pub(super) fn host_and_port(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// <https://datatracker.ietf.org/doc/html/rfc3986#section-2>
fn is_url_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

pub(super) fn split_port(authority: &str) -> (&str, &str) {
    let address_end = authority.find(']').map_or(0, |at| at + 1);
    match authority[address_end..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(address_end + colon);
            (host, &port[1..])
        }
        None => (authority, ""),
    }
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(address) => {
            let address = address.strip_suffix(']').unwrap_or_default();
            address.parse::<Ipv6Addr>().is_ok()
        }
        None => host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)),
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
            ("ftp://x", "has another scheme"),
            ("://x", "has another scheme"),
            (" http://x", "has another scheme"),
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
