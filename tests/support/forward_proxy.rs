//! A proxy as companies have them between their networks and the Internet.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::prelude::{BASE64_STANDARD, Engine};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, copy_bidirectional,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::background::Background;
use crate::fake_aws::Certificate;

/// Forwards all requests to one server, whatever host they name; it stops when dropped.
#[derive(Debug)]
pub struct ForwardProxy {
    background: Background,
    requests: Requests,
    certificate: Option<Certificate>,
}

/// The method and the destination of each request for a connection: `CONNECT host:443`, `POST http://host/`.
type Requests = Arc<Mutex<Vec<String>>>;

/// How a proxy decides about a connection, and where it leads.
#[derive(Clone, Debug)]
struct Rules {
    upstream: SocketAddr,
    policy: Policy,
    requests: Requests,
}

/// Which requests a proxy forwards.
#[derive(Clone, Debug)]
enum Policy {
    All,
    /// Those with this value of `Proxy-Authorization`.
    Authorized(String),
    Nothing,
}

impl ForwardProxy {
    /// Starts a proxy in front of the server at an endpoint.
    pub fn start(endpoint: &str) -> Self {
        Self::serve(endpoint, Policy::All, None)
    }

    /// Starts a proxy that requires a user and a password.
    pub fn start_with_password(endpoint: &str, user: &str, password: &str) -> Self {
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        let policy = Policy::Authorized(format!("Basic {credentials}"));
        Self::serve(endpoint, policy, None)
    }

    /// Starts a proxy that forwards nothing.
    pub fn start_refusing(endpoint: &str) -> Self {
        Self::serve(endpoint, Policy::Nothing, None)
    }

    /// Starts a proxy that clients connect to over TLS, with a certificate.
    pub fn start_tls(endpoint: &str, certificate: Certificate) -> Self {
        Self::serve(endpoint, Policy::All, Some(certificate))
    }

    fn serve(endpoint: &str, policy: Policy, certificate: Option<Certificate>) -> Self {
        let (_, address) = endpoint.split_once("://").expect("an endpoint is a URL");
        let rules = Rules {
            upstream: address.parse().expect("an endpoint on loopback"),
            policy,
            requests: Requests::default(),
        };
        let requests = Arc::clone(&rules.requests);
        let tls = certificate.as_ref().map(Certificate::acceptor);
        let background = Background::listen(move |stream| {
            let (rules, tls) = (rules.clone(), tls.clone());
            // A connection that either side breaks off is not an error here.
            tokio::spawn(async move {
                let _ = accept(stream, tls, rules).await;
            });
        });
        Self {
            background,
            requests,
            certificate,
        }
    }

    /// Returns its URL, for `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.background.address())
    }

    /// Returns its URL with a user and a password, as they are written there.
    pub fn url_with(&self, userinfo: &str) -> String {
        self.url().replace("://", &format!("://{userinfo}@"))
    }

    /// Returns the first request of each connection.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn accept(stream: TcpStream, tls: Option<TlsAcceptor>, rules: Rules) -> std::io::Result<()> {
    match tls {
        Some(tls) => forward(tls.accept(stream).await?, rules).await,
        None => forward(stream, rules).await,
    }
}

async fn forward(stream: impl AsyncRead + AsyncWrite + Unpin, rules: Rules) -> std::io::Result<()> {
    let mut client = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let request = head.lines().next().unwrap_or_default();
    let request = request.trim_end_matches(" HTTP/1.1").to_owned();
    let is_tunnel = request.starts_with("CONNECT ");
    let requests = rules.requests.lock();
    requests
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    if let Some(refusal) = rules.refusal(&head) {
        let refusal = format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n");
        return client.write_all(refusal.as_bytes()).await;
    }
    let mut server = TcpStream::connect(rules.upstream).await?;
    if is_tunnel {
        client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await?;
    } else {
        server.write_all(head.as_bytes()).await?;
    }
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

impl Rules {
    /// Returns the status of a request that is not forwarded.
    fn refusal(&self, head: &str) -> Option<&'static str> {
        match &self.policy {
            Policy::All => None,
            Policy::Authorized(value) if has_authorization(head, value) => None,
            Policy::Authorized(_) => Some("407 Proxy Authentication Required"),
            Policy::Nothing => Some("403 Forbidden"),
        }
    }
}

fn has_authorization(head: &str, expected: &str) -> bool {
    head.lines().any(|line| {
        let header = line.split_once(": ");
        header.is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("proxy-authorization") && value == expected
        })
    })
}
