use crate::engine::{Envelope, Event, TimeJump};
use crate::state::sign_in::Opened;
use crate::state::{Message, SideEffect, State};

impl State {
    /// Takes in what the engine tells, and says what the window has to do about it.
    ///
    /// An event of an earlier sign-in is discarded.
    pub fn apply(&mut self, envelope: Envelope) -> Vec<SideEffect> {
        if envelope.generation < self.generation {
            return Vec::new();
        }
        self.generation = envelope.generation;
        let is_recorded = is_recorded(&envelope.event);
        let mut effects = self.take_in(envelope.event);
        if is_recorded {
            effects.extend(self.something_was_recorded());
        }
        effects
    }

    /// Takes in what is told of a command that the engine did not take.
    pub fn apply_refusal(&mut self, event: Event) {
        // A refusal opens no dialog and ends no sign-in: nothing follows from it.
        let effects = self.take_in(event);
        debug_assert!(effects.is_empty());
    }

    fn take_in(&mut self, event: Event) -> Vec<SideEffect> {
        self.changes += 1;
        match event {
            Event::SignedOut(because) => return self.signed_out(because),
            Event::SignedIn {
                account,
                goes_on,
                keychain,
                by_hand,
                is_locked,
            } => {
                let opened = Opened { by_hand, is_locked };
                return self.signed_in(account, goes_on, keychain, opened);
            }
            Event::PersonKnown(person) => self.person_known(person),
            Event::SignInFailed(reason) => self.sign_in_failed(reason),
            Event::Accounts(accounts) => self.accounts = Some(accounts),
            Event::TokenForgotten => self.tell(Message::SignedOut),
            Event::TokenKept(failure) => self.token_kept(failure),
            Event::Doctors(doctors) => self.put_doctors(doctors),
            Event::Doctor(doctor) => self.put_doctor(*doctor),
            Event::Forgotten(name) => self.forgotten(&name),
            Event::CheckStarted(doctor) => self.check_started(doctor),
            Event::CheckEnded { doctor, failure } => self.check_ended(doctor, failure),
            Event::DownloadReady {
                doctor,
                purpose,
                file_name,
            } => return self.download_ready(doctor, purpose, file_name),
            Event::DownloadNotReady { doctor, failure } => {
                self.download_not_ready(doctor, failure);
            }
            Event::SetAside(all) => self.set_aside = all,
            Event::KeptParts(all) => self.kept_parts = all,
            Event::Surveyed(survey) => return self.surveyed(survey),
            Event::PlaceSeen { folder, place } => self.place_seen(folder, place),
            Event::PasswordChecked(failure) => return self.password_checked(failure),
            Event::DeletionRules(rules) => self.rules_known(rules),
            Event::RulesNotChanged(failure) => self.rules_not_changed(failure),
            Event::RulesWereChanged => self.tell(Message::RulesWereChanged),
            Event::SettingsWereChanged => self.tell(Message::SettingsWereChanged),
            Event::DeletionNotApproved { doctor, failure } => {
                return self.not_approved(doctor, failure);
            }
            Event::JobStarted { id, kind } => return self.job_started(id, kind),
            Event::JobEnded { id, ending } => return self.job_ended(id, *ending),
            Event::LookedAgain {
                operation,
                doctor,
                report,
            } => self.looked_again(&operation, doctor, report),
            Event::NotLookedAgain {
                operation,
                doctor,
                failure,
            } => self.not_looked_again(&operation, doctor, failure),
            Event::LastCall { id } | Event::LastCallOpen { id } => return self.last_call(id),
            Event::LastCallOver { id } => self.last_call_over(id),
            Event::NotCancelled { id, failure } => self.not_cancelled(id, failure),
            // What is shown is told from the time that `tick` sets, so the frame that this asks for
            // shows everything as old as it is.
            Event::TimeJumped(TimeJump::Ahead(_)) => self.pace.waits(),
            Event::TimeJumped(TimeJump::Back(_)) => self.tell(Message::ClockSetBack),
            Event::ClockBehindRecord => self.tell(Message::ClockBehindRecord),
            Event::FoundAtStart(found) => self.found_at_start(found),
            Event::Activity(page) => return self.activity_read(*page),
            Event::ActivityNotRead { question, failure } => {
                self.activity_not_read(question, failure);
            }
            Event::RecordChecked(report) => self.record_checked(*report),
            Event::RecordNotChecked(failure) => self.record_not_checked(failure),
            Event::UpdateSource(source) => self.update_source_known(source),
            Event::NewestVersion(newest) => self.newest_version_known(newest),
            Event::Failed { doctor, failure } => self.failed(doctor, failure),
            Event::Elsewhere { service, event } => self.ended_elsewhere(&service, *event),
        }
        Vec::new()
    }
}

/// Whether an event tells of something that the record may have an entry of since.
const fn is_recorded(event: &Event) -> bool {
    matches!(
        event,
        Event::JobEnded { .. }
            | Event::CheckEnded { .. }
            | Event::DownloadReady { .. }
            | Event::DownloadNotReady { .. }
            | Event::Surveyed(_)
            | Event::LastCall { .. }
            | Event::LastCallOver { .. }
            | Event::LookedAgain { .. }
            | Event::NotLookedAgain { .. }
            | Event::Elsewhere { .. }
            | Event::FoundAtStart(_)
            | Event::KeptParts(_)
            | Event::SetAside(_)
            | Event::PersonKnown(_)
            | Event::TokenForgotten
            | Event::TokenKept(_)
            | Event::RecordChecked(_)
    )
}
