//! The HTTP client, which sets up TLS when the first `https` request is made.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Builder as Thread;
use std::time::Duration;

use aws_sdk_secretsmanager::config::{RuntimeComponents, SharedAsyncSleep, SharedHttpClient};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use tokio::sync::{OnceCell, oneshot};

use super::bundle::CaBundle;
use super::error::{SetupError, through_proxy};
use super::proxies::{Proxies, Proxy};
use super::{roots, url};
use crate::per_process::PerProcess;
use crate::source::{SourceError, SourceErrorKind};

/// Creates the client. No file is read before a request needs it.
pub(super) fn new(mode: CryptoMode, bundle: Option<CaBundle>) -> SharedHttpClient {
    SharedHttpClient::new(Client {
        setup: Arc::new(Setup {
            mode,
            bundle,
            proxies: Proxies::from_variables(),
        }),
        connectors: Mutex::default(),
    })
}

struct Setup {
    mode: CryptoMode,
    bundle: Option<CaBundle>,
    proxies: Proxies,
}

/// Keeps a connector for each combination of timeouts.
struct Client {
    setup: Arc<Setup>,
    connectors: Mutex<Vec<(Timeouts, SharedHttpConnector)>>,
}

/// For connecting, and for reading.
type Timeouts = [Option<Duration>; 2];

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeouts = [settings.connect_timeout(), settings.read_timeout()];
        let connectors = self.connectors.lock();
        let mut connectors = connectors.unwrap_or_else(PoisonError::into_inner);
        if let Some((_, connector)) = connectors.iter().find(|(known, _)| *known == timeouts) {
            return connector.clone();
        }
        let connector = SharedHttpConnector::new(ByScheme(Arc::new(Connectors {
            setup: Arc::clone(&self.setup),
            settings: settings.clone(),
            sleep: components.sleep_impl(),
            plain: Routes::default(),
            secure: Routes::default(),
        })));
        connectors.push((timeouts, connector.clone()));
        connector
    }

    /// As the SDK's own client does, for the user agent.
    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("hyper", Some(Cow::Borrowed("1.x"))))
    }
}

/// What is built for each way to a server.
#[derive(Default)]
struct Routes<T> {
    direct: T,
    through_proxy: T,
}

impl<T> Routes<T> {
    fn of(&self, proxy: Option<Proxy>) -> &T {
        match proxy {
            Some(_) => &self.through_proxy,
            None => &self.direct,
        }
    }
}

/// Connectors that are built when they are first needed. All are of one type, so that the program contains it once.
struct Connectors {
    setup: Arc<Setup>,
    settings: HttpConnectorSettings,
    sleep: Option<SharedAsyncSleep>,
    /// Without certificates, for requests without TLS.
    plain: Routes<OnceLock<Connector>>,
    secure: Routes<OnceCell<Connector>>,
}

impl Connectors {
    fn build(&self, proxy: Option<Proxy>, trusted: TrustStore) -> Result<Connector, SourceError> {
        let context = TlsContext::builder().with_trust_store(trusted).build();
        let context = context.map_err(|error| {
            SourceError::new(
                SourceErrorKind::Internal,
                format!("TLS cannot be set up: {error}"),
            )
        })?;
        let proxies = match proxy {
            Some(_) => ProxyConfig::from_env(),
            None => ProxyConfig::disabled(),
        };
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(self.setup.mode.clone()))
            .tls_context(context)
            .connector_settings(self.settings.clone())
            .proxy_config(proxies);
        builder.set_sleep_impl(self.sleep.clone());
        Ok(builder.build())
    }

    fn plain(&self, proxy: Option<Proxy>) -> Result<&Connector, SourceError> {
        let connector = self.plain.of(proxy);
        if let Some(connector) = connector.get() {
            return Ok(connector);
        }
        let built = self.build(proxy, TrustStore::empty())?;
        Ok(connector.get_or_init(|| built))
    }

    async fn secure(self: &Arc<Self>, proxy: Option<Proxy>) -> Result<&Connector, SourceError> {
        let build = || {
            let this = Arc::clone(self);
            on_thread(move || {
                let trusted = roots::trusted(this.setup.bundle.as_ref())?;
                this.build(proxy, trusted)
            })
        };
        self.secure.of(proxy).get_or_try_init(build).await
    }
}

/// Chooses the connector for a request.
struct ByScheme(Arc<Connectors>);

impl fmt::Debug for ByScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByScheme").finish_non_exhaustive()
    }
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.connector(request.uri()) {
            Ok((Some(connector), None)) => connector.call(request),
            Ok((_, proxy)) => self.call_later(request, proxy),
            Err(failure) => HttpConnectorFuture::ready(Err(SetupError(failure).into())),
        }
    }
}

impl ByScheme {
    /// Returns the connector, if it is built or needs no file, and the proxy of the request.
    fn connector(&self, request: &str) -> Result<(Option<&Connector>, Option<Proxy>), SourceError> {
        let proxy = self.0.setup.proxies.of(request)?;
        let connector = if needs_certificates(request, proxy) {
            self.0.secure.of(proxy).get()
        } else {
            Some(self.0.plain(proxy)?)
        };
        Ok((connector, proxy))
    }

    fn call_later(&self, request: HttpRequest, proxy: Option<Proxy>) -> HttpConnectorFuture {
        let connectors = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let connector = if needs_certificates(request.uri(), proxy) {
                connectors.secure(proxy).await.map_err(SetupError)?
            } else {
                connectors.plain(proxy).map_err(SetupError)?
            };
            let result = connector.call(request).await;
            result.map_err(|error| match proxy {
                Some(proxy) => through_proxy(proxy.variable, error),
                None => error,
            })
        })
    }
}

fn needs_certificates(request: &str, proxy: Option<Proxy>) -> bool {
    url::is_https(request) || proxy.is_some_and(|proxy| proxy.is_https)
}

/// How many threads may read certificates at once. A file system that hangs holds up one for each load.
const MOST_READING: usize = 16;

/// How many do. The threads of a parent are not those of its child.
static READING: PerProcess<Arc<AtomicUsize>> = PerProcess::new();

/// Runs what reads files on a thread of its own: one that hangs then delays neither the load's deadline nor the end of
/// the runtime.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    let failed = |problem: &str| {
        let message = format!("the root certificates cannot be read: {problem}");
        SourceError::new(SourceErrorKind::Internal, message)
    };
    let reading = READING.with(|count| Arc::clone(count));
    while reading.load(Ordering::Relaxed) >= MOST_READING {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    reading.fetch_add(1, Ordering::Relaxed);
    let (sender, receiver) = oneshot::channel();
    let thread = Thread::new().name("from-secrets-tls".to_owned());
    let counted = Arc::clone(&reading);
    let spawned = thread.spawn(move || {
        let done = work();
        counted.fetch_sub(1, Ordering::Relaxed);
        let _ = sender.send(done);
    });
    if let Err(error) = spawned {
        reading.fetch_sub(1, Ordering::Relaxed);
        return Err(failed(&error.to_string()));
    }
    receiver
        .await
        .unwrap_or_else(|_| Err(failed("the thread that reads them ended")))
}
