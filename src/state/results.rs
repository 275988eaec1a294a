//! What ended, and is told until the person dismisses it.

use jiff::Timestamp;

use crate::domain::{DeletionOutcome, DoctorName, OperationId, ServiceOrigin};
use crate::engine::{DeletionReport, Event, JobEnding, Unfinished};
use crate::state::{Message, SideEffect, State};

/// What the person is told in the tray until they dismiss it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownResult {
    /// For [`Action::Dismiss`](crate::state::Action::Dismiss).
    pub number: u64,
    /// What ended.
    pub ending: ResultKind,
    /// When it came.
    pub at: Timestamp,
    /// A later look at it is under way.
    pub looking: bool,
    /// Since when it has stood on the screen Recordings; `None` while it has not.
    pub seen_since: Option<Timestamp>,
}

/// What ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ResultKind {
    /// A job of this run.
    Ended(JobEnding),
    /// What an earlier run left.
    FromEarlier(Unfinished),
    /// Either at another service than that of the present sign-in.
    Elsewhere {
        /// That service.
        service: ServiceOrigin,
        /// What it is there.
        ending: Box<ResultKind>,
    },
}

impl State {
    pub(super) fn show_result(&mut self, ending: ResultKind) {
        let number = self.number();
        self.results.insert(
            0,
            ShownResult {
                number,
                ending,
                at: self.now,
                looking: false,
                seen_since: None,
            },
        );
    }

    /// What is told anew of a delete stands in the place of what is not known of it.
    fn forget_open(&mut self, found: &[Unfinished]) {
        let told: Vec<_> = found.iter().filter_map(Unfinished::delete).collect();
        self.results.retain(|shown| {
            let open = shown.ending.open_delete();
            open.is_none_or(|open| !told.contains(&open))
        });
    }

    pub(super) fn found_at_start(&mut self, found: Vec<Unfinished>) {
        self.forget_open(&found);
        for unfinished in found {
            self.show_result(ResultKind::FromEarlier(unfinished));
        }
    }

    /// Takes in what is told of another service than that of the present sign-in.
    pub(super) fn ended_elsewhere(&mut self, service: &ServiceOrigin, event: Event) {
        let endings = match event {
            Event::JobEnded { id, ending } => {
                self.delete_is_over(id);
                vec![ResultKind::Ended(*ending)]
            }
            Event::FoundAtStart(found) => {
                self.forget_open(&found);
                found.into_iter().map(ResultKind::FromEarlier).collect()
            }
            Event::LookedAgain {
                operation,
                doctor,
                report,
            } => {
                let seen = self.put_report(&operation, doctor, report);
                seen.into_iter().collect()
            }
            Event::Failed { doctor, failure } => {
                self.tell(Message::FailedElsewhere {
                    service: service.clone(),
                    doctor,
                    failure,
                });
                Vec::new()
            }
            _ => Vec::new(),
        };
        for ending in endings {
            self.show_result(ending.elsewhere(service.clone()));
        }
    }

    /// Somebody has signed in at `present`, another service than `last`: of what is on show, only what
    /// nobody knows yet of a delete stays, and the end of one that nobody has seen, as of its own
    /// service.
    pub(super) fn keep_deletes_elsewhere(&mut self, last: &ServiceOrigin, present: &ServiceOrigin) {
        for mut shown in std::mem::take(&mut self.results) {
            // It is looked into now, and told again.
            if matches!(&shown.ending, ResultKind::Elsewhere { service, ending }
                if service == present && ending.open_delete().is_some())
            {
                continue;
            }
            let is_news = shown.seen_since.is_none() && shown.ending.report().is_some();
            if !is_news && !shown.ending.stays() {
                continue;
            }
            shown.looking = false;
            shown.ending = match shown.ending {
                ResultKind::Elsewhere { service, ending } if service == *present => *ending,
                elsewhere @ ResultKind::Elsewhere { .. } => elsewhere,
                ending => ending.elsewhere(last.clone()),
            };
            self.results.push(shown);
        }
    }

    pub(super) fn dismiss(&mut self, number: u64) -> Vec<SideEffect> {
        self.results.retain(|result| result.number != number);
        Vec::new()
    }

    pub(super) fn dismiss_all(&mut self, numbers: &[u64]) -> Vec<SideEffect> {
        self.results
            .retain(|result| !numbers.contains(&result.number));
        self.unfolded = false;
        Vec::new()
    }

    pub(super) fn unfold(&mut self, unfolded: bool) -> Vec<SideEffect> {
        self.unfolded = unfolded;
        Vec::new()
    }
}

impl ResultKind {
    /// Whether it tells of a download of this doctor's recording that brought no file.
    pub(super) fn is_failed_download(&self, of: &DoctorName) -> bool {
        matches!(
            self,
            Self::Ended(JobEnding::Download { doctor, result: Err(_) }) if doctor == of
        )
    }

    /// Whether it outlasts a sign-out: what is told of another service, and can be dealt with only there,
    /// and what nobody knows yet of a delete.
    pub(super) fn stays(&self) -> bool {
        matches!(self, Self::Elsewhere { .. }) || self.is_unsettled()
    }

    /// Whether it tells of a delete that did not end in the service's 404, nor was stopped.
    pub(super) fn is_unsettled(&self) -> bool {
        self.report().is_some_and(|report| {
            !matches!(
                report.outcome,
                DeletionOutcome::Gone | DeletionOutcome::Stopped
            )
        })
    }

    /// What came of a delete, where it tells of one.
    fn report(&self) -> Option<&DeletionReport> {
        match self {
            Self::Ended(JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. })
            | Self::FromEarlier(Unfinished::Delete { report, .. }) => Some(report),
            Self::Elsewhere { ending, .. } => ending.report(),
            _ => None,
        }
    }

    /// The delete, where it tells that what that did is not looked into yet.
    fn open_delete(&self) -> Option<&OperationId> {
        match self {
            Self::FromEarlier(Unfinished::NotLookedInto { operation, .. }) => Some(operation),
            Self::Elsewhere { ending, .. } => ending.open_delete(),
            _ => None,
        }
    }

    fn elsewhere(self, service: ServiceOrigin) -> Self {
        let ending = Box::new(self);
        Self::Elsewhere { service, ending }
    }
}

/// Whether it tells of a delete of which nothing reached the service, and so nothing of an earlier one.
pub(super) const fn was_not_sent(ending: &JobEnding) -> bool {
    matches!(
        ending,
        JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. }
            if matches!(
                report.outcome,
                DeletionOutcome::Stopped | DeletionOutcome::NotSent
            )
    )
}

/// Whether a job that ended now did the same, to the same doctor, as what is shown.
pub(super) fn is_about_the_same(shown: &ResultKind, ending: &JobEnding) -> bool {
    let ResultKind::Ended(shown) = shown else {
        return false;
    };
    match (shown, ending) {
        (JobEnding::Download { doctor, .. }, JobEnding::Download { doctor: of, .. })
        | (JobEnding::Compare { doctor, .. }, JobEnding::Compare { doctor: of, .. })
        | (JobEnding::Delete { doctor, .. }, JobEnding::Delete { doctor: of, .. }) => doctor == of,
        (JobEnding::CheckAll(_), JobEnding::CheckAll(_))
        | (JobEnding::CheckAndBackUp { .. }, JobEnding::CheckAndBackUp { .. }) => true,
        _ => false,
    }
}
