use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::api::{ApiError, said};
use crate::domain::{DoctorName, Failure, FailureDetails, FailureKind, ServiceOrigin};

/// Everything outside the unreserved set of RFC 3986 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One of the service's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Login,
    WhoAmI,
    Download,
    Delete,
    DeleteAll,
}

impl Call {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Login => "/api/auth/login",
            Self::WhoAmI => "/api/auth/me",
            Self::Download => "/api/download",
            Self::Delete => "/api/delete",
            Self::DeleteAll => "/api/delete-all",
        }
    }

    /// The method and path, as details and the log name the call: the query holds a name.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Login => "POST /api/auth/login",
            Self::WhoAmI => "GET /api/auth/me",
            Self::Download => "GET /api/download",
            Self::Delete => "DELETE /api/delete",
            Self::DeleteAll => "DELETE /api/delete-all",
        }
    }

    pub(super) const fn is_about_a_doctor(self) -> bool {
        matches!(self, Self::Download | Self::Delete)
    }

    pub(super) fn url(self, origin: &ServiceOrigin, doctor: Option<&DoctorName>) -> Url {
        let mut url = origin.url().clone();
        url.set_path(self.path());
        let query = doctor.map(|doctor| {
            let name = utf8_percent_encode(doctor.as_str(), RESERVED);
            format!("doctorName={name}")
        });
        url.set_query(query.as_deref());
        url
    }

    /// A failure of this call.
    pub(super) fn error(
        self,
        kind: FailureKind,
        status: Option<u16>,
        technical: impl AsRef<str>,
        may_have_reached: bool,
    ) -> ApiError {
        let technical = said::technical(technical.as_ref());
        tracing::debug!(call = self.label(), status, technical, "call failed");
        ApiError {
            failure: Failure {
                kind,
                details: Box::new(FailureDetails {
                    at: Timestamp::now(),
                    call: Some(self.label().to_owned()),
                    status,
                    technical,
                    retry_after_seconds: None,
                    earlier: Vec::new(),
                }),
            },
            may_have_reached,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_quotes_little_of_what_the_lower_layers_say() {
        let kind = || FailureKind::NotTrusted;
        let said = format!("valid for {}\u{202e}\n", "x.example, ".repeat(1_000));
        let error = Call::Delete.error(kind(), None, said, false);
        let technical = error.failure.details.technical;
        assert!(technical.chars().count() <= 1_000, "{technical}");
        assert!(technical.starts_with("valid for x.example") && technical.ends_with('…'));
        let short = Call::Delete.error(kind(), None, "a\u{202e}\nb", false);
        assert_eq!(short.failure.details.technical, "a b");
    }

    #[test]
    fn a_name_travels_with_every_reserved_byte_encoded() {
        let origin = ServiceOrigin::parse("https://api.nuxera.ai").unwrap();
        for (name, query) in [
            ("Dr. A+B", "Dr.%20A%2BB"),
            ("Jürgen O'Neil", "J%C3%BCrgen%20O%27Neil"),
            ("a&b=c#d%/?", "a%26b%3Dc%23d%25%2F%3F"),
            ("田中-_.~", "%E7%94%B0%E4%B8%AD-_.~"),
        ] {
            let doctor = DoctorName::parse(name).unwrap();
            assert_eq!(
                Call::Download.url(&origin, Some(&doctor)).as_str(),
                format!("https://api.nuxera.ai/api/download?doctorName={query}")
            );
        }
    }
}
