//! Whether, and after which wait, a call that changes nothing is tried again.
//!
//! It only decides: the caller sleeps, and counts the time.

use std::time::Duration;

use crate::domain::{Failure, FailureKind};

/// A service that asks for a longer wait is not waited for: the person is told.
const LONGEST_OBEYED: Duration = Duration::from_mins(2);

/// The longest wait while the service is out of reach.
const LONGEST_IN_OUTAGE: Duration = Duration::from_secs(30);

/// A longer wait is nothing that a service would mean: it counts as not asked for.
const LONGEST_MEANT: Duration = Duration::from_hours(24);

/// What all tries of one operation may cost together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How many tries there are, the first included.
    pub tries: u32,
    /// How long the waits, and the tries themselves, may take in all. Neither the time in which
    /// the computer sleeps counts nor that in which a recording arrives.
    pub time: Duration,
    /// The longest wait before the second try. It doubles from try to try.
    pub first_wait: Duration,
    /// How long the service may be out of reach where something has come that can be gone on with. Such
    /// tries count by nothing else: a network goes, and comes again.
    pub outage: Duration,
}

/// The wait before another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// How long it is.
    pub length: Duration,
    /// Which try comes after it, counted from 1.
    pub next: u32,
    /// How many tries there are at most; `None` where they are not counted.
    pub of: Option<u32>,
}

/// Decides for one operation. There is one for all layers: nothing below it tries anything again, but for
/// a GET over a connection that had been kept open and was closed just then.
pub struct Retry {
    budget: Budget,
    random: fastrand::Rng,
    begun: u32,
    /// How many of late did not reach the service, and are not counted.
    unreached: u32,
}

impl Budget {
    /// For a download.
    pub const DOWNLOAD: Self = Self {
        tries: 5,
        time: Duration::from_mins(5),
        first_wait: Duration::from_secs(4),
        outage: Duration::from_mins(15),
    };

    /// For a look, after which nobody but a person waits.
    pub const LOOK: Self = Self {
        tries: 2,
        time: Duration::from_secs(10),
        first_wait: Duration::from_secs(1),
        outage: Duration::ZERO,
    };
}

impl Retry {
    /// Before the first try. The waits are drawn from `random`.
    pub const fn new(budget: Budget, random: fastrand::Rng) -> Self {
        Self {
            budget,
            random,
            begun: 1,
            unreached: 0,
        }
    }

    /// Has the next try that fails count as the first.
    pub const fn begin_anew(&mut self) {
        (self.begun, self.unreached) = (1, 0);
    }

    /// Takes in what the try met that was begun last, `spent` of the budget's time being gone.
    /// `None` where another one would be of no use, or is not to be had.
    ///
    /// The wait is drawn evenly from nothing up to a length that doubles ("full jitter"): many
    /// that failed together do not come back together. It is never shorter than what the service
    /// asked for (`Retry-After`, RFC 9110 section 10.2.3).
    pub fn after(&mut self, failure: &Failure, spent: Duration) -> Option<Wait> {
        self.unreached = 0;
        if self.begun >= self.budget.tries || !may_pass(failure) {
            return None;
        }
        let drawn = self.drawn(self.begun, Duration::MAX);
        let asked = asked_for(failure).unwrap_or_default();
        let length = drawn.max(asked);
        if asked > LONGEST_OBEYED || spent.saturating_add(length) > self.budget.time {
            return None;
        }
        self.begun += 1;
        Some(Wait {
            length,
            next: self.begun,
            of: Some(self.budget.tries),
        })
    }

    /// The same where something has come that can be gone on with, and the service has been
    /// [out of reach](is_out_of_reach) for so long.
    pub fn after_outage(&mut self, outage: Duration) -> Option<Wait> {
        self.unreached += 1;
        let length = self.drawn(self.unreached, LONGEST_IN_OUTAGE);
        (outage.saturating_add(length) <= self.budget.outage).then_some(Wait {
            length,
            next: self.begun,
            of: None,
        })
    }

    fn drawn(&mut self, begun: u32, most: Duration) -> Duration {
        let doubled = 1_u32.checked_shl(begun - 1).unwrap_or(u32::MAX);
        let longest = self.budget.first_wait.saturating_mul(doubled).min(most);
        longest.mul_f64(self.random.f64())
    }
}

/// Whether a try has not come as far as the service.
pub const fn is_out_of_reach(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::ServiceNotFound
            | FailureKind::NoAnswer
            | FailureKind::TimedOut
            | FailureKind::ConnectionDropped { received: 0, .. }
    ) && failure.details.status.is_none()
}

/// How long the service asked to wait, where it can have meant it.
fn asked_for(failure: &Failure) -> Option<Duration> {
    let seconds = failure.details.retry_after_seconds?;
    let asked = Duration::from_secs(seconds);
    (asked <= LONGEST_MEANT).then_some(asked)
}

/// Whether the next try may well be met by something else.
///
/// Connections that fail, bodies that are cut or stall, 408, 429, 500, 502, 503 and 504 pass, and
/// so may what a cache had kept, what came damaged or was not what was announced, and what came
/// empty or was no recording, with nothing to show that it was all.
/// What the service or the network decided does not, nor does trouble of this computer's own.
const fn may_pass(failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::ServiceNotFound
        | FailureKind::NoAnswer
        | FailureKind::TimedOut
        | FailureKind::ConnectionDropped { .. }
        | FailureKind::TooManyRequests { .. }
        | FailureKind::AnswerTooOld
        | FailureKind::DamagedInTransit { .. }
        | FailureKind::PiecesDoNotFit
        | FailureKind::DamagedRecording {
            on_server: false, ..
        }
        | FailureKind::NotAudio { arrived: false }
        | FailureKind::EmptyRecording { arrived: false }
        | FailureKind::OtherRecording { arrived: false, .. } => true,
        FailureKind::ServiceTrouble => {
            matches!(failure.details.status, Some(500 | 502 | 503 | 504))
        }
        FailureKind::NotTrusted
        | FailureKind::Proxy
        | FailureKind::SignInNotAccepted
        | FailureKind::NotAllowed
        | FailureKind::NameNotAccepted
        | FailureKind::NothingThere
        | FailureKind::Redirected { .. }
        | FailureKind::WebPageInstead
        | FailureKind::NotAudio { arrived: true }
        | FailureKind::JsonInstead
        | FailureKind::Base64Instead
        | FailureKind::EmptyRecording { arrived: true }
        | FailureKind::OtherRecording { arrived: true, .. }
        | FailureKind::DamagedRecording {
            on_server: true, ..
        }
        | FailureKind::UnexpectedAnswer
        | FailureKind::DiskFull { .. }
        | FailureKind::FolderNotWritable { .. }
        | FailureKind::FolderMissing { .. }
        | FailureKind::FolderGone { .. }
        | FailureKind::DestinationIsFolder { .. }
        | FailureKind::ReplacesBackup { .. }
        | FailureKind::FileNameRefused { .. }
        | FailureKind::Disk { .. }
        | FailureKind::ReadBackDiffers { .. }
        | FailureKind::FileHeld { .. }
        | FailureKind::PartGone { .. }
        | FailureKind::CompletenessNotProven { .. }
        | FailureKind::CopyChanged
        | FailureKind::PasswordNotAccepted
        | FailureKind::NoPasswordSignIn
        | FailureKind::RuleForbids
        | FailureKind::RuleNeedsUserName
        | FailureKind::SamePerson
        | FailureKind::RecordNotWritable
        | FailureKind::RecordTampered
        | FailureKind::StoreTrouble
        | FailureKind::NotRecorded
        | FailureKind::DataInUse
        | FailureKind::DataFromNewerVersion
        | FailureKind::DataNotBroughtUpToDate
        | FailureKind::DataFolderUnusable { .. }
        | FailureKind::PracticeTrouble
        | FailureKind::NoFileDialogs
        | FailureKind::SignInNotNoted
        | FailureKind::KeychainTrouble(_)
        | FailureKind::KeychainNotCleared(_)
        | FailureKind::SleptMeanwhile
        | FailureKind::WindowDidNotAnswer
        | FailureKind::ConfirmationStale
        | FailureKind::ConfirmedByAnother { .. }
        | FailureKind::NotSignedIn
        | FailureKind::Busy
        | FailureKind::QueueFull
        | FailureKind::Internal => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use jiff::Timestamp;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::api::{Connector, HttpConnector, RecordingsApi};
    use crate::domain::{Damage, DoctorName, OtherRecording, Secret, ServiceOrigin};

    const SECOND: Duration = Duration::from_secs(1);

    fn retry(budget: Budget) -> Retry {
        Retry::new(budget, fastrand::Rng::with_seed(7))
    }

    fn failure(kind: FailureKind, status: Option<u16>, retry_after: Option<u64>) -> Failure {
        let mut failure = Failure::new(kind, Timestamp::UNIX_EPOCH, "");
        failure.details.status = status;
        failure.details.retry_after_seconds = retry_after;
        failure
    }

    fn dropped() -> Failure {
        let kind = FailureKind::ConnectionDropped {
            received: 59,
            total: None,
        };
        failure(kind, Some(200), None)
    }

    /// A service that answers every request with the head that it was last told, and no body.
    struct Service {
        head: Arc<Mutex<String>>,
        api: Arc<dyn RecordingsApi>,
    }

    impl Service {
        async fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let head = Arc::new(Mutex::new(String::new()));
            let told = head.clone();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut asked = Vec::new();
                    while !asked.ends_with(b"\r\n\r\n") {
                        asked.push(stream.read_u8().await.unwrap());
                    }
                    let head = told.lock().unwrap().clone();
                    let answer = format!("HTTP/1.1 {head}Connection: close\r\n\r\n");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
            let origin = ServiceOrigin::parse(&format!("http://127.0.0.1:{port}")).unwrap();
            let token = Secret::new("a.b.c".to_owned());
            let api = HttpConnector::default().connect(&origin, token).unwrap();
            Self { head, api }
        }

        /// What the client makes of an answer.
        async fn met(&self, head: String) -> Failure {
            *self.head.lock().unwrap() = head;
            let doctor = DoctorName::parse("Dr. Amelia Smith").unwrap();
            self.api
                .look(&doctor, Duration::MAX)
                .await
                .unwrap_err()
                .failure
        }
    }

    #[tokio::test]
    async fn of_all_statuses_only_these_are_tried_again() {
        let service = Service::start().await;
        let mut again = Vec::new();
        // 200 without a body is what the service has.
        for status in 201..=599 {
            let met = service.met(format!("{status} Said\r\nContent-Length: 0\r\n"));
            if retry(Budget::DOWNLOAD)
                .after(&met.await, Duration::ZERO)
                .is_some()
            {
                again.push(status);
            }
        }
        assert_eq!(again, [408, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn of_all_faults_only_those_of_the_connection_and_its_damage_are_tried_again() {
        let path = || std::path::PathBuf::from("/a.wav");
        let received = 9;
        for (kind, again) in [
            (FailureKind::ServiceNotFound, true),
            (FailureKind::NoAnswer, true),
            (FailureKind::TimedOut, true),
            (dropped().kind, true),
            (FailureKind::NotTrusted, false),
            (FailureKind::Proxy, false),
            (FailureKind::SignInNotAccepted, false),
            (FailureKind::NothingThere, false),
            (FailureKind::Redirected { to_host: None }, false),
            (FailureKind::WebPageInstead, false),
            (FailureKind::NotAudio { arrived: true }, false),
            (FailureKind::NotAudio { arrived: false }, true),
            (FailureKind::JsonInstead, false),
            (FailureKind::Base64Instead, false),
            (FailureKind::EmptyRecording { arrived: false }, true),
            (FailureKind::EmptyRecording { arrived: true }, false),
            (
                FailureKind::OtherRecording {
                    kind: OtherRecording::Ds2,
                    arrived: true,
                },
                false,
            ),
            (
                FailureKind::OtherRecording {
                    kind: OtherRecording::Ds2,
                    arrived: false,
                },
                true,
            ),
            (
                FailureKind::DamagedRecording {
                    damage: Damage::Altered,
                    on_server: false,
                },
                true,
            ),
            (
                FailureKind::DamagedRecording {
                    damage: Damage::Altered,
                    on_server: true,
                },
                false,
            ),
            (FailureKind::UnexpectedAnswer, false),
            (FailureKind::AnswerTooOld, true),
            (FailureKind::PiecesDoNotFit, true),
            (FailureKind::ServiceTrouble, false),
            (
                FailureKind::DamagedInTransit {
                    expected: Some(8),
                    received,
                },
                true,
            ),
            (FailureKind::DiskFull { path: path() }, false),
            (FailureKind::FolderNotWritable { path: path() }, false),
            (FailureKind::FolderMissing { path: path() }, false),
            (FailureKind::FolderGone { path: path() }, false),
            (FailureKind::Disk { path: path() }, false),
            (FailureKind::ReadBackDiffers { path: path() }, false),
            (FailureKind::PartGone { path: path() }, false),
            (
                FailureKind::FileHeld {
                    path: path(),
                    part: path(),
                },
                false,
            ),
            (FailureKind::CompletenessNotProven { path: path() }, false),
            (FailureKind::StoreTrouble, false),
            (FailureKind::NotRecorded, false),
            (FailureKind::Internal, false),
        ] {
            let met = failure(kind.clone(), None, None);
            let wait = retry(Budget::DOWNLOAD).after(&met, Duration::ZERO);
            assert_eq!(wait.is_some(), again, "{kind:?}");
        }
    }

    /// `None`: not tried again. `own` is what is waited where the service asks for nothing.
    #[tokio::test]
    async fn retry_after_is_obeyed_in_both_forms_up_to_two_minutes() {
        let own = retry(Budget::DOWNLOAD)
            .after(&dropped(), Duration::ZERO)
            .unwrap()
            .length;
        let service = Service::start().await;
        let date = "Date: Mon, 23 Nov 2026 14:00:00 GMT\r\n";
        for (headers, length) in [
            ("Retry-After: 7\r\n", Some(7 * SECOND)),
            ("Retry-After: 120\r\n", Some(120 * SECOND)),
            ("Retry-After: 121\r\n", None),
            ("Retry-After: 3600\r\n", None),
            // Nothing that a service would mean.
            ("Retry-After: 86401\r\n", Some(own)),
            ("Retry-After: 18446744073709551616\r\n", Some(own)),
            ("Retry-After: 0\r\n", Some(own)),
            ("Retry-After: -7\r\n", Some(own)),
            ("Retry-After: 7.5\r\n", Some(own)),
            ("Retry-After: soon\r\n", Some(own)),
            ("Retry-After: \r\n", Some(own)),
            ("", Some(own)),
            (
                "Retry-After: Mon, 23 Nov 2026 14:00:50 GMT\r\n",
                Some(50 * SECOND),
            ),
            ("Retry-After: Mon, 23 Nov 2026 13:59:00 GMT\r\n", Some(own)),
            ("Retry-After: Mon, 23 Nov 1970 14:00:50 GMT\r\n", Some(own)),
            ("Retry-After: Mon, 23 Nov 2026 14:02:01 GMT\r\n", None),
            ("Retry-After: Mon, 23 Nov 2076 14:00:50 GMT\r\n", Some(own)),
            // Another zone, said and not said.
            (
                "Retry-After: Mon, 23 Nov 2026 15:00:50 +0100\r\n",
                Some(50 * SECOND),
            ),
            ("Retry-After: Mon, 23 Nov 2026 15:00:50 GMT\r\n", None),
            ("Retry-After: Mon, 23 Nov 2026 09:00:50 GMT\r\n", Some(own)),
        ] {
            for status in [429, 503] {
                let head = format!("{status} Said\r\nContent-Length: 0\r\n{date}{headers}");
                let met = service.met(head).await;
                let wait = retry(Budget::DOWNLOAD).after(&met, Duration::ZERO);
                let found = wait.map(|wait| wait.length);
                assert_eq!(found, length, "{status} {headers}");
            }
        }
    }

    #[test]
    fn a_look_waits_for_no_more_than_its_ten_seconds() {
        for (asked, spent, again) in [
            (9, 0, true),
            (9, 1, true),
            (9, 2, false),
            (11, 0, false),
            (0, 10, false),
        ] {
            let met = failure(FailureKind::ServiceTrouble, Some(503), Some(asked));
            let wait = retry(Budget::LOOK).after(&met, Duration::from_secs(spent));
            assert_eq!(wait.is_some(), again, "{asked} s asked, {spent} s spent");
        }
        let mut look = retry(Budget::LOOK);
        assert!(look.after(&dropped(), Duration::ZERO).is_some());
        assert_eq!(look.after(&dropped(), Duration::ZERO), None);
    }

    #[test]
    fn a_download_waits_ever_longer_four_times_and_then_gives_up() {
        let schedule = |seed| {
            let random = fastrand::Rng::with_seed(seed);
            let mut retry = Retry::new(Budget::DOWNLOAD, random);
            let mut spent = Duration::ZERO;
            let mut waits = Vec::new();
            while let Some(wait) = retry.after(&dropped(), spent) {
                assert_eq!((wait.next, wait.of), (retry.begun, Some(5)));
                spent += wait.length;
                waits.push(wait.length);
            }
            waits
        };
        for (wait, next) in schedule(2026).iter().zip(2..) {
            println!("seed 2026: try {next} of 5 after {wait:?}");
        }
        assert_eq!(schedule(2026), schedule(2026));
        for seed in 0..200 {
            let waits = schedule(seed);
            assert_eq!(waits.len(), 4);
            for (wait, longest) in waits.iter().zip([4, 8, 16, 32]) {
                assert!(*wait <= longest * SECOND, "{wait:?} of {longest} s");
            }
        }
        // All of the range is drawn from: the mean of 200 is near its middle.
        let third: Duration = (0..200).map(|seed| schedule(seed)[2]).sum();
        let mean = third / 200;
        assert!((6 * SECOND..10 * SECOND).contains(&mean), "{mean:?}");
    }

    #[test]
    fn an_outage_is_waited_for_a_quarter_of_an_hour_and_costs_no_tries() {
        for seed in 0..50 {
            let mut retry = Retry::new(Budget::DOWNLOAD, fastrand::Rng::with_seed(seed));
            let (mut outage, mut waits) = (Duration::ZERO, 0);
            while let Some(wait) = retry.after_outage(outage) {
                assert!(wait.length <= LONGEST_IN_OUTAGE);
                assert_eq!((wait.next, wait.of), (1, None));
                outage += wait.length + SECOND / 10;
                waits += 1;
            }
            let minutes = 60 * SECOND;
            assert!((14 * minutes..=15 * minutes + SECOND).contains(&outage));
            assert!(waits > 30, "{waits}");
            assert_eq!(retry.after(&dropped(), Duration::ZERO).unwrap().next, 2);
        }
        assert_eq!(retry(Budget::LOOK).after_outage(Duration::ZERO), None);
    }

    #[test]
    fn the_five_minutes_hold_for_all_tries_together() {
        let asked = failure(FailureKind::ServiceTrouble, Some(503), Some(120));
        let mut retry = retry(Budget::DOWNLOAD);
        assert!(retry.after(&asked, Duration::ZERO).is_some());
        assert!(retry.after(&asked, 120 * SECOND).is_some());
        assert_eq!(retry.after(&asked, 240 * SECOND), None);
        assert_eq!(retry.after(&dropped(), 300 * SECOND), None);
    }
}
