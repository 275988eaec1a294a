use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The service's address: a scheme, a host and a port, nothing after them.
///
/// HTTPS, or plain HTTP to a loopback address. It names the keychain entry, and a token goes
/// to no other origin.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ServiceOrigin(Url);

/// Why a text can't be the service's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not an address at all.
    #[error("this is not a web address")]
    NotAnAddress,
    /// Plain HTTP to anywhere but this computer, or a scheme that is neither.
    #[error("the address must begin with https://")]
    NotSecure,
    /// A user name, password, path, query or fragment stands in it.
    #[error("the address must end after the host and port")]
    MoreThanOrigin,
}

impl ServiceOrigin {
    /// The provider's public service.
    pub const DEFAULT: &'static str = "https://api.nuxera.ai";

    /// The longest address in characters: a scheme, a host name (253, RFC 1035 section 2.3.4), a port.
    pub const MAX_CHARACTERS: usize = 270;

    /// Takes an address as typed; `https://` is added where no scheme stands.
    ///
    /// # Errors
    /// [`OriginError`] says which rule the text breaks.
    pub fn parse(typed: &str) -> Result<Self, OriginError> {
        let typed = typed.trim();
        let with_scheme = if typed.contains("://") {
            typed.to_owned()
        } else {
            format!("https://{typed}")
        };
        let url = Url::parse(&with_scheme).map_err(|_| OriginError::NotAnAddress)?;
        match (url.scheme(), url.host()) {
            (_, None) => return Err(OriginError::NotAnAddress),
            ("https", Some(_)) => {}
            ("http", Some(host)) if is_loopback(&host) => {}
            _ => return Err(OriginError::NotSecure),
        }
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if bare {
            Ok(Self(url))
        } else {
            Err(OriginError::MoreThanOrigin)
        }
    }

    /// The address as a URL whose path is `/`.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The origin in its ASCII form (RFC 6454 section 6.2), as the keychain and the record keep it.
    #[must_use]
    pub fn ascii(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Host, and port where it is not the scheme's own, as people read it.
    #[must_use]
    pub fn label(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether this is the same scheme, host and port as `url`'s.
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

pub(super) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

impl fmt::Display for ServiceOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.ascii())
    }
}

impl fmt::Debug for ServiceOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_to_this_computer_are_taken() {
        for (typed, ascii) in [
            ("api.nuxera.ai", "https://api.nuxera.ai"),
            (" https://api.nuxera.ai/ ", "https://api.nuxera.ai"),
            ("https://clinic.example:8443", "https://clinic.example:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(
                ServiceOrigin::parse(typed).map(|o| o.ascii()).as_deref(),
                Ok(ascii)
            );
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (typed, error) in [
            ("http://api.nuxera.ai", OriginError::NotSecure),
            ("http://10.0.0.1", OriginError::NotSecure),
            ("http://localhost.evil.example", OriginError::NotSecure),
            ("ftp://api.nuxera.ai", OriginError::NotSecure),
            ("", OriginError::NotAnAddress),
            ("https://", OriginError::NotAnAddress),
            ("https://a b", OriginError::NotAnAddress),
            ("https://user:pw@api.nuxera.ai", OriginError::MoreThanOrigin),
            ("https://api.nuxera.ai/v2", OriginError::MoreThanOrigin),
            ("https://api.nuxera.ai?x=1", OriginError::MoreThanOrigin),
        ] {
            assert_eq!(ServiceOrigin::parse(typed), Err(error), "{typed}");
        }
    }
}
