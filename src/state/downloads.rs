//! A recording on its way to a file: the place is asked for first.

use std::path::PathBuf;

use crate::domain::{Confirmation, DeletionChoice, DoctorName, Failure, FailureKind};
use crate::engine::{Command, Destination, SavePurpose};
use crate::state::delete_one::PendingBackup;
use crate::state::{Message, Modal, SideEffect, State, engine};

/// Asks, by a save dialog, where a recording is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationRequest {
    /// The doctor.
    pub doctor: DoctorName,
    /// What the file is for.
    pub purpose: SavePurpose,
    /// Where the dialog starts.
    pub folder: Option<PathBuf>,
    /// The name that the dialog proposes.
    pub file_name: String,
}

impl State {
    pub(super) fn prepare(&mut self, doctor: DoctorName, purpose: SavePurpose) -> Vec<SideEffect> {
        // One dialog at a time: a second press while the first answer is awaited does nothing.
        if self.preparing.is_some() {
            return Vec::new();
        }
        self.take_back_messages(&doctor);
        self.preparing = Some(doctor.clone());
        engine(Command::PrepareDownload { doctor, purpose })
    }

    pub(super) fn download_ready(
        &mut self,
        doctor: DoctorName,
        purpose: SavePurpose,
        file_name: String,
    ) -> Vec<SideEffect> {
        if self.locked().is_some() {
            // A dialog would stand open before whoever comes by.
            self.preparing = None;
            self.pending_backup = None;
            return Vec::new();
        }
        if self.preparing.as_ref() != Some(&doctor) {
            return Vec::new();
        }
        let folder = self.settings.download_folder.clone();
        vec![SideEffect::SaveDialog(DestinationRequest {
            doctor,
            purpose,
            folder,
            file_name,
        })]
    }

    pub(super) fn download_not_ready(&mut self, doctor: DoctorName, failure: Failure) {
        // What was asked for in a sign-in that has ended says nothing to the next person.
        if self.preparing.as_ref() != Some(&doctor) {
            return;
        }
        self.preparing = None;
        self.pending_backup = None;
        match failure.kind {
            FailureKind::NothingThere => self.tell(Message::NothingThere(doctor)),
            _ => self.tell_failure(Some(doctor), failure),
        }
    }

    pub(super) fn save_chosen(
        &mut self,
        request: DestinationRequest,
        chosen: Option<(PathBuf, bool)>,
    ) -> Vec<SideEffect> {
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
            (SavePurpose::BackUpThenDelete, Some(pending)) => {
                let PendingBackup {
                    survey,
                    reason,
                    approval,
                } = pending;
                let choice = DeletionChoice::BackUpFirst {
                    destination: path,
                    replace,
                };
                let confirmation = Confirmation::Doctor {
                    survey,
                    choice,
                    reason,
                };
                self.plan(confirmation, approval)
            }
            (SavePurpose::BackUpThenDelete, None) => Vec::new(),
        });
        effects
    }

    /// Downloads once more to the place that was chosen for the download that failed.
    ///
    /// The word that a file there may be replaced was given for that download: what stands there
    /// now is kept, and the new file gets a number.
    pub(super) fn try_again(&mut self, doctor: DoctorName) -> Vec<SideEffect> {
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

    /// Fetches what can be no backup, to a place that the person chooses; the question is over.
    pub(super) fn keep_as_it_is(&mut self) -> Vec<SideEffect> {
        if self.is_approving() || self.a_place_is_chosen() {
            return Vec::new();
        }
        match self.modals.pop() {
            Some(Modal::DeleteOne { doctor, .. }) => self.prepare(doctor, SavePurpose::KeepAsItIs),
            _ => Vec::new(),
        }
    }

    /// Whether a save dialog is open already: there is one at a time, and the question stays, so
    /// that nothing is lost.
    pub(super) fn a_place_is_chosen(&mut self) -> bool {
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
}
