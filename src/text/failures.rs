use std::path::Path;

use crate::domain::{
    Damage, DoctorName, DoctorNameError, Failure, FailureKind, OriginError, ServiceOrigin,
};

use super::Text;

/// A longer wait, in seconds, is nothing that a service would mean.
const LONGEST_WAIT_SAID: u64 = 24 * 60 * 60;

impl Text {
    /// What happened, what is safe, and what to do next.
    #[must_use]
    pub fn failure(&self, kind: &FailureKind) -> String {
        self.failure_of_connection(kind)
            .or_else(|| self.failure_of_service(kind))
            .or_else(|| self.failure_of_file(kind))
            .unwrap_or_else(|| self.failure_of_app(kind))
    }

    /// The same, led in by the doctor that it is about; `None` is about all of them.
    #[must_use]
    pub fn failure_about(&self, doctor: Option<&DoctorName>, kind: &FailureKind) -> String {
        let sentence = self.failure(kind).into();
        match doctor {
            Some(doctor) => self.say_with(
                "failure-about-doctor",
                &[("doctor", doctor.as_str().into()), ("sentence", sentence)],
            ),
            None => self.say_with("failure-about-all", &[("sentence", sentence)]),
        }
    }

    /// The same, of a service that nobody is signed in to now.
    #[must_use]
    pub fn failure_elsewhere(
        &self,
        service: &ServiceOrigin,
        doctor: Option<&DoctorName>,
        kind: &FailureKind,
    ) -> String {
        let service = service.label().into();
        let sentence = self.failure(kind).into();
        match doctor {
            Some(doctor) => self.say_with(
                "failure-about-doctor-elsewhere",
                &[
                    ("doctor", doctor.as_str().into()),
                    ("service", service),
                    ("sentence", sentence),
                ],
            ),
            None => self.say_with(
                "failure-elsewhere",
                &[("service", service), ("sentence", sentence)],
            ),
        }
    }

    /// What went wrong around a delete that was sent. The other sentences say that nothing was
    /// changed; of a delete that was sent nobody knows that.
    #[must_use]
    pub fn failure_after_delete(&self, kind: &FailureKind) -> String {
        match kind {
            FailureKind::TimedOut => self.say("failure-after-delete-timed-out"),
            FailureKind::ConnectionDropped { .. } => self.say("failure-after-delete-dropped"),
            FailureKind::ServiceNotFound
            | FailureKind::NoAnswer
            | FailureKind::NotTrusted
            | FailureKind::Proxy => self.say("failure-after-delete-not-reached"),
            FailureKind::ServiceTrouble | FailureKind::TooManyRequests { .. } => {
                self.say("failure-after-delete-service-trouble")
            }
            FailureKind::Redirected { .. } => self.say("failure-after-delete-redirected"),
            FailureKind::WebPageInstead => self.say("failure-after-delete-web-page"),
            FailureKind::SignInNotAccepted => self.say("failure-after-delete-sign-in"),
            FailureKind::NotAllowed => self.say("failure-after-delete-not-allowed"),
            FailureKind::AnswerTooOld => self.say("failure-after-delete-too-old"),
            FailureKind::StoreTrouble => self.say("failure-after-delete-store-trouble"),
            FailureKind::Internal => self.failure(kind),
            _ => self.say("failure-after-delete-unexpected"),
        }
    }

    /// What support would ask for, a line each, or a line a try where there were several. It
    /// holds no token and no name.
    #[must_use]
    pub fn details(&self, failure: &Failure) -> Vec<String> {
        if failure.details.earlier.is_empty() {
            return self.details_of_one(failure);
        }
        let all = failure.details.earlier.iter().chain([failure]);
        let lines = all.zip(1_u64..).map(|(met, number)| {
            let number = self.number(number).into();
            let met = self.details_of_one(met).join("; ").into();
            self.say_with("details-try", &[("number", number), ("met", met)])
        });
        lines.collect()
    }

    fn details_of_one(&self, failure: &Failure) -> Vec<String> {
        let details = &failure.details;
        let when = self.when_for_support(details.at).into();
        let mut lines = vec![self.say_with("details-when", &[("when", when)])];
        if let Some(call) = &details.call {
            lines.push(self.say_with("details-call", &[("call", call.into())]));
        }
        if let Some(status) = details.status {
            let status = status.to_string().into();
            lines.push(self.say_with("details-status", &[("status", status)]));
        }
        if !details.technical.is_empty() {
            let technical = details.technical.as_str().into();
            lines.push(self.say_with("details-technical", &[("technical", technical)]));
        }
        lines
    }

    /// Why a text can't be a doctor's name.
    #[must_use]
    pub fn name_error(&self, error: DoctorNameError) -> String {
        match error {
            DoctorNameError::Empty => self.say("name-empty"),
            DoctorNameError::TooLong { characters } => self.say_with(
                "name-too-long",
                &[
                    ("characters", characters.into()),
                    ("longest", DoctorName::MAX_CHARACTERS.into()),
                ],
            ),
            DoctorNameError::ControlCharacter => self.say("name-control-character"),
        }
    }

    /// Why a text can't be the service's address.
    #[must_use]
    pub fn origin_error(&self, error: OriginError) -> String {
        match error {
            OriginError::NotAnAddress => self.say("origin-not-an-address"),
            OriginError::NotSecure => self.say("origin-not-secure"),
            OriginError::MoreThanOrigin => self.say("origin-more-than-origin"),
        }
    }

    fn failure_of_connection(&self, kind: &FailureKind) -> Option<String> {
        Some(match kind {
            FailureKind::ServiceNotFound => self.say("failure-service-not-found"),
            FailureKind::NoAnswer => self.say("failure-no-answer"),
            FailureKind::TimedOut => self.say("failure-timed-out"),
            FailureKind::ConnectionDropped { received: 0, .. } => {
                self.say("failure-connection-dropped-early")
            }
            FailureKind::ConnectionDropped {
                received,
                total: Some(total),
            } => {
                let progress = self.size_of(*received, *total).into();
                self.say_with("failure-connection-dropped-of", &[("progress", progress)])
            }
            FailureKind::ConnectionDropped {
                received,
                total: None,
            } => {
                let received = self.size(*received).into();
                self.say_with("failure-connection-dropped", &[("received", received)])
            }
            FailureKind::NotTrusted => self.say("failure-not-trusted"),
            FailureKind::Proxy => self.say("failure-proxy"),
            FailureKind::Redirected { to_host: None } => self.say("failure-redirected"),
            FailureKind::Redirected {
                to_host: Some(host),
            } => self.say_with("failure-redirected-to", &[("host", host.into())]),
            FailureKind::WebPageInstead => self.say("failure-web-page-instead"),
            FailureKind::PiecesDoNotFit => self.say("failure-pieces-do-not-fit"),
            FailureKind::DamagedInTransit {
                expected: None,
                received,
            } => {
                let received = self.size(*received).into();
                self.say_with("failure-damaged-in-transit", &[("received", received)])
            }
            FailureKind::DamagedInTransit {
                expected: Some(expected),
                received,
            } => {
                let (expected, received) = self.sizes_told_apart(*expected, *received);
                self.say_with(
                    "failure-damaged-in-transit-of",
                    &[("expected", expected.into()), ("received", received.into())],
                )
            }
            _ => return None,
        })
    }

    fn failure_of_service(&self, kind: &FailureKind) -> Option<String> {
        Some(match kind {
            FailureKind::SignInNotAccepted => self.say("failure-sign-in-not-accepted"),
            FailureKind::NotAllowed => self.say("failure-not-allowed"),
            FailureKind::NameNotAccepted => self.say("failure-name-not-accepted"),
            FailureKind::NothingThere => self.say("failure-nothing-there"),
            FailureKind::TooManyRequests {
                retry_after_seconds: Some(seconds @ ..=LONGEST_WAIT_SAID),
            } => {
                let wait = self.length(seconds * 1000).into();
                self.say_with("failure-too-many-requests-wait", &[("wait", wait)])
            }
            FailureKind::TooManyRequests { .. } => self.say("failure-too-many-requests"),
            FailureKind::ServiceTrouble => self.say("failure-service-trouble"),
            FailureKind::NotAudio { .. } => self.say("failure-not-audio"),
            FailureKind::JsonInstead => self.say("failure-json-instead"),
            FailureKind::Base64Instead => self.say("failure-base64-instead"),
            FailureKind::EmptyRecording { arrived: true } => self.say("failure-empty-recording"),
            FailureKind::EmptyRecording { arrived: false } => self.say("failure-nothing-came"),
            FailureKind::OtherRecording { kind, .. } => {
                self.say_with("failure-other-recording", &[("kind", kind.label().into())])
            }
            FailureKind::DamagedRecording {
                damage,
                on_server: true,
            } => self.say_with(
                "failure-damaged-on-server",
                &[("damage", self.damage(*damage).into())],
            ),
            FailureKind::DamagedRecording {
                damage,
                on_server: false,
            } => self.say_with(
                "failure-damaged-recording",
                &[("damage", self.damage(*damage).into())],
            ),
            FailureKind::UnexpectedAnswer => self.say("failure-unexpected-answer"),
            FailureKind::AnswerTooOld => self.say("failure-answer-too-old"),
            FailureKind::CopyChanged => self.say("failure-copy-changed"),
            _ => return None,
        })
    }

    /// In what way a recording is damaged.
    pub(super) fn damage(&self, damage: Damage) -> String {
        match damage {
            Damage::Incomplete => self.say("damage-incomplete"),
            Damage::Gap => self.say("damage-gap"),
            Damage::Altered => self.say("damage-altered"),
            Damage::TakenForText => self.say("damage-taken-for-text"),
            Damage::Unreadable => self.say("damage-unreadable"),
        }
    }

    fn failure_of_file(&self, kind: &FailureKind) -> Option<String> {
        fn shown(path: &Path) -> fluent_bundle::FluentValue<'static> {
            path.display().to_string().into()
        }
        Some(match kind {
            FailureKind::DiskFull { path } => {
                self.say_with("failure-disk-full", &[("path", shown(path))])
            }
            FailureKind::ReplacesBackup {
                path,
                doctor,
                only_copy,
                ..
            } => {
                if *only_copy {
                    self.say_with(
                        "failure-only-copy",
                        &[("path", shown(path)), ("doctor", doctor.as_str().into())],
                    )
                } else {
                    self.say_with(
                        "failure-replaces-backup",
                        &[("path", shown(path)), ("doctor", doctor.as_str().into())],
                    )
                }
            }
            FailureKind::FolderNotWritable { path } => {
                self.say_with("failure-folder-not-writable", &[("path", shown(path))])
            }
            FailureKind::FolderMissing { path } => {
                self.say_with("failure-folder-missing", &[("path", shown(path))])
            }
            FailureKind::FolderGone { path } => {
                self.say_with("failure-folder-gone", &[("path", shown(path))])
            }
            FailureKind::DestinationIsFolder { path } => {
                self.say_with("failure-destination-is-folder", &[("path", shown(path))])
            }
            FailureKind::FileNameRefused { path } => {
                self.say_with("failure-file-name-refused", &[("path", shown(path))])
            }
            FailureKind::Disk { path } => self.say_with("failure-disk", &[("path", shown(path))]),
            FailureKind::DataFolderUnusable { path } => {
                self.say_with("failure-data-folder-unusable", &[("path", shown(path))])
            }
            FailureKind::ReadBackDiffers { path } => {
                self.say_with("failure-read-back-differs", &[("path", shown(path))])
            }
            FailureKind::PartGone { path } => {
                self.say_with("failure-part-gone", &[("path", shown(path))])
            }
            FailureKind::FileHeld { path, part } => self.say_with(
                "failure-file-held",
                &[("path", shown(path)), ("part", shown(part))],
            ),
            FailureKind::CompletenessNotProven { path } => {
                self.say_with("failure-completeness-not-proven", &[("path", shown(path))])
            }
            _ => return None,
        })
    }

    fn failure_of_app(&self, kind: &FailureKind) -> String {
        match kind {
            FailureKind::DataInUse => self.say("failure-data-in-use"),
            FailureKind::DataFromNewerVersion => self.say("failure-data-from-newer-version"),
            FailureKind::DataNotBroughtUpToDate => self.say("failure-data-not-brought-up-to-date"),
            FailureKind::PracticeTrouble => self.say("failure-practice-trouble"),
            FailureKind::NoFileDialogs => self.say("failure-no-file-dialogs"),
            FailureKind::PasswordNotAccepted => self.say("failure-password-not-accepted"),
            FailureKind::NoPasswordSignIn => self.say("failure-no-password-sign-in"),
            FailureKind::RuleForbids => self.say("failure-rule-forbids"),
            FailureKind::RuleNeedsUserName => self.say("failure-rule-needs-user-name"),
            FailureKind::SamePerson => self.say("failure-same-person"),
            FailureKind::RecordNotWritable => self.say("failure-record-not-writable"),
            FailureKind::RecordTampered => self.say("failure-record-tampered"),
            FailureKind::StoreTrouble => self.say("failure-store-trouble"),
            FailureKind::NotRecorded => self.say("failure-not-recorded"),
            FailureKind::SignInNotNoted => self.say("failure-sign-in-not-noted"),
            FailureKind::KeychainTrouble(trouble) => self.token_not_kept(*trouble),
            FailureKind::KeychainNotCleared(trouble) => self.token_not_cleared(*trouble),
            FailureKind::ConfirmationStale => self.say("failure-confirmation-stale"),
            FailureKind::SleptMeanwhile => self.say("failure-slept-meanwhile"),
            FailureKind::WindowDidNotAnswer => self.say("failure-window-did-not-answer"),
            FailureKind::ConfirmedByAnother { known: true } => {
                self.say("failure-confirmed-by-another")
            }
            FailureKind::ConfirmedByAnother { known: false } => {
                self.say("failure-confirmed-by-somebody")
            }
            FailureKind::NotSignedIn => self.say("failure-not-signed-in"),
            FailureKind::Busy => self.say("failure-busy"),
            FailureKind::QueueFull => self.say("failure-queue-full"),
            _ => self.say("failure-internal"),
        }
    }

    /// Two sizes that differ, said so that they do: in bytes where rounding would hide it.
    fn sizes_told_apart(&self, one: u64, other: u64) -> (String, String) {
        let said = (self.size(one), self.size(other));
        if said.0 != said.1 {
            return said;
        }
        let in_bytes = |bytes: u64| {
            let number = self.number(bytes).into();
            self.say_with("size-bytes", &[("number", number)])
        };
        (in_bytes(one), in_bytes(other))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::{KeychainTrouble, OtherRecording};

    fn damaged(damage: Damage, on_server: bool) -> FailureKind {
        FailureKind::DamagedRecording { damage, on_server }
    }

    fn every_kind() -> Vec<FailureKind> {
        let path = PathBuf::from("/home/desk/Recordings/a.flac");
        let mut kinds = of_the_app();
        kinds.extend([
            FailureKind::ServiceNotFound,
            FailureKind::NoAnswer,
            FailureKind::TimedOut,
            FailureKind::ConnectionDropped {
                received: 0,
                total: None,
            },
            FailureKind::ConnectionDropped {
                received: 59_000_000,
                total: None,
            },
            FailureKind::ConnectionDropped {
                received: 59_000_000,
                total: Some(96_100_000),
            },
            FailureKind::NotTrusted,
            FailureKind::Proxy,
            FailureKind::SignInNotAccepted,
            FailureKind::NotAllowed,
            FailureKind::NameNotAccepted,
            FailureKind::NothingThere,
            FailureKind::TooManyRequests {
                retry_after_seconds: None,
            },
            FailureKind::TooManyRequests {
                retry_after_seconds: Some(90),
            },
            FailureKind::ServiceTrouble,
            FailureKind::Redirected { to_host: None },
            FailureKind::Redirected {
                to_host: Some("elsewhere.example".into()),
            },
            FailureKind::WebPageInstead,
            FailureKind::NotAudio { arrived: true },
            FailureKind::JsonInstead,
            FailureKind::Base64Instead,
            FailureKind::EmptyRecording { arrived: true },
            FailureKind::EmptyRecording { arrived: false },
            FailureKind::OtherRecording {
                kind: OtherRecording::Ds2,
                arrived: true,
            },
            damaged(Damage::Incomplete, false),
            damaged(Damage::Incomplete, true),
            damaged(Damage::Gap, true),
            damaged(Damage::Altered, true),
            damaged(Damage::TakenForText, true),
            damaged(Damage::Unreadable, true),
            FailureKind::UnexpectedAnswer,
            FailureKind::AnswerTooOld,
            FailureKind::PiecesDoNotFit,
            FailureKind::PartGone { path: path.clone() },
            FailureKind::DamagedInTransit {
                expected: None,
                received: 7,
            },
            FailureKind::DamagedInTransit {
                expected: Some(18_400_000),
                received: 18_399_999,
            },
            FailureKind::DiskFull { path: path.clone() },
            FailureKind::FolderNotWritable { path: path.clone() },
            FailureKind::FolderMissing { path: path.clone() },
            FailureKind::FolderGone { path: path.clone() },
            FailureKind::DestinationIsFolder { path: path.clone() },
            FailureKind::FileNameRefused { path: path.clone() },
            FailureKind::Disk { path: path.clone() },
            FailureKind::ReadBackDiffers { path: path.clone() },
            FailureKind::CompletenessNotProven { path: path.clone() },
            FailureKind::FileHeld {
                path: path.clone(),
                part: PathBuf::from("/home/desk/Recordings/a.flac.part"),
            },
            FailureKind::DataFolderUnusable { path },
        ]);
        kinds
    }

    /// What is about neither the service's answers nor a disk.
    fn of_the_app() -> Vec<FailureKind> {
        vec![
            FailureKind::DataInUse,
            FailureKind::DataFromNewerVersion,
            FailureKind::DataNotBroughtUpToDate,
            FailureKind::PracticeTrouble,
            FailureKind::NoFileDialogs,
            FailureKind::CopyChanged,
            FailureKind::PasswordNotAccepted,
            FailureKind::NoPasswordSignIn,
            FailureKind::RuleForbids,
            FailureKind::RuleNeedsUserName,
            FailureKind::SamePerson,
            FailureKind::RecordNotWritable,
            FailureKind::RecordTampered,
            FailureKind::StoreTrouble,
            FailureKind::NotRecorded,
            FailureKind::SignInNotNoted,
            FailureKind::KeychainTrouble(KeychainTrouble::Refused),
            FailureKind::KeychainNotCleared(KeychainTrouble::Refused),
            FailureKind::ConfirmationStale,
            FailureKind::SleptMeanwhile,
            FailureKind::WindowDidNotAnswer,
            FailureKind::ConfirmedByAnother { known: true },
            FailureKind::ConfirmedByAnother { known: false },
            FailureKind::NotSignedIn,
            FailureKind::Busy,
            FailureKind::QueueFull,
            FailureKind::Internal,
        ]
    }

    #[test]
    fn every_failure_has_a_calm_sentence_of_its_own() {
        let text = Text::new("en");
        let mut said = std::collections::BTreeSet::new();
        for kind in every_kind() {
            let sentence = text.failure(&kind);
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(!sentence.contains('!'), "{sentence}");
            assert!(!sentence.contains('{'), "{sentence}");
            for jargon in ["HTTP", "error", "invalid", "request", "404", "401", "token"] {
                assert!(!sentence.contains(jargon), "{sentence}");
            }
            assert!(
                sentence.split(". ").count() > 1,
                "says too little: {sentence}"
            );
            assert!(said.insert(sentence), "said twice: {kind:?}");
        }
    }

    #[test]
    fn a_byte_too_few_is_not_rounded_away() {
        let kind = FailureKind::DamagedInTransit {
            expected: Some(18_400_000),
            received: 18_399_999,
        };
        let sentence = Text::new("en").failure(&kind);
        assert!(
            sentence.starts_with("Not the announced 18,400,000 B but 18,399,999 B arrived"),
            "{sentence}"
        );
    }

    #[test]
    fn a_failure_names_its_doctor() {
        let doctor = DoctorName::parse("Dr. Amelia Smith").unwrap();
        let sentence = Text::new("en").failure_about(Some(&doctor), &FailureKind::Busy);
        assert!(sentence.starts_with("Dr. Amelia Smith: "), "{sentence}");
    }

    #[test]
    fn details_hold_what_support_asks_for() {
        let mut failure = Failure::new(FailureKind::ServiceTrouble, Timestamp::UNIX_EPOCH, "");
        failure.details.call = Some("GET /api/download".into());
        failure.details.status = Some(503);
        let text = Text::new("en").in_zone(jiff::tz::TimeZone::UTC);
        assert_eq!(
            text.details(&failure),
            [
                "Time: 1 Jan 1970 00:00:00 UTC+00:00",
                "Call: GET /api/download",
                "Answer: 503"
            ]
        );
    }

    #[test]
    fn details_tell_of_each_try() {
        let met = |status| {
            let mut met = Failure::new(FailureKind::ServiceTrouble, Timestamp::UNIX_EPOCH, "");
            met.details.status = Some(status);
            met
        };
        let mut failure = met(503);
        failure.details.earlier = vec![met(500), met(502)];
        let text = Text::new("en").in_zone(jiff::tz::TimeZone::UTC);
        assert_eq!(
            text.details(&failure),
            [
                "Try 1: Time: 1 Jan 1970 00:00:00 UTC+00:00; Answer: 500",
                "Try 2: Time: 1 Jan 1970 00:00:00 UTC+00:00; Answer: 502",
                "Try 3: Time: 1 Jan 1970 00:00:00 UTC+00:00; Answer: 503",
            ]
        );
    }
}
