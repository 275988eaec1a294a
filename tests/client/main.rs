//! What the client makes of every answer that a network can give it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

mod answers;
mod bodies;
mod connections;
mod downgrades;
mod downloads;
mod environment;
mod log;
mod logins;
mod long_values;
mod newest_version;
mod proxies;
mod ranges;
mod redirects;
mod rests;
mod resumed;

use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::api::{
    ApiError, Connector, Deletion, DeletionOfAll, Download, HttpConnector, Look, RecordingsApi,
    Timeouts,
};
use audio_housekeeper::domain::{DoctorName, FailureKind, Secret, ServiceOrigin};
use support::server::Step;

const TOKEN: &str = "eyJ0ZXN0.c2VjcmV0LXRva2Vu.c2ln";
const DOCTOR: &str = "Dr. Amelia Smith";

/// The five calls, in the order of the table's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    WhoAmI,
    Look,
    Download,
    Delete,
    DeleteAll,
}

const CALLS: [Call; 5] = [
    Call::WhoAmI,
    Call::Look,
    Call::Download,
    Call::Delete,
    Call::DeleteAll,
];

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Person(Option<String>),
    Has,
    Nothing,
    Accepted,
    NothingThere,
    Failed,
    Fails(FailureKind),
}

impl Call {
    const fn deletes(self) -> bool {
        matches!(self, Self::Delete | Self::DeleteAll)
    }

    /// Makes the call, as often as it is asked: once.
    async fn make(self, api: &dyn RecordingsApi) -> Result<Seen, ApiError> {
        let doctor = doctor();
        Ok(match self {
            Self::WhoAmI => Seen::Person(api.who_am_i().await?.name),
            Self::Look => match api.look(&doctor, Duration::MAX).await? {
                Look::Has(_) => Seen::Has,
                Look::Nothing => Seen::Nothing,
            },
            Self::Download => match api.download(&doctor, Duration::MAX, None).await? {
                Download::Recording(_) => Seen::Has,
                Download::Nothing => Seen::Nothing,
            },
            Self::Delete => match api.delete(&doctor).await? {
                Deletion::Accepted => Seen::Accepted,
                Deletion::NothingThere => Seen::NothingThere,
            },
            Self::DeleteAll => match api.delete_all().await? {
                DeletionOfAll::Accepted => Seen::Accepted,
                DeletionOfAll::Failed => Seen::Failed,
            },
        })
    }
}

fn doctor() -> DoctorName {
    DoctorName::parse(DOCTOR).unwrap()
}

/// How long who waits for what is certain to come waits for it on a computer that stalls.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long who waits for what never comes waits for it: longer than a computer stalls.
const LIMIT: Duration = Duration::from_secs(4);

/// A pause that no test outlasts.
const FOR_EVER: Step = Step::Pause(Duration::from_hours(1));

/// How long what was sent has to be read before a reset. On Windows that throws away what has come and
/// is not read yet.
const BEFORE_RESET: Step = Step::Pause(if cfg!(windows) {
    Duration::from_secs(4)
} else {
    Duration::from_millis(50)
});

/// A client that waits for whatever is certain to come.
fn connect(origin: &str) -> Arc<dyn RecordingsApi> {
    connect_with(origin, PATIENCE)
}

fn connect_with(origin: &str, patience: Duration) -> Arc<dyn RecordingsApi> {
    let connector = HttpConnector::with_timeouts(Timeouts {
        connect: patience,
        read: patience,
        delete: patience,
    });
    let origin = ServiceOrigin::parse(origin).unwrap();
    connector
        .connect(&origin, Secret::new(TOKEN.to_owned()))
        .unwrap()
}

/// Asserts that neither the token nor the doctor's name stands in what is shown or logged.
fn assert_discreet(error: &ApiError) {
    for text in [format!("{error}"), format!("{error:?}")] {
        for secret in [TOKEN, "c2VjcmV0", "Amelia", "doctorName", "?"] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
    }
}
