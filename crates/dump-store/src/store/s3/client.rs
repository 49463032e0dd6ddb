//! Making the S3 client: credentials, region, connections.

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    IdentityCache, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::shared::IntoShared;

use super::S3Settings;
use super::credentials::{self, Found};
use crate::store::StoreError;

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The region that is signed for when nobody names one. Servers of one's own take any, or this one; others say which it
/// is, and AWS in this region knows the buckets of all.
const ANY_REGION: &str = "us-east-1";

/// A client as `settings` say, with credentials in hand. A region that was `found` comes before all that is configured.
pub(super) async fn connect(
    settings: &S3Settings,
    found: Option<String>,
) -> Result<Client, StoreError> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(secure_client(settings.certificates.clone()))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .build(),
        )
        // Retries and stalls are the business of the transfers, which know what they have already.
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(found) = found {
        loader = loader.region(Region::new(found));
    } else if let Some(chain) = region_chain(settings) {
        loader = loader.region(chain);
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(credentials) = &settings.credentials {
        loader = loader.credentials_provider(credentials.clone());
    }
    let mut shared = loader.load().await;
    if shared.region().is_none() {
        let anywhere = Region::from_static(ANY_REGION);
        shared = shared.into_builder().region(anywhere).build();
    }
    let credentials = Found::look(settings, &shared).await?;
    let cache = IdentityCache::lazy().load_timeout(credentials::PATIENCE);
    let mut config = aws_sdk_s3::config::Builder::from(&shared)
        .credentials_provider(credentials)
        .identity_cache(cache.build())
        .force_path_style(settings.path_style)
        // Requests carry checksums of ours, and what arrives is checked against its SHA-256 in any case.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if settings
        .endpoint
        .as_deref()
        .is_some_and(|endpoint| endpoint.starts_with("http://"))
    {
        config = config.http_client(plain_client());
    }
    Ok(Client::from_conf(config.build()))
}

/// The region of the settings, else of the environment or profile. `None` leaves it to the loader, which asks AWS itself
/// further (on an EC2 machine, where there may be an answer) and does so through its own connections: a chain that is made
/// here would have none.
fn region_chain(settings: &S3Settings) -> Option<RegionProviderChain> {
    if let Some(region) = &settings.region {
        return Some(RegionProviderChain::first_try(Region::new(region.clone())));
    }
    settings.endpoint.as_ref()?;
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .or_else(Region::from_static(ANY_REGION));
    Some(chain)
}

/// Connections through the proxy that the usual variables name, with TLS that trusts the system's certificates and
/// `certificates`. Made when first used: reading a system's certificates takes longer than many a transfer.
fn secure_client(certificates: Option<Vec<u8>>) -> SharedHttpClient {
    let connector: OnceLock<SharedHttpConnector> = OnceLock::new();
    http_client_fn(move |settings, _| {
        let make = || {
            let mut trusted = TrustStore::default();
            if let Some(pem) = &certificates {
                trusted.add_pem_certificate(pem.as_slice());
            }
            let builder =
                connector_builder(settings).tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
            match TlsContext::builder().with_trust_store(trusted).build() {
                Ok(context) => builder.tls_context(context).build().into_shared(),
                Err(_) => builder.build().into_shared(),
            }
        };
        connector.get_or_init(make).clone()
    })
}

/// Connections without TLS, for a server that is reached by plain http.
fn plain_client() -> SharedHttpClient {
    let connector: OnceLock<SharedHttpConnector> = OnceLock::new();
    http_client_fn(move |settings, _| {
        connector
            .get_or_init(|| connector_builder(settings).build_http().into_shared())
            .clone()
    })
}

fn connector_builder(settings: &HttpConnectorSettings) -> ConnectorBuilder {
    Connector::builder()
        .connector_settings(settings.clone())
        .proxy_config(ProxyConfig::from_env())
}
