//! A certificate of `localhost` that an authority of the tests vouches for, which is nobody to anyone else.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// The authority, whose key is gone.
pub const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBqjCCAU+gAwIBAgIUPXWICdoUVzdkRrbUQS+vFylIsYIwCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWQXV0aG9yaXR5IG9mIHRoZSB0ZXN0czAgFw0yNjExMjgxODM5
NTBaGA8yMTI2MTEwNDE4Mzk1MFowITEfMB0GA1UEAwwWQXV0aG9yaXR5IG9mIHRo
ZSB0ZXN0czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKb3spFkEWJuN/H8B2mn
WpDKGlwgilQzJBrwlD8mlm0/bLW8UIakNVLu8ArZJRjTF8ijw3zQYJ1ki7OP30ou
6cejYzBhMB0GA1UdDgQWBBT154ILQty6BNciyz8sGBA4T6Dy1DAfBgNVHSMEGDAW
gBT154ILQty6BNciyz8sGBA4T6Dy1DAOBgNVHQ8BAf8EBAMCAgQwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAhZXBal8e16msjveEGzQF7pirzuqz
ML3Mmmu1iFHAIZACIQDorh2WWscez/s0lnIYoWNbXpkJlebIs8fntdlNJn0gsA==
-----END CERTIFICATE-----
";

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBujCCAWGgAwIBAgIUfx8boZkxvHNlaFXAU49csj47FwMwCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWQXV0aG9yaXR5IG9mIHRoZSB0ZXN0czAgFw0yNjExMjgxODM5
NTBaGA8yMTI2MTEwNDE4Mzk1MFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAETHP+L2SEfWxQ4wO8bneb19EXuqJnwlmzudvl
LDzU4wm1rasI/aXidn5/OiXPPOkLGAkZWEB7Rkdh1VbMYiufTqOBgTB/MBoGA1Ud
EQQTMBGCCWxvY2FsaG9zdIcEfwAAATATBgNVHSUEDDAKBggrBgEFBQcDATAMBgNV
HRMBAf8EAjAAMB0GA1UdDgQWBBQBXto5k0uq64soenl/IYGQ4P6AUzAfBgNVHSME
GDAWgBT154ILQty6BNciyz8sGBA4T6Dy1DAKBggqhkjOPQQDAgNHADBEAiBmvpCb
Bz+D3K1fChYYiiX3XCgic1/NsRQghIOi6TdDegIgZq2Bep4eMvhSFSlXYCq/ogYs
3u/CakbQvKDerQstzIY=
-----END CERTIFICATE-----
";

const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgq8F2+c5Dgzr6LP/6
A30TVQNuDSdIOCMUnhnXl/G1zFqhRANCAARMc/4vZIR9bFDjA7xud5vX0Re6omfC
WbO52+UsPNTjCbWtqwj9peJ2fn86Jc886QsYCRlYQHtGR2HVVsxiK59O
-----END PRIVATE KEY-----
";

/// Takes connections as a server that has the certificate.
pub fn acceptor() -> TlsAcceptor {
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
