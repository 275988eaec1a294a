use crate::engine::{Command, SavePurpose};
use crate::state::{Action, Batch, Modal, SideEffect, State, engine};

impl State {
    /// Takes in what a person did, and says what follows from it.
    pub fn update(&mut self, action: Action) -> Vec<SideEffect> {
        let action = if self.locked().is_some() {
            match self.while_locked(action) {
                Some(action) => action,
                None => return Vec::new(),
            }
        } else {
            action
        };
        let may_come = self.locked().is_some()
            || match self.modals.last() {
                None => true,
                Some(Modal::SignInAgain(_)) => action.is_for_signing_in_again(),
                Some(_) => action.is_for_a_modal(),
            };
        if !may_come {
            return Vec::new();
        }
        self.changes += 1;
        match action {
            Action::SignIn {
                address,
                with,
                stay,
            } => self.sign_in(&address, with, stay),
            Action::Switch(mode) => self.switch(mode),
            Action::SignOut => self.ask_sign_out(),
            Action::ConfirmSignOut => self.sign_out(),
            Action::Show(screen) => self.show(screen),
            Action::Check(doctor) => engine(Command::Check(doctor)),
            Action::CheckAll => self.begin(Batch::CheckAll),
            Action::Lock => self.lock_now(),
            Action::Unlock(password) => self.unlock(password),
            Action::SetLockAfter(minutes) => self.set_lock_after(minutes),
            Action::StopSigningIn => self.stop_signing_in(),
            Action::AskWho => self.ask_who(),
            Action::SwitchAccount(to) => self.switch_account(to.as_ref()),
            Action::ConfirmSwitch => self.confirm_switch(),
            Action::AskToSignIn => self.ask_to_sign_in_again(None),
            Action::BeginAnyway => self.begin_anyway(),
            Action::Download(doctor) => self.prepare(doctor, SavePurpose::Download),
            Action::SaveChosen { request, chosen } => self.save_chosen(request, chosen),
            Action::Compare(doctor) => engine(Command::Compare(doctor)),
            Action::AskDelete(doctor) => self.ask_delete(doctor),
            Action::SurveyAgain => self.survey_again(),
            Action::ConfirmDelete {
                choice,
                reason,
                approval,
            } => self.confirm_delete(choice, reason, approval),
            Action::ReplaceBackup => self.replace_backup(),
            Action::AnotherPlace => self.another_place(),
            Action::KeepAsItIs => self.keep_as_it_is(),
            Action::KeepSetAside(operation) => self.keep_set_aside(operation),
            Action::GoOn(operation) => self.go_on(operation.as_ref()),
            Action::DiscardPart(operation) => engine(Command::DiscardPart(operation)),
            Action::AskDiscard(operation) => self.ask_discard(&operation),
            Action::Discard => self.discard(),
            Action::AskDeleteAll => self.ask_delete_all(self.now),
            Action::CheckAndBackUpFirst => self.back_up_first(),
            Action::FolderChosen(folder) => self.folder_chosen(folder),
            Action::ConfirmDeleteAll {
                phrase,
                reason,
                approval,
            } => self.confirm_delete_all(phrase, reason, approval),
            Action::ChangeRule(change) => self.change_rule(change),
            Action::LoosenRules(password) => self.loosen_rules(password),
            Action::Cancel(id) => self.cancel(id),
            Action::Pause(id) => self.pause(id),
            Action::NoStop(id) => self.no_stop(id),
            Action::TryAgain(doctor) => self.try_again(doctor),
            Action::TryNow(id) => engine(Command::TryNow(id)),
            Action::LookAgain(number) => self.look_again(number),
            Action::WrongDoctor(number) => self.wrong_doctor(number),
            Action::ShowInFolder(path) => engine(Command::ShowInFolder(path)),
            Action::ShowProof { doctor, file } => self.open_modal(Modal::Proof { doctor, file }),
            Action::ShowDetails { doctor, failure } => {
                self.open_modal(Modal::Details { doctor, failure })
            }
            Action::Copied => self.copied(),
            Action::Dismiss(number) => self.dismiss(number),
            Action::DismissAll(numbers) => self.dismiss_all(&numbers),
            Action::Unfold(unfolded) => self.unfold(unfolded),
            Action::DismissToast(number) => self.dismiss_toast(number),
            Action::Forget(doctor) => self.forget(doctor),
            Action::CloseModal => self.close_modal(),
            Action::CheckRecord => self.check_record(),
            Action::RecordSeen => self.record_seen(),
            Action::LoadMoreActivity => self.load_more_activity(),
            Action::FilterActivity(filter) => self.filter_activity(*filter),
            Action::ShowAct(first) => self.show_act(first),
            Action::SetTheme(theme) => self.set_theme(theme),
            Action::SetTextSize(text_size) => self.set_text_size(text_size),
            Action::SetTellsOfNewerVersion(tells) => self.set_tells_of_newer_version(tells),
            Action::SetAddress(address) => self.set_address(&address),
            Action::KeepWindowPlace(place) => self.keep_window_place(place),
            Action::Close => self.close(),
            Action::ConfirmClose => vec![SideEffect::CloseWindow],
        }
    }
}
