//! Proxies that environment variables name.
//!
//! The SDK's HTTP client reads the variables with hyper-util, which ignores a variable with an invalid value. The same
//! code determines here whether a request goes through a proxy, so that such a variable is an error.

use std::env::{self, VarError};
use std::net::IpAddr;

use hyper_util::client::proxy::matcher::Matcher;

use crate::source::aws::endpoint_url::{host_and_port, is_port_valid, split_port};
use crate::source::{SourceError, SourceErrorKind};

/// The first variable that is set counts, even if it is empty.
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const EXCEPT: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The variables that name servers of credentials. No proxy may see their secrets.
const CREDENTIALS: [&str; 2] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
];

/// The proxies of this process, without their passwords.
#[derive(Debug, Default)]
pub(super) struct Proxies {
    http: Option<ProxySetting>,
    https: Option<ProxySetting>,
    /// Hosts that issue credentials.
    credentials: Vec<String>,
    /// Intercepts every request except those to hosts that `NO_PROXY` lists.
    except: Option<Matcher>,
}

/// The proxy that a variable names, or the error of a proxy that the HTTP client cannot use.
type ProxySetting = Result<Proxy, SourceError>;

#[derive(Clone, Copy, Debug)]
struct Proxy {
    variable: &'static str,
    is_https: bool,
}

/// The route of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    /// The variable that names the proxy, or `None` for a direct request.
    pub(super) proxy: Option<&'static str>,
    /// Whether the server or the proxy uses TLS.
    pub(super) needs_tls: bool,
}

/// Reads an environment variable.
type ReadVariable<'a> = &'a dyn Fn(&str) -> Option<Result<String, VarError>>;

impl Proxies {
    pub(super) fn from_variables() -> Self {
        Self::read(&|name| match env::var(name) {
            Err(VarError::NotPresent) => None,
            value => Some(value),
        })
    }

    fn read(variable: ReadVariable<'_>) -> Self {
        // The web server of a CGI program sets `HTTP_PROXY` from a header of the request: <https://httpoxy.org>
        if variable("REQUEST_METHOD").is_some() {
            return Self::default();
        }
        let proxy = |names| {
            let (name, value) = first(names, variable)?;
            (value != Ok(String::new())).then(|| read_proxy(name, value))
        };
        let host_in = |name: &&str| Some(host(&variable(name)?.ok()?).to_owned());
        let except = first(EXCEPT, variable).and_then(|(_, value)| value.ok());
        let any_proxy = Matcher::builder().all("http://proxy.invalid");
        Self {
            http: proxy(HTTP).or_else(|| proxy(ALL)),
            https: proxy(HTTPS).or_else(|| proxy(ALL)),
            credentials: CREDENTIALS.iter().filter_map(host_in).collect(),
            except: Some(any_proxy.no(except.unwrap_or_default()).build()),
        }
    }

    /// Returns the route of a request.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable that names the proxy has a value that the HTTP client cannot use.
    pub(super) fn route(&self, url: &str) -> Result<Route, SourceError> {
        let is_https = is_https(url);
        let setting = if is_https { &self.https } else { &self.http };
        let setting = setting.as_ref().filter(|_| !self.is_direct(url));
        let proxy = setting.cloned().transpose()?;
        Ok(Route {
            proxy: proxy.map(|proxy| proxy.variable),
            needs_tls: is_https || proxy.is_some_and(|proxy| proxy.is_https),
        })
    }

    fn is_direct(&self, url: &str) -> bool {
        let host = host(url);
        let issues_credentials = |known: &String| known.eq_ignore_ascii_case(host);
        let is_excepted = || {
            let except = self.except.as_ref().zip(url.parse().ok());
            except.is_none_or(|(except, url)| except.intercept(&url).is_none())
        };
        is_link_local(host) || self.credentials.iter().any(issues_credentials) || is_excepted()
    }
}

fn first(
    names: [&'static str; 2],
    variable: ReadVariable<'_>,
) -> Option<(&'static str, Result<String, VarError>)> {
    let mut values = names.into_iter().map(|name| Some((name, variable(name)?)));
    values.find_map(|value| value)
}

fn read_proxy(variable: &'static str, value: Result<String, VarError>) -> ProxySetting {
    let is_https = match value {
        Ok(url) => is_https_proxy(variable, &url),
        Err(_) => Err(format!("`{variable}` is not Unicode")),
    };
    let proxy = is_https.map(|is_https| Proxy { variable, is_https });
    proxy.map_err(|message| {
        SourceError::new(SourceErrorKind::Configuration, message).with_hint(format!(
            "set `{variable}` to the URL of an HTTP proxy, such as `http://proxy.example.com:3128`, or unset it; list hosts that need no proxy in `NO_PROXY`"
        ))
    })
}

/// Parses the URL of a proxy like the HTTP client, and returns whether the proxy uses TLS, or an error message.
fn is_https_proxy(variable: &str, url: &str) -> Result<bool, String> {
    let destination = "http://destination.invalid".parse().ok();
    let matcher = Matcher::builder().http(url).build();
    let intercept = destination.and_then(|destination| matcher.intercept(&destination));
    match intercept
        .as_ref()
        .and_then(|proxy| proxy.uri().scheme_str())
    {
        Some(scheme) if scheme.starts_with("socks") => Err(format!(
            "`{variable}` names a SOCKS proxy, which the AWS SDK does not support"
        )),
        Some(scheme) if is_port_valid(url) => Ok(scheme == "https"),
        _ => Err(format!("`{variable}` is not the URL of an HTTP proxy")),
    }
}

fn is_https(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

/// Returns the host of a URL, an IPv6 address without its brackets.
fn host(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, _) = split_port(host_and_port(rest));
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Returns whether a host is this machine or on the link to its host, like the metadata services of EC2, ECS and EKS.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
fn is_link_local(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    match name.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        // EC2 and EKS use `fd00:ec2::` instead of link-local addresses.
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.segments()[..2] == [0xfd00, 0x0ec2]
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AWS: &str = "https://secretsmanager.us-east-1.amazonaws.com/";

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        Proxies::read(&|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(Ok((*value).to_owned()))
        })
    }

    /// Returns the variable that names a request's proxy.
    fn variable(variables: &[(&str, &str)], url: &str) -> Option<&'static str> {
        proxies(variables).route(url).unwrap().proxy
    }

    #[test]
    fn scheme_decides_the_variable() {
        let http = ("HTTP_PROXY", "http://a:1");
        let https = ("https_proxy", "http://b:1");
        let all = ("ALL_PROXY", "c:1");
        assert_eq!(variable(&[], AWS), None);
        assert_eq!(variable(&[http], AWS), None);
        assert_eq!(variable(&[http, https, all], AWS), Some("https_proxy"));
        assert_eq!(
            variable(&[http, https, all], "http://x/"),
            Some("HTTP_PROXY")
        );
        assert_eq!(variable(&[http, all], AWS), Some("ALL_PROXY"));
        // The upper-case variable counts, also if it is empty.
        let empty = ("HTTPS_PROXY", "");
        assert_eq!(variable(&[empty, https], AWS), None);
        assert_eq!(variable(&[empty, all], AWS), Some("ALL_PROXY"));
        assert_eq!(variable(&[https, ("REQUEST_METHOD", "GET")], AWS), None);
    }

    #[test]
    fn local_and_credentials_hosts_go_direct() {
        let variables = [
            ("ALL_PROXY", "http://a:1"),
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "https://Credentials.example:8443/x",
            ),
        ];
        for url in [
            "http://127.0.0.1:4566/",
            "https://127.9.9.9/",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
            "http://LocalHost:4566/",
            "http://secrets.localhost/",
            "http://169.254.169.254/latest",
            "http://169.254.170.2/v2",
            "http://[fd00:ec2::254]/latest",
            "http://[fd00:ec2::23]/v1",
            "https://credentials.example:8443/x",
        ] {
            assert_eq!(variable(&variables, url), None, "{url}");
        }
        for url in [
            AWS,
            "http://128.0.0.1/",
            "http://localhost.example/",
            "http://[fd00::1]/",
        ] {
            assert_eq!(variable(&variables, url), Some("ALL_PROXY"), "{url}");
        }
    }

    #[test]
    fn unusable_proxy_names_its_variable() {
        for (value, problem) in [
            ("http://canary:99999999", "is not the URL of an HTTP proxy"),
            (" http://canary", "is not the URL of an HTTP proxy"),
            ("socks4a://x:1", "names a SOCKS proxy"),
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
                let proxies = proxies(&[(name, value)]);
                let error = proxies.route(AWS).unwrap_err();
                let message = error.message();
                assert!(message.contains(problem), "{value}: {message}");
                assert!(message.contains(&format!("`{name}`")), "{message}");
                assert!(!format!("{error:?}{proxies:?}").contains("canary"));
                assert_eq!(proxies.route("https://127.0.0.1/").unwrap().proxy, None);
            }
        }
    }

    #[test]
    fn proxy_scheme_defaults_to_http() {
        let plain = "http://secretsmanager.example/";
        let needs_tls = |value| {
            let proxies = proxies(&[("HTTP_PROXY", value)]);
            proxies.route(plain).unwrap().needs_tls
        };
        for value in [
            "proxy",
            "proxy:3128",
            "http://u:p@proxy:3128/",
            "HTTP://[::1]:3128",
        ] {
            assert!(!needs_tls(value), "{value}");
        }
        assert!(needs_tls("https://proxy"));
    }

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

    #[test]
    fn excepted_hosts_go_direct() {
        for (list, direct) in [
            ("", false),
            ("amazonaws.com", true),
            (".amazonaws.com", true),
            (
                "other.example, secretsmanager.us-east-1.amazonaws.com",
                true,
            ),
            ("*", true),
            ("notamazonaws.com", false),
            ("10.0.0.0/8", false),
        ] {
            for name in EXCEPT {
                let variables = [("HTTPS_PROXY", "http://a:1"), (name, list)];
                assert_eq!(variable(&variables, AWS).is_none(), direct, "{list}");
            }
        }
    }

    #[test]
    fn non_unicode_variable_fails() {
        let raw = || Err(VarError::NotUnicode("x".into()));
        let proxies = Proxies::read(&|name| (name == "HTTPS_PROXY").then(raw));
        let error = proxies.route(AWS).unwrap_err();
        assert!(
            error.message().contains("`HTTPS_PROXY` is not Unicode"),
            "{error}"
        );
    }
}
