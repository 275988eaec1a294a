use url::Url;

use crate::domain::Version;
use crate::domain::origin::is_loopback;

/// An address that answers with the newest version: HTTPS, or plain HTTP to a loopback address, without
/// a user name, a password or a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateAddress(Url);

/// What the administrator of a computer has said about asking for newer versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdatePolicy {
    /// Nothing.
    NotSaid,
    /// That nobody is to ask.
    Off,
    /// That this address is to be asked.
    Address(UpdateAddress),
    /// Something that is no such address, or could not be read.
    Unusable,
}

/// Where it is asked which version is the newest, and who decides that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum UpdateSource {
    /// Nowhere.
    #[default]
    Nowhere,
    /// At the administrator's address; there is none where what they wrote can't be used.
    Administrator(Option<UpdateAddress>),
    /// At the address that the program was built with, where the person wants that.
    Builder(UpdateAddress),
}

/// What is known of which version is the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NewestVersion {
    /// Not asked yet.
    #[default]
    NotAsked,
    /// This one.
    Is(Version),
    /// There was no answer that says it.
    NotKnown,
}

impl UpdateAddress {
    /// Takes an address with its scheme; `None` where it is none that may be asked.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // A URL's parser passes over line breaks and tabs (url.spec.whatwg.org, section 4.4).
        if text.chars().any(|it| it.is_whitespace() || it.is_control()) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let is_secure = match (url.scheme(), url.host()?) {
            ("https", _) => true,
            ("http", host) => is_loopback(&host),
            _ => false,
        };
        let names_nobody = url.username().is_empty() && url.password().is_none();
        (is_secure && names_nobody && url.fragment().is_none()).then_some(Self(url))
    }

    /// The address as a URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is asked without TLS: it is on this computer then.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whom it asks, as people read it: the host.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl UpdatePolicy {
    /// What the administrator wrote: an address, or nothing but space to have nobody ask.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.trim().is_empty() {
            Self::Off
        } else {
            UpdateAddress::parse(text).map_or(Self::Unusable, Self::Address)
        }
    }
}

impl UpdateSource {
    /// What the administrator said counts; else the address that the program was built with.
    #[must_use]
    pub fn choose(policy: UpdatePolicy, built_with: Option<&str>) -> Self {
        match policy {
            UpdatePolicy::Off => Self::Nowhere,
            UpdatePolicy::Address(address) => Self::Administrator(Some(address)),
            UpdatePolicy::Unusable => Self::Administrator(None),
            UpdatePolicy::NotSaid => built_with
                .and_then(UpdateAddress::parse)
                .map_or(Self::Nowhere, Self::Builder),
        }
    }

    /// The address, where there is one.
    #[must_use]
    pub const fn address(&self) -> Option<&UpdateAddress> {
        match self {
            Self::Nowhere => None,
            Self::Administrator(address) => address.as_ref(),
            Self::Builder(address) => Some(address),
        }
    }

    /// Whether it is asked, by whether the person wants it.
    #[must_use]
    pub const fn is_asked(&self, is_wanted: bool) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Administrator(address) => address.is_some(),
            Self::Builder(_) => is_wanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://updates.clinic.example/newest";

    fn address(text: &str) -> UpdateAddress {
        UpdateAddress::parse(text).unwrap()
    }

    #[test]
    fn an_address_is_https_or_on_this_computer_and_names_nobody() {
        for text in [
            HERE,
            " https://updates.clinic.example:8443/a/b?c=d\n",
            "http://127.0.0.1:8080/newest",
            "http://[::1]/newest",
            "http://localhost/newest",
        ] {
            assert!(UpdateAddress::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "updates.clinic.example",
            "http://updates.clinic.example/newest",
            "http://localhost.evil.example",
            "ftp://updates.clinic.example",
            "file:///etc/passwd",
            "https://",
            "https://user@updates.clinic.example",
            "https://user:pw@updates.clinic.example",
            "https://updates.clinic.example/#x",
            "https://updates.clinic.example\nhttps://other.example",
            "https://up dates.clinic.example",
        ] {
            assert_eq!(UpdateAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_the_administrator_says_counts_before_what_the_program_was_built_with() {
        let built_with = Some("https://builder.example/newest");
        for (said, source) in [
            (
                UpdatePolicy::NotSaid,
                UpdateSource::Builder(address("https://builder.example/newest")),
            ),
            (UpdatePolicy::of(" \n"), UpdateSource::Nowhere),
            (
                UpdatePolicy::of(HERE),
                UpdateSource::Administrator(Some(address(HERE))),
            ),
            (
                UpdatePolicy::of("http://updates.clinic.example"),
                UpdateSource::Administrator(None),
            ),
            (UpdatePolicy::Unusable, UpdateSource::Administrator(None)),
        ] {
            assert_eq!(UpdateSource::choose(said, built_with), source);
        }
        for built_with in [None, Some(""), Some("http://builder.example")] {
            let source = UpdateSource::choose(UpdatePolicy::NotSaid, built_with);
            assert_eq!(source, UpdateSource::Nowhere, "{built_with:?}");
        }
    }

    #[test]
    fn only_the_administrator_or_the_person_has_anything_asked() {
        assert!(!UpdateSource::Nowhere.is_asked(true));
        assert!(!UpdateSource::Builder(address(HERE)).is_asked(false));
        assert!(UpdateSource::Builder(address(HERE)).is_asked(true));
        assert!(UpdateSource::Administrator(Some(address(HERE))).is_asked(false));
        assert!(!UpdateSource::Administrator(None).is_asked(true));
    }
}
