use std::time::Duration;

use crate::domain::{Failure, FailureKind, NextTry};

use super::Text;

impl Text {
    /// What the next try does, when it begins and which it is: `Trying again in 4 s (2 of 5).`
    #[must_use]
    pub fn next_try(
        &self,
        does: NextTry,
        left: Duration,
        (next, tries): (u32, Option<u32>),
    ) -> String {
        let (does, from) = match does {
            NextTry::Begins => ("begins", 0),
            NextTry::GoesOn { from } => ("goes-on", from),
            NextTry::StartsOver => ("starts-over", 0),
        };
        // The second that runs counts too.
        let left = u64::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
        let Some(tries) = tries else {
            let from = self.size(from).into();
            let left = self.length(left.saturating_mul(1000)).into();
            return self.say_with("tray-next-try-uncounted", &[("from", from), ("left", left)]);
        };
        self.say_with(
            "tray-next-try",
            &[
                ("does", does.into()),
                ("from", self.size(from).into()),
                ("left", self.length(left.saturating_mul(1000)).into()),
                ("next", self.number(next.into()).into()),
                ("tries", self.number(tries.into()).into()),
            ],
        )
    }

    /// How much of a recording is kept to be gone on with, in bytes.
    #[must_use]
    pub fn what_is_kept(&self, received: u64, total: Option<u64>) -> String {
        let progress = match total {
            Some(total) => self.size_of(received, total),
            None => self.size(received),
        };
        self.say_with("kept-of", &[("progress", progress.into())])
    }

    /// How often it was tried, where that was more than once.
    #[must_use]
    pub fn tried(&self, failure: &Failure) -> Option<String> {
        let count = failure.details.earlier.len() + 1;
        (count > 1).then(|| self.say_with("result-tried", &[("count", count.into())]))
    }

    /// What a try met after which there is another: no word yet of what to do about it.
    #[must_use]
    pub fn met_in_a_try(&self, kind: &FailureKind) -> String {
        match kind {
            FailureKind::ServiceNotFound => self.say("met-service-not-found"),
            FailureKind::NoAnswer => self.say("met-no-answer"),
            FailureKind::TimedOut => self.say("met-timed-out"),
            FailureKind::ConnectionDropped { received: 0, .. } => {
                self.say("met-connection-dropped-early")
            }
            FailureKind::ConnectionDropped { received, .. } => {
                let received = self.size(*received).into();
                self.say_with("met-connection-dropped", &[("received", received)])
            }
            FailureKind::PiecesDoNotFit => self.say("met-pieces-do-not-fit"),
            FailureKind::DiskFull { .. } => self.say("met-disk-full"),
            FailureKind::TooManyRequests { .. } => self.say("met-too-many-requests"),
            FailureKind::ServiceTrouble => self.say("met-service-trouble"),
            FailureKind::DamagedRecording { .. } => self.say("met-damaged-recording"),
            FailureKind::EmptyRecording { .. } => self.say("met-nothing-came"),
            FailureKind::OtherRecording { .. } => self.say("met-other-recording"),
            other => self.failure(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Damage, OtherRecording};

    #[test]
    fn a_wait_is_told_with_its_running_second() {
        let text = Text::new("en");
        for (left, said) in [
            (3_400, "Trying again in 4 s (2 of 5)."),
            (1, "Trying again in 1 s (2 of 5)."),
            (119_001, "Trying again in 2 min 00 s (2 of 5)."),
        ] {
            let left = Duration::from_millis(left);
            assert_eq!(text.next_try(NextTry::Begins, left, (2, Some(5))), said);
        }
    }

    #[test]
    fn what_becomes_of_what_had_come_is_said() {
        let text = Text::new("en");
        for (does, said) in [
            (
                NextTry::GoesOn { from: 70_000_000 },
                "Going on after 70.0 MB in 4 s (2 of 5).",
            ),
            (NextTry::StartsOver, "Starting over in 4 s (2 of 5)."),
        ] {
            let left = Duration::from_secs(4);
            assert_eq!(text.next_try(does, left, (2, Some(5))), said);
        }
        let (does, left) = (
            NextTry::GoesOn { from: 70_000_000 },
            Duration::from_secs(12),
        );
        assert_eq!(
            text.next_try(does, left, (2, None)),
            "Going on after 70.0 MB once the service can be reached. Next try in 12 s."
        );
    }

    #[test]
    fn what_a_try_met_promises_and_asks_nothing() {
        let text = Text::new("en");
        let dropped = |received| FailureKind::ConnectionDropped {
            received,
            total: Some(96_100_000),
        };
        for (kind, said) in [
            (dropped(59_000_000), "The connection dropped after 59.0 MB."),
            (
                dropped(0),
                "The connection was lost before the answer came.",
            ),
            (
                FailureKind::ServiceNotFound,
                "The service could not be found.",
            ),
            (
                FailureKind::NoAnswer,
                "Nothing answered at the service's address.",
            ),
            (FailureKind::TimedOut, "The service took too long."),
            (
                FailureKind::DiskFull {
                    path: "/home/a/a.wav".into(),
                },
                "There is no room left on the disk.",
            ),
            (
                FailureKind::TooManyRequests {
                    retry_after_seconds: Some(60),
                },
                "The service asks for a pause.",
            ),
            (
                FailureKind::ServiceTrouble,
                "The service has trouble of its own.",
            ),
            (
                FailureKind::DamagedRecording {
                    damage: Damage::Gap,
                    on_server: false,
                },
                "The recording arrived damaged.",
            ),
            (
                FailureKind::EmptyRecording { arrived: false },
                "Nothing came.",
            ),
            (
                FailureKind::OtherRecording {
                    kind: OtherRecording::Ds2,
                    arrived: false,
                },
                "What came is neither WAV nor FLAC.",
            ),
        ] {
            assert_eq!(text.met_in_a_try(&kind), said);
        }
    }
}
