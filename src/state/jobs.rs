//! The jobs that run: from their start to what is to be told of their end.

use std::collections::BTreeMap;

use crate::domain::{DeletionOutcome, DoctorName, Failure, NextTry};
use crate::engine::{Command, JobEnding, JobFailure, JobId, JobKind, JobProgress};
use crate::state::results::{is_about_the_same, was_not_sent};
use crate::state::{LastCall, Message, Modal, ResultKind, SideEffect, State, engine};

/// A running job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub progress: JobProgress,
    /// Cancel, Pause or Stop was pressed and has not taken effect yet.
    pub cancelling: bool,
    /// That was Pause.
    pub pausing: bool,
    /// Where a delete stands with its last call.
    pub last_call: LastCall,
}

impl Job {
    /// Whether it deletes.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        self.kind.deletes()
    }

    /// Whether Cancel or Stop can be pressed: once a delete may be on its way, that would be a
    /// promise that can't be kept.
    #[must_use]
    pub const fn can_be_stopped(&self) -> bool {
        !matches!(
            self.progress,
            JobProgress::Deleting | JobProgress::Verifying
        ) && !matches!(self.last_call, LastCall::Answered)
    }

    /// Whether Pause can be pressed: the download can be gone on with later, behind what has come.
    #[must_use]
    pub const fn can_be_paused(&self) -> bool {
        matches!(
            (&self.kind, &self.progress),
            (
                JobKind::Download(_),
                JobProgress::Downloading {
                    can_be_paused: true,
                    ..
                } | JobProgress::WaitingToTryAgain {
                    next_try: NextTry::GoesOn { .. },
                    ..
                }
            )
        )
    }
}

impl State {
    /// Whether such a job may not begin, because one runs that has to end first.
    #[must_use]
    pub fn excludes(&self, kind: &JobKind) -> bool {
        self.jobs.values().any(|job| job.kind.excludes(kind))
    }

    /// The comparison with a doctor's backup that runs.
    #[must_use]
    pub fn running_comparison(&self, name: &DoctorName) -> Option<(JobId, &Job)> {
        let mut jobs = self.jobs.iter();
        jobs.find(|(_, job)| matches!(&job.kind, JobKind::Compare(doctor) if doctor == name))
            .map(|(id, job)| (*id, job))
    }

    /// Takes in how far the jobs are. A job that has ended is not brought back.
    pub fn apply_progress(&mut self, progress: &BTreeMap<JobId, JobProgress>) -> Vec<SideEffect> {
        let mut one_of_many_goes_on = false;
        for (id, progress) in progress {
            if let Some(job) = self.jobs.get_mut(id) {
                let is_of_many = matches!(job.kind, JobKind::CheckAll | JobKind::CheckAndBackUp);
                one_of_many_goes_on |= is_of_many && job.progress != *progress;
                job.progress = progress.clone();
            }
        }
        if one_of_many_goes_on {
            self.more_was_recorded()
        } else {
            Vec::new()
        }
    }

    pub(super) fn job_started(&mut self, id: JobId, kind: JobKind) -> Vec<SideEffect> {
        let progress = JobProgress::Looking;
        let was_given_up = self.was_given_up(&kind);
        self.pace.begins(id, self.now);
        self.is_approved(&kind);
        if let JobKind::Download(doctor) = &kind {
            // What failed is tried again, and no longer so.
            self.results
                .retain(|shown| !shown.ending.is_failed_download(doctor));
        }
        self.jobs.insert(
            id,
            Job {
                kind,
                progress,
                cancelling: false,
                pausing: false,
                last_call: LastCall::NotYet,
            },
        );
        if was_given_up {
            return self.cancel(id);
        }
        Vec::new()
    }

    pub(super) fn cancel(&mut self, id: JobId) -> Vec<SideEffect> {
        self.jobs.get_mut(&id).map_or_else(Vec::new, |job| {
            job.cancelling = true;
            job.last_call = LastCall::Stopped;
            engine(Command::Cancel(id))
        })
    }

    pub(super) fn pause(&mut self, id: JobId) -> Vec<SideEffect> {
        self.jobs.get_mut(&id).map_or_else(Vec::new, |job| {
            (job.cancelling, job.pausing) = (true, true);
            engine(Command::Pause(id))
        })
    }

    pub(super) fn not_cancelled(&mut self, id: JobId, failure: Failure) {
        if let Some(job) = self.jobs.get_mut(&id) {
            (job.cancelling, job.pausing) = (false, false);
        }
        self.tell(Message::Failed {
            doctor: None,
            failure,
        });
    }

    pub(super) fn job_ended(&mut self, id: JobId, ending: JobEnding) -> Vec<SideEffect> {
        self.delete_is_over(id);
        self.pace.ends(id, &ending, self.now);
        let removed = self.jobs.remove(&id);
        let is_known = removed.is_some();
        let is_paused = removed.as_ref().is_some_and(|job| job.pausing);
        let is_answered = match removed.as_ref().map(|job| &job.kind) {
            Some(JobKind::SurveyAll) => {
                self.figures_stand();
                // Where backups lie could be asked only of those that were known.
                return self.look_at_all_backups();
            }
            _ => self.answer_a_question(&ending),
        };
        if let Some(job) = removed {
            self.job_saves_no_more(&job.kind);
        }
        // Of a sign-in that has ended only what reached the disk or the service matters.
        let is_seen = match &ending {
            _ if is_answered => true,
            JobEnding::Compare { result, .. } => !is_known && *result == Err(JobFailure::Cancelled),
            JobEnding::Download { doctor, result } => match result {
                // What was paused stands on the shelf, where it can be gone on with.
                Err(JobFailure::Cancelled) => !is_known || is_paused && self.keeps_part_of(doctor),
                // That stands on the shelf already, with its answers.
                Err(JobFailure::Failed(failure)) => {
                    let unfit = failure.kind.unfit();
                    let mut set_aside = self.set_aside.iter();
                    set_aside.any(|one| one.doctor == *doctor && Some(one.unfit) == unfit)
                }
                Ok(_) => false,
            },
            JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. } => {
                !is_known && report.outcome == DeletionOutcome::Stopped
            }
            JobEnding::CheckAll(_) | JobEnding::CheckAndBackUp { .. } => !is_known,
        };
        let is_over =
            matches!(&ending, JobEnding::CheckAndBackUp { checks, .. } if !checks.stopped);
        let is_a_batch = matches!(ending, JobEnding::CheckAndBackUp { .. });
        if !is_seen {
            // A newer result for the same subject takes the older one's place.
            self.results.retain(|shown| {
                !is_about_the_same(&shown.ending, &ending)
                    || shown.ending.is_unsettled() && was_not_sent(&ending)
            });
            self.show_result(ResultKind::Ended(ending));
        }
        // What was backed up for the question leads back to it, unless another stands by now.
        match self.backing_up_since.take_if(|_| is_a_batch) {
            Some(asked_at) if is_over && is_known && self.modals.is_empty() => {
                self.ask_delete_all(asked_at)
            }
            _ => Vec::new(),
        }
    }

    /// Puts what came of a job into a question, where that is its place: what a comparison found
    /// into the one that it was asked for in, unless it was cancelled.
    fn answer_a_question(&mut self, ending: &JobEnding) -> bool {
        if let JobEnding::Download {
            doctor,
            result: Err(JobFailure::Failed(failure)),
        } = ending
        {
            self.ask_to_replace(doctor, failure);
            return false;
        }
        let JobEnding::Compare { doctor: of, result } = ending else {
            return false;
        };
        let modals = self.modals.iter_mut();
        let asked = modals.rev().find_map(|modal| match modal {
            Modal::DeleteOne { doctor, survey } if doctor == of => Some(survey),
            _ => None,
        });
        match (asked, result) {
            (Some(survey), Ok(found)) => {
                *survey = Some(found.clone());
                true
            }
            (Some(_), Err(JobFailure::Cancelled)) => true,
            _ => false,
        }
    }
}
