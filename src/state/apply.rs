use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{
    DeletionOutcome, DeletionSurvey, DoctorName, Failure, FailureKind, KnownDoctor, OperationId,
    ServerKnowledge,
};
use crate::engine::{
    Command, DeletionReport, Envelope, Event, JobEnding, JobFailure, JobId, JobKind, JobProgress,
    SavePurpose, SignedOutBecause, TimeJump, Unfinished,
};
use crate::state::{
    Activity, Effect, Job, LastCall, Message, Modal, ResultKind, SaveRequest, Screen, ShownResult,
    SignIn, State,
};

impl State {
    /// Takes in what the engine tells, and says what the window has to do about it.
    ///
    /// An event of an earlier sign-in is discarded.
    pub fn apply(&mut self, envelope: Envelope) -> Vec<Effect> {
        if envelope.generation < self.generation {
            return Vec::new();
        }
        self.generation = envelope.generation;
        self.take_in(envelope.event)
    }

    /// Takes in what is told of a command that the engine did not take.
    pub fn apply_refusal(&mut self, event: Event) {
        // A refusal opens no dialog and ends no sign-in: nothing follows from it.
        let effects = self.take_in(event);
        debug_assert!(effects.is_empty());
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm an event, each a line or two"
    )]
    fn take_in(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::SignedOut(because) => self.signed_out(because),
            Event::SignedIn { account, keychain } => {
                self.forget_sign_in();
                let last = self.service.replace(account.origin.clone());
                if last.is_some_and(|last| last != account.origin) {
                    self.results.clear();
                }
                self.sign_in = SignIn::In(account);
                self.screen = Screen::Recordings;
                if let Some(failure) = keychain {
                    self.tell(Message::Keychain(failure));
                }
            }
            Event::SignInFailed(reason) => {
                if let SignIn::Out {
                    trying, failure, ..
                } = &mut self.sign_in
                {
                    *trying = false;
                    *failure = Some(reason);
                }
            }
            Event::Doctors(doctors) => self.doctors = doctors,
            Event::Doctor(doctor) => self.put_doctor(*doctor),
            Event::Forgotten(name) => self.doctors.retain(|doctor| doctor.name != name),
            Event::CheckStarted(doctor) => {
                self.take_back_messages(&doctor);
                self.checking.insert(doctor);
            }
            Event::CheckEnded { doctor, failure } => self.check_ended(doctor, failure),
            Event::DownloadReady {
                doctor,
                purpose,
                file_name,
            } => {
                return self.download_ready(doctor, purpose, file_name);
            }
            Event::DownloadNotReady { doctor, failure } => {
                self.preparing = None;
                self.pending_backup = None;
                self.tell(match failure.kind {
                    FailureKind::NothingThere => Message::NothingThere(doctor),
                    _ => Message::Failed {
                        doctor: Some(doctor),
                        failure,
                    },
                });
            }
            Event::SetAside(all) => self.set_aside = all,
            Event::Surveyed(survey) => return self.surveyed(survey),
            Event::PlaceSeen { folder, place } => self.place_seen(folder, place),
            Event::JobStarted { id, kind } => {
                let progress = JobProgress::Looking;
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
                        last_call: LastCall::NotYet,
                    },
                );
            }
            Event::JobEnded { id, ending } => return self.job_ended(id, *ending),
            Event::LookedAgain {
                operation,
                doctor,
                report,
            } => {
                self.looked_again(&operation, doctor, report);
            }
            Event::NotLookedAgain {
                operation,
                doctor,
                failure,
            } => {
                for shown in &mut self.results {
                    if report_of(&mut shown.ending, &operation).is_some() {
                        shown.looking = false;
                    }
                }
                self.tell(Message::Failed { doctor, failure });
            }
            Event::LastCall { id } | Event::LastCallOpen { id } => {
                if let Some(job) = self.jobs.get_mut(&id) {
                    if job.last_call == LastCall::Stopped {
                        // The engine could not take the Stop then.
                        job.cancelling = true;
                        return vec![Effect::Engine(Command::Cancel(id))];
                    }
                    job.last_call = LastCall::Open;
                }
            }
            Event::NotCancelled { id, failure } => {
                if let Some(job) = self.jobs.get_mut(&id) {
                    job.cancelling = false;
                }
                self.tell(Message::Failed {
                    doctor: None,
                    failure,
                });
            }
            // What is shown is told from the time that `tick` sets, so the frame that this asks for
            // shows everything as old as it is.
            Event::TimeJumped(TimeJump::Ahead(_)) => {}
            Event::TimeJumped(TimeJump::Back(_)) => {
                self.tell(Message::ClockSetBack);
            }
            Event::ClockBehindRecord => self.tell(Message::ClockBehindRecord),
            Event::FoundAtStart(found) => {
                for unfinished in found {
                    self.show_result(ResultKind::FromEarlier(unfinished));
                }
            }
            Event::Activity {
                entries,
                from_newest,
                more,
            } => {
                if from_newest {
                    self.activity.entries.clear();
                }
                self.activity.entries.extend(entries);
                self.activity.more = more;
                self.activity.loading = false;
            }
            Event::ActivityNotRead(failure) => {
                self.activity.loading = false;
                self.tell(Message::Failed {
                    doctor: None,
                    failure,
                });
            }
            Event::Failed { doctor, failure } => {
                self.tell(Message::Failed { doctor, failure });
                if self.running_survey().is_none() {
                    // The looks were not begun: their figures are what they are.
                    self.figures_stand();
                }
            }
        }
        Vec::new()
    }

    /// Takes in how far the jobs are. A job that has ended is not brought back.
    pub fn apply_progress(&mut self, progress: &BTreeMap<JobId, JobProgress>) {
        for (id, progress) in progress {
            if let Some(job) = self.jobs.get_mut(id) {
                job.progress = progress.clone();
            }
        }
    }

    /// Sets the time that relative times are told from, and takes away toasts that stood long
    /// enough.
    pub fn tick(&mut self, now: Timestamp) {
        self.now = now;
        self.toasts.retain(|toast| {
            toast.stands_until_dismissed() || now.duration_since(toast.at) < toast.stands_for()
        });
    }

    fn signed_out(&mut self, because: SignedOutBecause) {
        if matches!(because, SignedOutBecause::Asked(None)) {
            self.tell(Message::SignedOut);
        }
        // A token that ends is nothing that the person did: what they were being told stays. After
        // a sign-out it stays only where nobody knows yet what a delete did.
        if because != SignedOutBecause::Ended {
            self.results.retain(|shown| shown.ending.is_unsettled());
        }
        for shown in &mut self.results {
            shown.looking = false;
        }
        self.sign_in = SignIn::Out {
            because,
            trying: false,
            failure: None,
        };
        self.forget_sign_in();
    }

    /// Forgets what the events of one sign-in only would bring to an end.
    fn forget_sign_in(&mut self) {
        // A complaint about an address goes with the field that it was typed into.
        self.address_error = None;
        self.doctors.clear();
        self.checking.clear();
        self.preparing = None;
        self.pending_backup = None;
        self.backing_up_since = None;
        self.destinations.clear();
        self.set_aside.clear();
        self.jobs.clear();
        self.modals.clear();
        self.activity = Activity::default();
    }

    fn put_doctor(&mut self, doctor: KnownDoctor) {
        let place = self
            .doctors
            .iter_mut()
            .find(|known| known.name == doctor.name);
        if let Some(place) = place {
            *place = doctor;
        } else {
            let key = doctor.name.as_str().to_lowercase();
            let at = self
                .doctors
                .partition_point(|known| known.name.as_str().to_lowercase() < key);
            self.doctors.insert(at, doctor);
        }
    }

    fn check_ended(&mut self, doctor: DoctorName, failure: Option<Failure>) {
        self.checking.remove(&doctor);
        if let Some(failure) = failure {
            self.tell(Message::Failed {
                doctor: Some(doctor),
                failure,
            });
        } else if matches!(
            self.doctor(&doctor).map(|known| &known.server),
            Some(ServerKnowledge::Nothing { .. })
        ) {
            self.tell(Message::NothingThere(doctor));
        }
    }

    fn download_ready(
        &mut self,
        doctor: DoctorName,
        purpose: SavePurpose,
        file_name: String,
    ) -> Vec<Effect> {
        if self.preparing.as_ref() != Some(&doctor) {
            return Vec::new();
        }
        let folder = self.settings.download_folder.clone();
        vec![Effect::SaveDialog(SaveRequest {
            doctor,
            purpose,
            folder,
            file_name,
        })]
    }

    fn surveyed(&mut self, found: Box<DeletionSurvey>) -> Vec<Effect> {
        for modal in &mut self.modals {
            if let Modal::DeleteOne { doctor, survey } = modal
                && *doctor == found.doctor
                && survey.is_none()
            {
                let effects = Self::look_at_backup(&found.backup);
                *survey = Some(found);
                return effects;
            }
        }
        Vec::new()
    }

    fn job_ended(&mut self, id: JobId, ending: JobEnding) -> Vec<Effect> {
        let removed = self.jobs.remove(&id);
        let is_known = removed.is_some();
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
                Err(JobFailure::Cancelled) => !is_known,
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

    /// From now on the figures of the question stand whether everything is to be deleted.
    fn figures_stand(&mut self) {
        for modal in &mut self.modals {
            if let Modal::DeleteAll { shown_at, .. } = modal {
                shown_at.get_or_insert(self.now);
            }
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

    /// Asks whether a backup is to be replaced, unless another question stands. That nothing was
    /// saved is told on the shelf too, where it stays whatever is answered.
    fn ask_to_replace(&mut self, doctor: &DoctorName, failure: &Failure) {
        let FailureKind::ReplacesBackup {
            path,
            doctor: whose,
            made,
            may_replace: Some(seen),
            ..
        } = &failure.kind
        else {
            return;
        };
        if self.modals.is_empty() {
            self.modals.push(Modal::ReplaceBackup {
                doctor: doctor.clone(),
                path: path.clone(),
                whose: whose.clone(),
                made: *made,
                seen: seen.clone(),
            });
        }
    }

    fn looked_again(
        &mut self,
        operation: &OperationId,
        seen_for: Option<DoctorName>,
        seen: DeletionReport,
    ) {
        let is_it = |shown: &mut ShownResult| report_of(&mut shown.ending, operation).is_some();
        if let Some(at) = self.results.iter_mut().position(is_it) {
            // It is the newest now.
            let mut shown = self.results.remove(at);
            if let Some(report) = report_of(&mut shown.ending, operation) {
                *report = seen;
            }
            shown.looking = false;
            shown.at = self.now;
            shown.seen_since = None;
            self.results.insert(0, shown);
            return;
        }
        let kind = Unfinished::Delete {
            doctor: seen_for,
            operation: operation.clone(),
            report: seen,
        };
        self.show_result(ResultKind::FromEarlier(kind));
    }

    fn show_result(&mut self, ending: ResultKind) {
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
}

/// Whether it tells of a delete of which nothing reached the service, and so nothing of an earlier one.
const fn was_not_sent(ending: &JobEnding) -> bool {
    matches!(
        ending,
        JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. }
            if matches!(
                report.outcome,
                DeletionOutcome::Stopped | DeletionOutcome::NotSent
            )
    )
}

fn is_about_the_same(shown: &ResultKind, ending: &JobEnding) -> bool {
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

impl ResultKind {
    /// Whether it tells of a download of this doctor's recording that brought no file.
    fn is_failed_download(&self, of: &DoctorName) -> bool {
        matches!(
            self,
            Self::Ended(JobEnding::Download { doctor, result: Err(_) }) if doctor == of
        )
    }

    /// Whether it tells of a delete that did not end in the service's 404, nor was stopped.
    fn is_unsettled(&self) -> bool {
        match self {
            Self::Ended(JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. })
            | Self::FromEarlier(Unfinished::Delete { report, .. }) => !matches!(
                report.outcome,
                DeletionOutcome::Gone | DeletionOutcome::Stopped
            ),
            _ => false,
        }
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
        _ => None,
    }
}
