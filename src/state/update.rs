use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{
    Confirmation, DeletionChoice, DeletionPlan, DeletionReason, DoctorName, DoctorTally, Failure,
    FailureKind, OperationId, PlanError, Secret, ServiceOrigin,
};
use crate::engine::{Command, Destination, JobEnding, JobId, SavePurpose, Unfinished};
use crate::state::{
    Action, ConfirmedChoice, Effect, LastCall, Message, Modal, PendingBackup, ResultKind,
    SaveRequest, Screen, SignIn, State,
};

impl State {
    /// Takes in what a person did, and says what follows from it.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm an action, each a line or two"
    )]
    pub fn update(&mut self, action: Action) -> Vec<Effect> {
        if !self.modals.is_empty() && !action.is_for_a_modal() {
            return Vec::new();
        }
        match action {
            Action::SignIn {
                address,
                token,
                stay,
            } => self.sign_in(&address, &token, stay),
            Action::Switch(mode) => vec![Effect::Switch(mode)],
            Action::SignOut if self.has_running_jobs() => {
                self.modals.push(Modal::SignOutWhileBusy);
                Vec::new()
            }
            Action::SignOut | Action::ConfirmSignOut => {
                self.modals.clear();
                engine(Command::SignOut)
            }
            Action::Show(screen) => self.show(screen),
            Action::Check(doctor) => engine(Command::Check(doctor)),
            Action::CheckAll => engine(Command::CheckAll(self.names())),
            Action::Download(doctor) => self.prepare(doctor, SavePurpose::Download),
            Action::SaveChosen { request, chosen } => self.save_chosen(request, chosen),
            Action::Compare(doctor) => engine(Command::Compare(doctor)),
            Action::AskDelete(doctor) => self.ask_delete(doctor),
            Action::SurveyAgain => self.survey_again(),
            Action::ConfirmDelete { choice, reason } => self.confirm_delete(choice, reason),
            Action::ReplaceBackup => self.replace_backup(),
            Action::AnotherPlace if self.a_place_is_chosen() => Vec::new(),
            Action::AnotherPlace => match self.modals.pop() {
                Some(Modal::ReplaceBackup { doctor, .. }) => {
                    self.prepare(doctor, SavePurpose::Download)
                }
                _ => Vec::new(),
            },
            Action::KeepAsItIs => self.keep_as_it_is(),
            Action::KeepSetAside(operation) => self.keep_set_aside(operation),
            Action::AskDiscard(operation) => {
                let mut all = self.set_aside.iter();
                let one = all.find(|one| one.operation == operation).cloned();
                self.modals.extend(one.map(Modal::Discard));
                Vec::new()
            }
            Action::Discard => match self.modals.pop() {
                Some(Modal::Discard(one)) => engine(Command::DiscardSetAside(one.operation)),
                _ => Vec::new(),
            },
            Action::AskDeleteAll => self.ask_delete_all(self.now),
            Action::CheckAndBackUpFirst => self.back_up_first(),
            Action::FolderChosen(folder) => self.folder_chosen(folder),
            Action::ConfirmDeleteAll { phrase, reason } => self.confirm_delete_all(phrase, reason),
            Action::Cancel(id) => self.cancel(id),
            Action::NoStop(id) => match self.jobs.get_mut(&id) {
                Some(job) if job.last_call == LastCall::Open => {
                    job.last_call = LastCall::Answered;
                    engine(Command::NoStop(id))
                }
                _ => Vec::new(),
            },
            Action::TryAgain(doctor) => self.try_again(doctor),
            Action::TryNow(id) => engine(Command::TryNow(id)),
            Action::LookAgain(number) => self.look_again(number),
            Action::WrongDoctor(number) => self.wrong_doctor(number),
            Action::ShowInFolder(path) => engine(Command::ShowInFolder(path)),
            Action::ShowProof { doctor, file } => {
                self.modals.push(Modal::Proof { doctor, file });
                Vec::new()
            }
            Action::ShowDetails { doctor, failure } => {
                self.modals.push(Modal::Details { doctor, failure });
                Vec::new()
            }
            Action::Copied => {
                self.tell(Message::Copied);
                Vec::new()
            }
            Action::Dismiss(number) => {
                self.results.retain(|result| result.number != number);
                Vec::new()
            }
            Action::DismissAll(numbers) => {
                self.results
                    .retain(|result| !numbers.contains(&result.number));
                self.unfolded = false;
                Vec::new()
            }
            Action::Unfold(unfolded) => {
                self.unfolded = unfolded;
                Vec::new()
            }
            Action::DismissToast(number) => {
                self.toasts.retain(|toast| toast.number != number);
                Vec::new()
            }
            Action::Forget(doctor) => {
                self.modals.pop();
                engine(Command::Forget(doctor))
            }
            Action::CloseModal => match self.modals.pop() {
                Some(Modal::DeleteAll { .. }) => self.stop_survey(),
                _ => Vec::new(),
            },
            Action::LoadMoreActivity => {
                let before = self.activity.entries.last().map(|entry| match entry {
                    Ok(entry) => entry.number,
                    Err(damaged) => damaged.number,
                });
                self.activity.loading = true;
                engine(Command::LoadActivity { before })
            }
            Action::SetTheme(theme) => {
                self.settings.theme = theme;
                self.save_settings()
            }
            Action::SetTextSize(text_size) => {
                self.settings.text_size = text_size;
                self.save_settings()
            }
            Action::SetAddress(address) => match ServiceOrigin::parse(&address) {
                Ok(service) => {
                    self.address_error = None;
                    self.settings.service = service;
                    self.save_settings()
                }
                Err(error) => {
                    self.address_error = Some(error);
                    Vec::new()
                }
            },
            Action::KeepWindowPlace(place) => {
                self.settings.window = Some(place);
                self.save_settings()
            }
            Action::Close if self.has_running_jobs() => {
                if !self.modals.contains(&Modal::CloseWhileBusy) {
                    self.modals.push(Modal::CloseWhileBusy);
                }
                Vec::new()
            }
            Action::Close | Action::ConfirmClose => vec![Effect::CloseWindow],
        }
    }

    fn sign_in(&mut self, address: &str, token: &Secret, stay: bool) -> Vec<Effect> {
        let origin = match ServiceOrigin::parse(address) {
            Ok(origin) => origin,
            Err(error) => {
                self.address_error = Some(error);
                return Vec::new();
            }
        };
        self.address_error = None;
        // What is copied often brings white space along, which no token has.
        let token = Secret::new(token.expose().trim().to_owned());
        if let SignIn::Out {
            trying, failure, ..
        } = &mut self.sign_in
        {
            *trying = true;
            *failure = None;
        }
        self.settings.service = origin.clone();
        let mut effects = self.save_settings();
        effects.extend(engine(Command::SignIn {
            origin,
            token,
            stay,
        }));
        effects
    }

    fn show(&mut self, screen: Screen) -> Vec<Effect> {
        self.screen = screen;
        if screen == Screen::Activity {
            self.activity.loading = true;
            return engine(Command::LoadActivity { before: None });
        }
        Vec::new()
    }

    fn prepare(&mut self, doctor: DoctorName, purpose: SavePurpose) -> Vec<Effect> {
        // One dialog at a time: a second press while the first answer is awaited does nothing.
        if self.preparing.is_some() {
            return Vec::new();
        }
        self.take_back_messages(&doctor);
        self.preparing = Some(doctor.clone());
        engine(Command::PrepareDownload { doctor, purpose })
    }

    fn save_chosen(
        &mut self,
        request: SaveRequest,
        chosen: Option<(PathBuf, bool)>,
    ) -> Vec<Effect> {
        // A dialog that outlasted its sign-in asks for nothing in the next person's name.
        if self.preparing.as_ref() != Some(&request.doctor) {
            return Vec::new();
        }
        self.preparing = None;
        let pending = self.pending_backup.take();
        let Some((path, replace)) = chosen else {
            return Vec::new();
        };
        self.settings.download_folder = path.parent().map(PathBuf::from);
        let looks = path
            .parent()
            .map(|folder| self.goes_to(Some(request.doctor.clone()), folder));
        let mut effects = self.save_settings();
        effects.extend(looks);
        effects.extend(match (request.purpose, pending) {
            (purpose @ (SavePurpose::Download | SavePurpose::KeepAsItIs), _) => {
                let doctor = request.doctor;
                let as_it_is = purpose == SavePurpose::KeepAsItIs;
                self.destinations
                    .insert(doctor.clone(), (path.clone(), as_it_is));
                engine(Command::Download {
                    doctor,
                    destination: Destination {
                        path,
                        replace,
                        even_a_backup: None,
                    },
                    as_it_is,
                })
            }
            (SavePurpose::KeepSetAside(operation), _) => engine(Command::KeepSetAside {
                doctor: request.doctor,
                operation,
                destination: Destination {
                    path,
                    replace,
                    even_a_backup: None,
                },
            }),
            (SavePurpose::BackUpThenDelete, Some(PendingBackup { survey, reason })) => {
                let choice = DeletionChoice::BackUpFirst {
                    destination: path,
                    replace,
                };
                self.plan(Confirmation::Doctor {
                    survey,
                    choice,
                    reason,
                })
            }
            (SavePurpose::BackUpThenDelete, None) => Vec::new(),
        });
        effects
    }

    /// Downloads once more to the place that was chosen for the download that failed.
    ///
    /// The word that a file there may be replaced was given for that download: what stands there
    /// now is kept, and the new file gets a number.
    fn try_again(&mut self, doctor: DoctorName) -> Vec<Effect> {
        let Some((path, as_it_is)) = self.destinations.get(&doctor).cloned() else {
            return self.prepare(doctor, SavePurpose::Download);
        };
        self.take_back_messages(&doctor);
        let folder = path.parent().map(PathBuf::from);
        let look = folder.map(|folder| self.goes_to(Some(doctor.clone()), &folder));
        let destination = Destination {
            path,
            replace: false,
            even_a_backup: None,
        };
        let mut effects: Vec<_> = look.into_iter().collect();
        effects.extend(engine(Command::Download {
            doctor,
            destination,
            as_it_is,
        }));
        effects
    }

    /// Downloads once more, to the place of the backup that the person was told of.
    fn replace_backup(&mut self) -> Vec<Effect> {
        let Some(Modal::ReplaceBackup {
            doctor, path, seen, ..
        }) = self.modals.pop()
        else {
            return Vec::new();
        };
        let destination = Destination {
            path,
            replace: true,
            even_a_backup: Some(seen),
        };
        engine(Command::Download {
            doctor,
            destination,
            as_it_is: false,
        })
    }

    fn ask_delete(&mut self, doctor: DoctorName) -> Vec<Effect> {
        if self.is_busy(&doctor) {
            let failure = Failure::new(FailureKind::Busy, self.now, "");
            self.tell(Message::Failed {
                doctor: Some(doctor),
                failure,
            });
            return Vec::new();
        }
        self.take_back_messages(&doctor);
        self.modals.push(Modal::DeleteOne {
            doctor: doctor.clone(),
            survey: None,
        });
        engine(Command::SurveyDeletion(doctor))
    }

    fn survey_again(&mut self) -> Vec<Effect> {
        let Some(Modal::DeleteOne { doctor, survey }) = self.modals.last_mut() else {
            return Vec::new();
        };
        *survey = None;
        engine(Command::SurveyDeletion(doctor.clone()))
    }

    fn confirm_delete(
        &mut self,
        choice: ConfirmedChoice,
        reason: Option<DeletionReason>,
    ) -> Vec<Effect> {
        if choice == ConfirmedChoice::BackUpFirst && self.a_place_is_chosen() {
            return Vec::new();
        }
        let Some(Modal::DeleteOne {
            survey: Some(survey),
            ..
        }) = self.modals.pop()
        else {
            return Vec::new();
        };
        let choice = match choice {
            ConfirmedChoice::KeepingBackup => DeletionChoice::KeepingBackup,
            ConfirmedChoice::WithoutBackup => DeletionChoice::WithoutBackup,
            ConfirmedChoice::BackUpFirst => {
                let doctor = survey.doctor.clone();
                self.pending_backup = Some(PendingBackup { survey, reason });
                return self.prepare(doctor, SavePurpose::BackUpThenDelete);
            }
        };
        self.plan(Confirmation::Doctor {
            survey,
            choice,
            reason,
        })
    }

    /// Fetches what can be no backup, to a place that the person chooses; the question is over.
    fn keep_as_it_is(&mut self) -> Vec<Effect> {
        if self.a_place_is_chosen() {
            return Vec::new();
        }
        match self.modals.pop() {
            Some(Modal::DeleteOne { doctor, .. }) => self.prepare(doctor, SavePurpose::KeepAsItIs),
            _ => Vec::new(),
        }
    }

    /// Asks for the place of what was set aside; nothing has to be asked of the service for that.
    fn keep_set_aside(&mut self, operation: OperationId) -> Vec<Effect> {
        let mut all = self.set_aside.iter();
        let Some(one) = all.find(|one| one.operation == operation) else {
            return Vec::new();
        };
        let (doctor, mut name) = (one.doctor.clone(), one.path.clone());
        if self.a_place_is_chosen() {
            return Vec::new();
        }
        name.set_extension("");
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        self.preparing = Some(doctor.clone());
        vec![Effect::SaveDialog(SaveRequest {
            doctor,
            purpose: SavePurpose::KeepSetAside(operation),
            folder: self.settings.download_folder.clone(),
            file_name: name.into_owned(),
        })]
    }

    /// Whether a save dialog is open already: there is one at a time, and the question stays, so
    /// that nothing is lost.
    fn a_place_is_chosen(&mut self) -> bool {
        let Some(doctor) = self.preparing.clone() else {
            return false;
        };
        let failure = Failure::new(FailureKind::Busy, self.now, "");
        self.tell(Message::Failed {
            doctor: Some(doctor),
            failure,
        });
        true
    }

    fn confirm_delete_all(
        &mut self,
        phrase: String,
        reason: Option<DeletionReason>,
    ) -> Vec<Effect> {
        // The figures that are confirmed are those that stand.
        if self.running_survey().is_some() {
            return Vec::new();
        }
        let stands = |modal: &mut Modal| {
            matches!(
                modal,
                Modal::DeleteAll {
                    shown_at: Some(_),
                    ..
                }
            )
        };
        let Some(Modal::DeleteAll {
            looked_since,
            asked_at,
            shown_at: Some(shown_at),
        }) = self.modals.pop_if(stands)
        else {
            return Vec::new();
        };
        self.plan(Confirmation::Everything {
            tally: DoctorTally::of(&self.doctors, looked_since, asked_at, self.now),
            phrase,
            shown_at,
            reason,
        })
    }

    /// Asks whether everything is to be deleted, and looks at every doctor while the question
    /// stands. `asked_at`: when it was asked first.
    pub(super) fn ask_delete_all(&mut self, asked_at: Timestamp) -> Vec<Effect> {
        let nobody = self.doctors.is_empty();
        self.modals.push(Modal::DeleteAll {
            looked_since: self.now,
            asked_at,
            shown_at: nobody.then_some(self.now),
        });
        let mut effects = self.look_at_all_backups();
        if !nobody {
            effects.extend(engine(Command::SurveyAll(self.names())));
        }
        effects
    }

    fn back_up_first(&mut self) -> Vec<Effect> {
        let Some(Modal::DeleteAll { asked_at, .. }) = self
            .modals
            .pop_if(|modal| matches!(modal, Modal::DeleteAll { .. }))
        else {
            return Vec::new();
        };
        self.backing_up_since = Some(asked_at);
        let mut effects = self.stop_survey();
        effects.push(Effect::FolderDialog {
            folder: self.settings.download_folder.clone(),
        });
        effects
    }

    /// Backs up into the folder; without one, the question comes back.
    fn folder_chosen(&mut self, folder: Option<PathBuf>) -> Vec<Effect> {
        let Some(asked_at) = self.backing_up_since else {
            return Vec::new();
        };
        let Some(folder) = folder else {
            self.backing_up_since = None;
            if !self.modals.is_empty() {
                return Vec::new();
            }
            return self.ask_delete_all(asked_at);
        };
        let mut effects = vec![self.goes_to(None, &folder)];
        effects.extend(engine(Command::CheckAndBackUp {
            doctors: self.names(),
            folder,
            fetched_since: asked_at,
        }));
        effects
    }

    /// Ends the looks of a question that stands no more.
    fn stop_survey(&mut self) -> Vec<Effect> {
        match self.running_survey().map(|(id, _)| id) {
            Some(id) => self.cancel(id),
            None => Vec::new(),
        }
    }

    fn cancel(&mut self, id: JobId) -> Vec<Effect> {
        self.jobs.get_mut(&id).map_or_else(Vec::new, |job| {
            job.cancelling = true;
            job.last_call = LastCall::Stopped;
            engine(Command::Cancel(id))
        })
    }

    /// Makes the plan here, where the facts were shown: the engine takes nothing less.
    fn plan(&mut self, confirmation: Confirmation) -> Vec<Effect> {
        let doctor = match &confirmation {
            Confirmation::Doctor { survey, .. } => Some(survey.doctor.clone()),
            Confirmation::Everything { .. } => None,
        };
        match DeletionPlan::new(confirmation, self.now) {
            Ok(plan) => engine(Command::Delete(Box::new(plan))),
            Err(PlanError::PhraseMissing) => Vec::new(),
            Err(error) => {
                let kind = FailureKind::ConfirmationStale;
                let failure = Failure::new(kind, self.now, error.to_string());
                self.tell(Message::Failed { doctor, failure });
                Vec::new()
            }
        }
    }

    fn look_again(&mut self, number: u64) -> Vec<Effect> {
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

    fn wrong_doctor(&mut self, number: u64) -> Vec<Effect> {
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

    fn save_settings(&self) -> Vec<Effect> {
        engine(Command::SaveSettings(self.settings.clone()))
    }

    fn names(&self) -> Vec<DoctorName> {
        self.doctors
            .iter()
            .map(|doctor| doctor.name.clone())
            .collect()
    }
}

fn engine(command: Command) -> Vec<Effect> {
    vec![Effect::Engine(command)]
}
