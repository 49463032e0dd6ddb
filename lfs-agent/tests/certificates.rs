//! A store behind TLS whose certificate is of an authority of the team's own.
//!
//! The certificates were made with openssl for `localhost`, for a hundred years, and the authority's key is gone.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

mod common;

use std::net::TcpListener as StdTcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use common::{Team, assert_dump, dump, text};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/certificates")
        .join(name)
}

/// Ends TLS before the server at `upstream`. Returns the endpoint to use, and goes with the test.
fn tls_before(upstream: std::net::SocketAddr) -> String {
    let listener = StdTcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let chain = vec![CertificateDer::from_pem_file(certificate("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificate("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that doesn't trust the certificate goes away here.
                    if let Ok(mut client) = acceptor.accept(client).await {
                        let mut server = TcpStream::connect(upstream).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    }
                });
            }
        });
    });
    format!("https://localhost:{port}")
}

#[test]
fn an_authority_of_one_s_own_is_trusted_when_it_is_named() {
    for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        let mut team = Team::at(|s3| tls_before(s3.address()));
        let content = dump(20_000_000, 1);
        team.commit(&team.first, &content);
        let output = team
            .home
            .git_fails(&team.first, &["push", "origin", "HEAD"]);
        let said = text(&output);
        assert!(said.contains("UnknownIssuer"), "{said}");
        assert!(said.contains("AWS_CA_BUNDLE"), "the hint names it: {said}");

        team.home.set(variable, certificate("authority.pem"));
        team.home
            .git(&team.first, &["push", "-q", "origin", "HEAD"]);
        assert_dump(&team.clone("second"), &content);
    }
}
