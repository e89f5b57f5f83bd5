//! The HTTP client, which sets up TLS for the first `https` request.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::config::{RuntimeComponents, SharedAsyncSleep, SharedHttpClient};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::certificates::{CaBundle, trust_store};
use super::proxies::{Proxies, Route};
use super::user_agent;
use crate::source::aws::entries::{Entries, entry};
use crate::source::aws::profiles::Profiles;
use crate::source::aws::sdk_text::chain;
use crate::source::file_io::{self, Reading};
use crate::source::{SourceError, SourceErrorKind, after};

/// The cryptography of TLS. A provider that is not a default feature takes precedence, because it was selected.
const CRYPTO: CryptoMode = {
    #[cfg(feature = "rustls-aws-lc-fips")]
    {
        CryptoMode::AwsLcFips
    }
    #[cfg(all(feature = "rustls-aws-lc", not(feature = "rustls-aws-lc-fips")))]
    {
        CryptoMode::AwsLc
    }
    // The SDK's default spends tens of milliseconds of CPU time on its first handshake. This one does not.
    #[cfg(not(any(feature = "rustls-aws-lc", feature = "rustls-aws-lc-fips")))]
    {
        CryptoMode::Ring
    }
};

/// Returns the HTTP client for all services. Certificates are read, and proxies checked, by the first request that
/// needs them. Their errors are the [`SourceError`] in an error of the SDK.
#[expect(clippy::unnecessary_wraps, reason = "an error without TLS provider")]
pub(in crate::source::aws) fn http_client(
    profiles: &Profiles,
) -> Result<SharedHttpClient, SourceError> {
    Ok(SharedHttpClient::new(Client {
        setup: Arc::new(Setup {
            bundle: CaBundle::configured(profiles),
            proxies: Proxies::from_variables(),
        }),
        connectors: Entries::default(),
    }))
}

#[derive(Debug)]
struct Setup {
    bundle: Option<CaBundle>,
    proxies: Proxies,
}

/// Contains a connector for each combination of timeouts, for connecting and for reading.
#[derive(Debug)]
struct Client {
    setup: Arc<Setup>,
    connectors: Entries<[Option<Duration>; 2], SharedHttpConnector>,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeouts = [settings.connect_timeout(), settings.read_timeout()];
        let create = || Connectors {
            setup: Arc::clone(&self.setup),
            settings: settings.clone(),
            sleep: components.sleep_impl(),
            by_route: Default::default(),
        };
        let create = || SharedHttpConnector::new(RoutingConnector(Arc::new(create())));
        entry(&self.connectors, timeouts, create)
    }

    /// Like the SDK's own client, for the user agent.
    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("hyper", Some(Cow::Borrowed("1.x"))))
    }
}

/// Connectors that are created when they are first needed. All have one type, so that a program contains it once.
#[derive(Debug)]
struct Connectors {
    setup: Arc<Setup>,
    settings: HttpConnectorSettings,
    sleep: Option<SharedAsyncSleep>,
    /// Without and with TLS, and for each without and with a proxy.
    by_route: [[OnceCell<Connector>; 2]; 2],
}

impl Connectors {
    fn of(&self, route: Route) -> &OnceCell<Connector> {
        &self.by_route[usize::from(route.needs_tls)][usize::from(route.proxy.is_some())]
    }

    async fn get(self: &Arc<Self>, route: Route) -> Result<&Connector, SourceError> {
        /// A load ends earlier. The thread of a file system that hangs longer is left behind.
        const LONGEST: Duration = Duration::from_hours(1);
        let create = async || {
            if !route.needs_tls {
                return self.create(route, TrustStore::empty());
            }
            let this = Arc::clone(self);
            let work = move |_| this.create(route, trust_store(this.setup.bundle.as_ref())?);
            let deadline = after(Instant::now(), LONGEST);
            file_io::run(deadline, &Reading::default(), work).await?
        };
        self.of(route).get_or_try_init(create).await
    }

    fn create(&self, route: Route, trusted: TrustStore) -> Result<Connector, SourceError> {
        let context = TlsContext::builder().with_trust_store(trusted).build();
        let context = context.map_err(|error| {
            let message = format!("cannot set up TLS: {error}");
            SourceError::new(SourceErrorKind::Internal, message)
        })?;
        let proxies = match route.proxy {
            Some(_) => ProxyConfig::from_env(),
            None => ProxyConfig::disabled(),
        };
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CRYPTO))
            .tls_context(context)
            .connector_settings(self.settings.clone())
            .proxy_config(proxies);
        builder.set_sleep_impl(self.sleep.clone());
        Ok(builder.build())
    }
}

/// Selects the connector for a request.
#[derive(Debug)]
struct RoutingConnector(Arc<Connectors>);

impl HttpConnector for RoutingConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        user_agent::add_entry(&mut request);
        // The SDK does not retry an error of the user.
        let setup_error = |error: SourceError| ConnectorError::user(error.into());
        let route = match self.0.setup.proxies.route(request.uri()) {
            Ok(route) => route,
            Err(error) => return HttpConnectorFuture::ready(Err(setup_error(error))),
        };
        // Most requests need no future but the connector's.
        if let (Some(connector), None) = (self.0.of(route).get(), route.proxy) {
            return connector.call(request);
        }
        let connectors = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let connector = connectors.get(route).await.map_err(setup_error)?;
            let result = connector.call(request).await;
            result.map_err(|error| match route.proxy {
                Some(variable) => through_proxy(variable, error),
                None => error,
            })
        })
    }
}

/// An error of a request through a proxy.
#[derive(Debug)]
struct ProxyRequestError {
    variable: &'static str,
    source: BoxError,
}

impl fmt::Display for ProxyRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "through the proxy in `{}`", self.variable)
    }
}

impl Error for ProxyRequestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// Adds the variable that names the proxy to an error. The kind of the error, which determines retries, stays the same.
fn through_proxy(variable: &'static str, error: ConnectorError) -> ConnectorError {
    let (is_timeout, is_io, is_user) = (error.is_timeout(), error.is_io(), error.is_user());
    let kind = error.as_other();
    let source = error.into_source();
    let source = Box::new(ProxyRequestError { variable, source });
    match () {
        () if is_timeout => ConnectorError::timeout(source),
        () if is_io => ConnectorError::io(source),
        () if is_user => ConnectorError::user(source),
        () => ConnectorError::other(source, kind),
    }
}

/// Returns the variable that names the proxy of a request that failed.
pub(in crate::source::aws) fn proxy_of(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut chain = chain(error);
    chain.find_map(|error| Some(error.downcast_ref::<ProxyRequestError>()?.variable))
}
