//! The fewest instructions for a batch: a signed request over one connection, without the SDK.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Read, Write};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{Contender, Runtime, Wanted};

/// The maximum of the API.
const MOST: usize = 20;

/// The roots of Debian, if no other ones are set.
const ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

pub struct Limit {
    runtime: Runtime,
    client: Client,
}

struct Client {
    wanted: Wanted,
    names: Vec<String>,
    endpoint: Uri,
    region: String,
    credentials: Credentials,
    connection: Option<SendRequest<Full<Bytes>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    secret_values: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    name: String,
    secret_string: String,
}

impl Contender for Limit {
    fn new(wanted: &Wanted) -> Self {
        let id = variable("AWS_ACCESS_KEY_ID");
        let key = variable("AWS_SECRET_ACCESS_KEY");
        let region = variable("AWS_REGION");
        let endpoint = std::env::var("AWS_ENDPOINT_URL")
            .unwrap_or_else(|_| format!("https://secretsmanager.{region}.amazonaws.com"));
        let client = Client {
            wanted: *wanted,
            names: wanted.names(),
            endpoint: endpoint.parse().expect("a URL"),
            region,
            credentials: Credentials::new(id, key, None, None, "environment"),
            connection: None,
        };
        Self {
            runtime: Runtime::default(),
            client,
        }
    }

    fn load(&mut self) -> usize {
        self.runtime.wait(self.client.total())
    }
}

impl Client {
    async fn total(&mut self) -> usize {
        let mut total = 0;
        let names = self.names.clone();
        for names in names.chunks(MOST) {
            for entry in self.batch(names).await {
                assert!(names.contains(&entry.name));
                total += match self.wanted {
                    Wanted::Json => Wanted::total_of_json(&entry.secret_string),
                    Wanted::Secrets(_) => entry.secret_string.len(),
                };
            }
        }
        total
    }

    async fn batch(&mut self, names: &[String]) -> Vec<Entry> {
        let request = self.signed(json!({ "SecretIdList": names }).to_string());
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(connect(&self.endpoint).await),
        };
        poll_fn(|context| connection.poll_ready(context))
            .await
            .expect("an open connection");
        let response = connection.send_request(request).await.expect("a response");
        let body = response.into_body().collect().await.expect("a body");
        let response: Response = serde_json::from_slice(&body.to_bytes()).expect("JSON");
        response.secret_values
    }

    fn signed(&self, body: String) -> Request<Full<Bytes>> {
        let authority = self.endpoint.authority().expect("a host").as_str();
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("host", authority),
            ("x-amz-target", "secretsmanager.BatchGetSecretValue"),
        ];
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("secretsmanager")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("all parameters")
            .into();
        let url = format!(
            "{}://{authority}/",
            self.endpoint.scheme_str().expect("a scheme")
        );
        let signable = SignableRequest::new(
            "POST",
            url,
            headers.into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        );
        let signed = sign(signable.expect("a request"), &params).expect("a signature");
        let mut request = Request::post("/");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Full::from(body.clone())).expect("a request");
        signed.into_parts().0.apply_to_request_http1x(&mut request);
        request
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

async fn connect(endpoint: &Uri) -> SendRequest<Full<Bytes>> {
    let host = endpoint.host().expect("a host");
    let is_plain = endpoint.scheme_str() == Some("http");
    let port = endpoint
        .port_u16()
        .unwrap_or(if is_plain { 80 } else { 443 });
    let stream = TcpStream::connect((host, port))
        .await
        .expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    if is_plain {
        return http_over(TokioIo::new(stream)).await;
    }
    let name = ServerName::try_from(host.to_owned()).expect("a name");
    let connector = TlsConnector::from(Arc::new(tls()));
    let stream = connector.connect(name, stream).await.expect("a handshake");
    http_over(TokioIo::new(stream)).await
}

fn tls() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let file = std::env::var("SSL_CERT_FILE").unwrap_or_else(|_| ROOTS.to_owned());
    let certificates = CertificateDer::pem_file_iter(file).expect("a file");
    roots.add_parsable_certificates(certificates.flatten());
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn http_over(stream: impl Read + Write + Unpin + Send + 'static) -> SendRequest<Full<Bytes>> {
    let (sender, connection) = handshake(stream).await.expect("HTTP");
    tokio::spawn(connection);
    sender
}
