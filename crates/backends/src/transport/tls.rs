//! Which certificates are trusted: the machine's, a private authority's, or (by explicit choice) any.

use std::sync::Arc;

use jackfield_protocol::error::{ErrorCode, Failure};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};
use rustls_platform_verifier::Verifier;

/// TLS for one backend, without ALPN. The cryptography is named here and not taken from the process-wide default,
/// so nothing global is set or read.
///
/// # Errors
/// `InvalidConfig` when the private authority's certificate is none.
pub(super) fn client_config(ca: Option<&str>, accept_invalid: bool) -> Result<ClientConfig, Failure> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::internal(format!("TLS cannot be set up: {error}")))?;
    let authorities = ca.map_or_else(|| Ok(Vec::new()), certificates)?;
    if accept_invalid {
        let any = Arc::new(AnyCertificate(provider));
        return Ok(builder.dangerous().with_custom_certificate_verifier(any).with_no_client_auth());
    }
    let private = !authorities.is_empty();
    match Verifier::new_with_extra_roots(authorities, provider) {
        Ok(verifier) => {
            let verifier = Arc::new(verifier);
            Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
        }
        Err(_) if private => Err(bad_certificate()),
        Err(error) => {
            // Plain HTTP works all the same; every certificate is then one of an unknown authority, and the fault says so.
            tracing::warn!(%error, "this machine has no trusted certificate authorities");
            Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
        }
    }
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    all.ok().filter(|all| !all.is_empty()).ok_or_else(bad_certificate)
}

fn bad_certificate() -> Failure {
    Failure::new(ErrorCode::InvalidConfig, "The CA certificate is not a certificate in PEM text.")
        .at("/options/ca_certificate")
        .hint("Paste the whole text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.")
}

/// Takes every certificate; the handshake's signatures are still checked.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
