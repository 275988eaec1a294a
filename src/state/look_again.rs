//! A later look at what a delete did, and what there is to do where it was the wrong one.

use crate::domain::{DoctorName, Failure, OperationId};
use crate::engine::{Command, DeletionReport, JobEnding, Unfinished};
use crate::state::{Message, Modal, ResultKind, ShownResult, SideEffect, State, engine};

impl State {
    pub(super) fn look_again(&mut self, number: u64) -> Vec<SideEffect> {
        let Some(result) = self
            .results
            .iter_mut()
            .find(|result| result.number == number)
        else {
            return Vec::new();
        };
        let (doctor, operation) = match &result.ending {
            ResultKind::Ended(JobEnding::Delete {
                doctor, operation, ..
            }) => (Some(doctor.clone()), operation.clone()),
            ResultKind::Ended(JobEnding::DeleteAll { operation, .. }) => (None, operation.clone()),
            ResultKind::FromEarlier(Unfinished::Delete {
                doctor, operation, ..
            }) => (doctor.clone(), operation.clone()),
            _ => return Vec::new(),
        };
        result.looking = true;
        engine(Command::LookAgain { doctor, operation })
    }

    pub(super) fn looked_again(
        &mut self,
        operation: &OperationId,
        seen_for: Option<DoctorName>,
        seen: DeletionReport,
    ) {
        if let Some(seen) = self.put_report(operation, seen_for, seen) {
            self.show_result(seen);
        }
    }

    /// Puts what a later look has seen into what is on show of that delete; what is to be shown where
    /// nothing is.
    pub(super) fn put_report(
        &mut self,
        operation: &OperationId,
        seen_for: Option<DoctorName>,
        seen: DeletionReport,
    ) -> Option<ResultKind> {
        let is_it = |shown: &mut ShownResult| report_of(&mut shown.ending, operation).is_some();
        let Some(at) = self.results.iter_mut().position(is_it) else {
            let (operation, report) = (operation.clone(), seen);
            return Some(ResultKind::Ended(match seen_for {
                Some(doctor) => JobEnding::Delete {
                    doctor,
                    operation,
                    report,
                    backup: None,
                },
                None => JobEnding::DeleteAll { operation, report },
            }));
        };
        // It is the newest now.
        let mut shown = self.results.remove(at);
        if let Some(report) = report_of(&mut shown.ending, operation) {
            *report = seen;
        }
        shown.looking = false;
        shown.at = self.now;
        shown.seen_since = None;
        self.results.insert(0, shown);
        None
    }

    pub(super) fn not_looked_again(
        &mut self,
        operation: &OperationId,
        doctor: Option<DoctorName>,
        failure: Failure,
    ) {
        for shown in &mut self.results {
            if report_of(&mut shown.ending, operation).is_some() {
                shown.looking = false;
            }
        }
        self.tell(Message::Failed { doctor, failure });
    }

    pub(super) fn wrong_doctor(&mut self, number: u64) -> Vec<SideEffect> {
        let result = self.results.iter().find(|result| result.number == number);
        if let Some(result) = result
            && let ResultKind::Ended(JobEnding::Delete {
                doctor,
                operation,
                backup,
                ..
            }) = &result.ending
        {
            self.modals.push(Modal::WrongDoctor {
                doctor: doctor.clone(),
                operation: operation.clone(),
                at: result.at,
                backup: backup.clone(),
            });
        }
        Vec::new()
    }
}

/// What is shown of the delete that `operation` names, if this is about it.
fn report_of<'a>(
    shown: &'a mut ResultKind,
    operation: &OperationId,
) -> Option<&'a mut DeletionReport> {
    match shown {
        ResultKind::Ended(
            JobEnding::Delete {
                operation: of,
                report,
                ..
            }
            | JobEnding::DeleteAll {
                operation: of,
                report,
            },
        )
        | ResultKind::FromEarlier(Unfinished::Delete {
            operation: of,
            report,
            ..
        }) if of == operation => Some(report),
        ResultKind::Elsewhere { ending, .. } => report_of(ending, operation),
        _ => None,
    }
}
