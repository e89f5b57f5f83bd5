//! Proxies that environment variables name.
//!
//! The SDK's HTTP client reads them with hyper-util, which ignores a variable that it cannot use. Whether a request goes
//! through a proxy is found out here with the same code, so that such a variable is an error.

use std::env::{self, VarError};
use std::fmt;
use std::net::IpAddr;

use hyper_util::client::proxy::matcher::Matcher;

use super::url;
use crate::source::aws::endpoint_url;
use crate::source::{SourceError, SourceErrorKind};

/// The first variable that is set counts, also if it is empty.
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const EXCEPT: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The variables that name servers of credentials, whose secrets no proxy should see.
const CREDENTIALS: [&str; 2] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
];

/// The proxies of this process.
#[derive(Default)]
pub(super) struct Proxies {
    http: Option<ProxySetting>,
    https: Option<ProxySetting>,
    /// Hosts that give credentials.
    credentials: Vec<String>,
    /// Intercepts every request but those to hosts that `NO_PROXY` lists.
    except: Option<Matcher>,
}

#[derive(Clone, Debug)]
struct ProxySetting {
    variable: &'static str,
    proxy: Result<Proxy, ProxyProblem>,
}

/// A proxy that the HTTP client can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    /// The variable that names it.
    pub(super) variable: &'static str,
    /// Whether it is spoken to over TLS.
    pub(super) is_https: bool,
}

#[derive(Clone, Copy, Debug)]
enum ProxyProblem {
    NotUnicode,
    NotAProxy,
    Socks,
}

/// It contains passwords.
impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies").finish_non_exhaustive()
    }
}

impl Proxies {
    pub(super) fn from_variables() -> Self {
        Self::read(&|name| match env::var(name) {
            Ok(value) => Some(Ok(value)),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => Some(Err(ProxyProblem::NotUnicode)),
        })
    }

    fn read(variables: ProxyVariables<'_>) -> Self {
        // The web server of a CGI program sets `HTTP_PROXY` from a header of the request: <https://httpoxy.org>
        if variables("REQUEST_METHOD").is_some() {
            return Self::default();
        }
        let all = ProxySetting::read(&ALL, variables);
        let own = |names| ProxySetting::read(names, variables).or_else(|| all.clone());
        let host = |name: &&str| variables(name)?.ok().map(|url| url::host(&url).to_owned());
        let except = first(&EXCEPT, variables).and_then(|(_, value)| value.ok());
        let any_proxy = Matcher::builder().all("http://proxy.invalid");
        Self {
            http: own(&HTTP),
            https: own(&HTTPS),
            credentials: CREDENTIALS.iter().filter_map(host).collect(),
            except: Some(any_proxy.no(except.unwrap_or_default()).build()),
        }
    }

    /// Returns the proxy for a request, or `None` if it goes direct.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable that names the proxy has a value that the HTTP client cannot use.
    pub(super) fn of(&self, url: &str) -> Result<Option<Proxy>, SourceError> {
        let is_https = url::is_https(url);
        let setting = if is_https { &self.https } else { &self.http };
        match setting {
            Some(setting) if !self.is_direct(url) => setting.proxy().map(Some),
            _ => Ok(None),
        }
    }

    fn is_direct(&self, url: &str) -> bool {
        let host = url::host(url);
        let gives_credentials = self
            .credentials
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host));
        let is_excepted = || {
            let except = self.except.as_ref().zip(url.parse().ok());
            except.is_none_or(|(except, url)| except.intercept(&url).is_none())
        };
        is_of_this_machine(host) || gives_credentials || is_excepted()
    }
}

/// Looks up an environment variable.
type ProxyVariables<'a> = &'a dyn Fn(&str) -> Option<Result<String, ProxyProblem>>;

fn first(
    names: &[&'static str],
    variables: ProxyVariables<'_>,
) -> Option<(&'static str, Result<String, ProxyProblem>)> {
    names
        .iter()
        .find_map(|name| Some((*name, variables(name)?)))
}

impl ProxySetting {
    fn read(names: &[&'static str], variables: ProxyVariables<'_>) -> Option<Self> {
        let (variable, value) = first(names, variables)?;
        let proxy = match value {
            Ok(value) if value.is_empty() => return None,
            Ok(value) => Proxy::read(variable, &value),
            Err(problem) => Err(problem),
        };
        Some(Self { variable, proxy })
    }

    fn proxy(&self) -> Result<Proxy, SourceError> {
        let variable = self.variable;
        self.proxy.map_err(|problem| {
            let message = match problem {
                ProxyProblem::NotUnicode => format!("the proxy in `{variable}` is not Unicode"),
                ProxyProblem::NotAProxy => format!("`{variable}` is not the URL of an HTTP proxy"),
                ProxyProblem::Socks => {
                    format!("`{variable}` names a SOCKS proxy, which the AWS SDK does not support")
                }
            };
            SourceError::new(SourceErrorKind::Configuration, message).with_hint(format!(
                "set `{variable}` to the URL of an HTTP proxy, such as `http://proxy.example.com:3128`, or unset it; `NO_PROXY` lists hosts that need no proxy"
            ))
        })
    }
}

impl Proxy {
    /// Reads a URL as the HTTP client does.
    fn read(variable: &'static str, url: &str) -> Result<Self, ProxyProblem> {
        let destination = "http://destination.invalid".parse().ok();
        let matcher = Matcher::builder().http(url).build();
        let intercept = destination.and_then(|destination| matcher.intercept(&destination));
        match intercept
            .as_ref()
            .and_then(|proxy| proxy.uri().scheme_str())
        {
            Some(scheme) if scheme.starts_with("socks") => Err(ProxyProblem::Socks),
            Some(scheme) if endpoint_url::is_port_valid(url) => Ok(Self {
                variable,
                is_https: scheme == "https",
            }),
            _ => Err(ProxyProblem::NotAProxy),
        }
    }
}

/// Returns whether a host is this machine, or the link to its host: there the metadata services of EC2, ECS and EKS are.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
fn is_of_this_machine(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    match name.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        // `fd00:ec2::` is what EC2 and EKS use in place of link-local addresses.
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

    /// The variable whose proxy a request goes through.
    fn variable(variables: &[(&str, &str)], url: &str) -> Option<&'static str> {
        let proxy = proxies(variables).of(url).unwrap();
        proxy.map(|proxy| proxy.variable)
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
            ("http://user:canary@", "is not the URL of an HTTP proxy"),
            ("http://can ary:3128", "is not the URL of an HTTP proxy"),
            ("ftp://canary", "is not the URL of an HTTP proxy"),
            ("http://canary:99999999", "is not the URL of an HTTP proxy"),
            (" http://canary", "is not the URL of an HTTP proxy"),
            ("socks5://u:canary@x:1", "names a SOCKS proxy"),
            ("socks4a://x:1", "names a SOCKS proxy"),
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
                let proxies = proxies(&[(name, value)]);
                let failure = proxies.of(AWS).unwrap_err();
                let message = failure.message();
                assert!(message.contains(problem), "{value}: {message}");
                assert!(message.contains(&format!("`{name}`")), "{message}");
                assert!(!format!("{failure:?}{proxies:?}").contains("canary"));
                assert_eq!(proxies.of("https://127.0.0.1/").unwrap(), None);
            }
        }
    }

    #[test]
    fn proxy_scheme_defaults_to_http() {
        let of = |value| proxies(&[("HTTPS_PROXY", value)]).of(AWS).unwrap().unwrap();
        for value in [
            "proxy",
            "proxy:3128",
            "http://u:p@proxy:3128/",
            "HTTP://[::1]:3128",
        ] {
            assert!(!of(value).is_https, "{value}");
        }
        assert!(of("https://proxy").is_https);
    }

    #[test]
    fn non_unicode_variable_fails() {
        let proxies =
            Proxies::read(&|name| (name == "HTTPS_PROXY").then_some(Err(ProxyProblem::NotUnicode)));
        let failure = proxies.of(AWS).unwrap_err();
        assert!(
            failure.message().contains("`HTTPS_PROXY` is not Unicode"),
            "{failure}"
        );
    }
}
