//! A delete needs facts that were shown, and its confirmation is not lost on the way.

use audio_housekeeper::domain::Approval;

use super::*;

#[test]
fn a_delete_is_sent_only_for_facts_that_were_shown() {
    let mut state = signed_in();
    let confirm = || Action::ConfirmDelete {
        choice: ConfirmedChoice::WithoutBackup,
        reason: None,
        approval: Approval::default(),
    };
    state.update(Action::AskDelete(name("Dr. A")));
    // The server has not answered: there is nothing to confirm.
    assert!(state.update(confirm()).is_empty());
    state.update(Action::AskDelete(name("Dr. A")));
    // An answer about another doctor is not taken for this one's.
    tell(&mut state, 1, Event::Surveyed(survey("Dr. B")));
    assert!(matches!(
        state.modals.last(),
        Some(Modal::DeleteOne { survey: None, .. })
    ));
    tell(&mut state, 1, Event::Surveyed(survey("Dr. A")));
    let effects = state.update(confirm());
    assert!(matches!(commands(&effects)[..], [Command::Delete { .. }]));
    assert!(state.modals.is_empty());
}

#[test]
fn facts_shown_for_too_long_delete_nothing() {
    let mut state = signed_in();
    state.update(Action::AskDelete(name("Dr. A")));
    tell(&mut state, 1, Event::Surveyed(survey("Dr. A")));
    state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(11));
    let effects = state.update(Action::ConfirmDelete {
        choice: ConfirmedChoice::WithoutBackup,
        reason: None,
        approval: Approval::default(),
    });
    assert!(effects.is_empty());
    assert!(matches!(
        &state.toasts[..],
        [toast] if matches!(&toast.message, Message::Failed { failure, .. }
            if failure.kind == FailureKind::ConfirmationStale)
    ));
}

#[test]
fn back_up_then_delete_asks_for_a_place_and_closing_the_dialog_undoes_everything() {
    let mut state = signed_in();
    state.update(Action::AskDelete(name("Dr. A")));
    tell(&mut state, 1, Event::Surveyed(survey("Dr. A")));
    let effects = state.update(Action::ConfirmDelete {
        choice: ConfirmedChoice::BackUpFirst,
        reason: None,
        approval: Approval::default(),
    });
    assert!(matches!(
        commands(&effects)[..],
        [Command::PrepareDownload { .. }]
    ));
    let ready = |state: &mut State| {
        let effects = tell(
            state,
            1,
            Event::DownloadReady {
                doctor: name("Dr. A"),
                purpose: SavePurpose::BackUpThenDelete,
                file_name: "a.wav".into(),
            },
        );
        effects.into_iter().find_map(|effect| match effect {
            SideEffect::SaveDialog(request) => Some(request),
            _ => None,
        })
    };
    let request = ready(&mut state).unwrap();
    assert!(
        state
            .update(Action::SaveChosen {
                request,
                chosen: None
            })
            .is_empty()
    );
    assert_eq!(state.preparing, None);
    // A later dialog for the same doctor finds no confirmation to act on.
    assert!(ready(&mut state).is_none());
}

#[test]
fn the_place_of_the_backup_completes_the_plan() {
    let mut state = signed_in();
    state.update(Action::AskDelete(name("Dr. A")));
    tell(&mut state, 1, Event::Surveyed(survey("Dr. A")));
    state.update(Action::ConfirmDelete {
        choice: ConfirmedChoice::BackUpFirst,
        reason: None,
        approval: Approval::default(),
    });
    let effects = tell(
        &mut state,
        1,
        Event::DownloadReady {
            doctor: name("Dr. A"),
            purpose: SavePurpose::BackUpThenDelete,
            file_name: "a.wav".into(),
        },
    );
    let Some(SideEffect::SaveDialog(request)) = effects.into_iter().next() else {
        panic!("no dialog")
    };
    let chosen = Some((PathBuf::from("/backups/a.wav"), false));
    let effects = state.update(Action::SaveChosen { request, chosen });
    assert!(matches!(
        commands(&effects)[..],
        [
            Command::SaveSettings(_),
            Command::LookAtPlace(_),
            Command::Delete { .. }
        ]
    ));
    assert_eq!(
        state.settings.download_folder,
        Some(PathBuf::from("/backups"))
    );
}

#[test]
fn a_doctor_whose_job_runs_can_not_be_deleted_meanwhile() {
    let mut state = signed_in();
    let kind = JobKind::Download(name("Dr. A"));
    tell(&mut state, 1, Event::JobStarted { id: JobId(1), kind });
    assert!(state.update(Action::AskDelete(name("Dr. A"))).is_empty());
    assert!(state.modals.is_empty());
    assert!(!state.update(Action::AskDelete(name("Dr. B"))).is_empty());
}

#[test]
fn deleting_everything_takes_the_phrase() {
    let mut state = signed_in();
    state.update(Action::AskDeleteAll);
    let confirm = |phrase: &str| Action::ConfirmDeleteAll {
        phrase: phrase.into(),
        reason: None,
        approval: Approval::default(),
    };
    assert!(state.update(confirm("delete all")).is_empty());
    state.modals.clear();
    state.update(Action::AskDeleteAll);
    let effects = state.update(confirm("DELETE ALL"));
    assert!(matches!(commands(&effects)[..], [Command::Delete { .. }]));
}

#[test]
fn looking_again_takes_the_place_of_what_was_not_known() {
    let mut state = signed_in();
    let (id, doctor) = (JobId(1), name("Dr. A"));
    let operation = OperationId::from_bytes([1; 16]);
    let report = |outcome| DeletionReport {
        outcome,
        failure: None,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: Vec::new(),
    };
    tell(
        &mut state,
        1,
        Event::JobStarted {
            id,
            kind: JobKind::Delete(doctor.clone()),
        },
    );
    let ending = Box::new(JobEnding::Delete {
        doctor: doctor.clone(),
        operation: operation.clone(),
        report: report(DeletionOutcome::NotKnown),
        backup: None,
    });
    tell(&mut state, 1, Event::JobEnded { id, ending });
    let number = state.results[0].number;
    let effects = state.update(Action::LookAgain(number));
    assert!(matches!(
        commands(&effects)[..],
        [Command::LookAgain { .. }]
    ));
    assert!(state.results[0].looking);
    let seen = report(DeletionOutcome::Gone);
    let event = Event::LookedAgain {
        operation,
        doctor: Some(doctor),
        report: seen,
    };
    tell(&mut state, 1, event);
    assert_eq!(state.results.len(), 1);
    assert!(!state.results[0].looking);
}

#[test]
fn back_up_then_delete_is_not_lost_while_another_dialog_is_awaited() {
    let mut state = signed_in();
    state.update(Action::Download(name("Dr. B")));
    state.update(Action::AskDelete(name("Dr. A")));
    tell(&mut state, 1, Event::Surveyed(survey("Dr. A")));
    let confirm = || Action::ConfirmDelete {
        choice: ConfirmedChoice::BackUpFirst,
        reason: None,
        approval: Approval::default(),
    };
    assert!(state.update(confirm()).is_empty());
    assert_eq!(state.toasts.len(), 1);
    let failure = Failure::new(FailureKind::NoAnswer, Timestamp::UNIX_EPOCH, "");
    let doctor = name("Dr. B");
    tell(&mut state, 1, Event::DownloadNotReady { doctor, failure });
    assert!(matches!(
        commands(&state.update(confirm()))[..],
        [Command::PrepareDownload {
            purpose: SavePurpose::BackUpThenDelete,
            ..
        }]
    ));
}

/// A state in which a delete runs, as job 1.
fn deleting() -> State {
    let mut state = signed_in();
    let kind = JobKind::Delete(name("Dr. A"));
    tell(&mut state, 1, Event::JobStarted { id: JobId(1), kind });
    state
}

fn call(state: &mut State) {
    tell(state, 1, Event::LastCall { id: JobId(1) });
}

#[test]
fn the_word_that_nobody_pressed_stop_is_given_once_and_only_when_it_is_asked_for() {
    let mut state = deleting();
    assert!(state.update(Action::NoStop(JobId(1))).is_empty());
    call(&mut state);
    assert_eq!(state.last_calls(), [JobId(1)]);
    let effects = state.update(Action::NoStop(JobId(1)));
    assert!(matches!(
        commands(&effects)[..],
        [Command::NoStop(JobId(1))]
    ));
    assert!(state.last_calls().is_empty());
    assert!(state.update(Action::NoStop(JobId(1))).is_empty());
    // The engine could not take it: it waits still.
    tell(&mut state, 1, Event::LastCallOpen { id: JobId(1) });
    assert_eq!(state.last_calls(), [JobId(1)]);
}

#[test]
fn once_stop_was_pressed_the_word_is_never_given_also_where_the_engine_could_not_take_the_stop() {
    for called_before in [true, false] {
        let mut state = deleting();
        if called_before {
            call(&mut state);
        }
        state.update(Action::Cancel(JobId(1)));
        let failure = Failure::new(FailureKind::QueueFull, Timestamp::UNIX_EPOCH, "");
        state.apply_refusal(Event::NotCancelled {
            id: JobId(1),
            failure,
        });
        // It can be pressed again; and the last call gets it for an answer.
        let effects = state.update(Action::Cancel(JobId(1)));
        assert!(matches!(
            commands(&effects)[..],
            [Command::Cancel(JobId(1))]
        ));
        let effects = tell(&mut state, 1, Event::LastCall { id: JobId(1) });
        assert!(matches!(
            commands(&effects)[..],
            [Command::Cancel(JobId(1))]
        ));
        assert!(state.last_calls().is_empty());
        assert!(state.update(Action::NoStop(JobId(1))).is_empty());
    }
}

#[test]
fn keeping_it_as_it_is_ends_the_question_and_asks_for_a_place() {
    let mut state = signed_in();
    state.update(Action::AskDelete(name("Dr. A")));
    let effects = state.update(Action::KeepAsItIs);
    assert!(state.modals.is_empty());
    let purpose = SavePurpose::KeepAsItIs;
    assert!(matches!(
        &effects[..],
        [SideEffect::Engine(Command::PrepareDownload { purpose: asked, .. })] if *asked == purpose
    ));
    let ready = Event::DownloadReady {
        doctor: name("Dr. A"),
        purpose,
        file_name: "Dr. A (damaged).wav".into(),
    };
    let effects = tell(&mut state, 1, ready);
    let [SideEffect::SaveDialog(request)] = &effects[..] else {
        panic!("no place is asked for: {effects:?}")
    };
    let effects = state.update(Action::SaveChosen {
        request: request.clone(),
        chosen: Some(("/x/a.wav".into(), false)),
    });
    let kept = |effect: &SideEffect| {
        matches!(
            effect,
            SideEffect::Engine(Command::Download { as_it_is: true, .. })
        )
    };
    assert!(effects.iter().any(kept), "{effects:?}");
}

fn compared(state: &mut State, result: Result<Box<DeletionSurvey>, JobFailure>) {
    let doctor = name("Dr. A");
    let kind = JobKind::Compare(doctor.clone());
    tell(state, 1, Event::JobStarted { id: JobId(1), kind });
    let ending = Box::new(JobEnding::Compare { doctor, result });
    let ended = Event::JobEnded {
        id: JobId(1),
        ending,
    };
    tell(state, 1, ended);
}

#[test]
fn what_a_comparison_found_stands_in_the_question_or_on_the_shelf() {
    let mut found = survey("Dr. A");
    found.checked_at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(9);
    let mut state = signed_in();
    state.update(Action::AskDelete(name("Dr. A")));
    tell(&mut state, 1, Event::Surveyed(survey("Dr. A")));
    compared(&mut state, Err(JobFailure::Cancelled));
    let stands = |state: &State, expected: &DeletionSurvey| {
        matches!(
            state.modals.last(),
            Some(Modal::DeleteOne { survey: Some(shown), .. }) if **shown == *expected
        )
    };
    assert!(stands(&state, &survey("Dr. A")) && state.results.is_empty());
    compared(&mut state, Ok(found.clone()));
    assert!(stands(&state, &found) && state.results.is_empty());
    // Why it could not be found out is said, and the question is as it was.
    let failure = Failure::new(FailureKind::TimedOut, Timestamp::UNIX_EPOCH, "");
    compared(&mut state, Err(JobFailure::Failed(failure)));
    assert!(stands(&state, &found));
    assert_eq!(state.results.len(), 1);
    state.update(Action::CloseModal);
    compared(&mut state, Ok(found));
    assert_eq!(state.results.len(), 1);
    assert!(matches!(
        &state.results[0].ending,
        ResultKind::Ended(JobEnding::Compare { result: Ok(_), .. })
    ));
}

fn doctor_known(state: &mut State, doctor: &str) {
    let known = KnownDoctor::new(name(doctor));
    tell(state, 1, Event::Doctor(Box::new(known)));
}

fn started(state: &mut State, id: u64, kind: JobKind) {
    let id = JobId(id);
    tell(state, 1, Event::JobStarted { id, kind });
}

fn ended(state: &mut State, id: u64, ending: JobEnding) -> Vec<SideEffect> {
    let (id, ending) = (JobId(id), Box::new(ending));
    tell(state, 1, Event::JobEnded { id, ending })
}

#[test]
fn everything_is_confirmed_by_figures_that_stand() {
    let mut state = signed_in();
    state.settings.lock_after = None;
    doctor_known(&mut state, "Dr. A");
    let effects = state.update(Action::AskDeleteAll);
    let looks = commands(&effects);
    assert!(
        looks
            .iter()
            .any(|command| matches!(command, Command::SurveyAll(_)))
    );
    started(&mut state, 1, JobKind::SurveyAll);
    let confirm = || Action::ConfirmDeleteAll {
        phrase: "DELETE ALL".into(),
        reason: None,
        approval: Approval::default(),
    };
    assert!(state.update(confirm()).is_empty());
    assert_eq!(state.modals.len(), 1);
    // The figures stand from the end of the looks on, however long those took.
    state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(30));
    ended(
        &mut state,
        1,
        JobEnding::CheckAll(CheckAllReport::default()),
    );
    assert!(state.results.is_empty(), "it is told in the question alone");
    let effects = state.update(confirm());
    assert!(matches!(commands(&effects)[..], [Command::Delete { .. }]));
}

#[test]
fn a_question_that_is_closed_looks_no_longer() {
    let mut state = signed_in();
    doctor_known(&mut state, "Dr. A");
    state.update(Action::AskDeleteAll);
    started(&mut state, 1, JobKind::SurveyAll);
    let effects = state.update(Action::CloseModal);
    assert!(matches!(
        commands(&effects)[..],
        [Command::Cancel(JobId(1))]
    ));
}

#[test]
fn backing_up_first_leads_back_to_the_question_unless_it_was_stopped() {
    for (stopped, comes_back) in [(false, true), (true, false)] {
        let mut state = signed_in();
        doctor_known(&mut state, "Dr. A");
        state.update(Action::AskDeleteAll);
        let asked_at = state.now;
        state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(1));
        state.update(Action::CheckAndBackUpFirst);
        let effects = state.update(Action::FolderChosen(Some("/backups".into())));
        let since = commands(&effects)
            .into_iter()
            .find_map(|command| match command {
                Command::CheckAndBackUp { fetched_since, .. } => Some(*fetched_since),
                _ => None,
            });
        assert_eq!(since, Some(asked_at));
        started(&mut state, 2, JobKind::CheckAndBackUp);
        let checks = CheckAllReport {
            stopped,
            ..CheckAllReport::default()
        };
        let ending = JobEnding::CheckAndBackUp {
            checks,
            backed_up: Vec::new(),
            failed: Vec::new(),
        };
        ended(&mut state, 2, ending);
        let back = matches!(
            state.modals[..],
            [Modal::DeleteAll { asked_at: at, .. }] if at == asked_at
        );
        assert_eq!(back, comes_back);
        assert_eq!(state.results.len(), 1);
    }
    // A dialog that was closed leads back at once.
    let mut state = signed_in();
    state.update(Action::AskDeleteAll);
    state.update(Action::CheckAndBackUpFirst);
    assert!(state.modals.is_empty());
    state.update(Action::FolderChosen(None));
    assert!(matches!(state.modals[..], [Modal::DeleteAll { .. }]));
}

#[test]
fn the_button_waits_for_the_looks_also_before_they_have_begun_and_not_for_ever() {
    let mut state = signed_in();
    doctor_known(&mut state, "Dr. A");
    state.update(Action::AskDeleteAll);
    let confirm = || Action::ConfirmDeleteAll {
        phrase: "DELETE ALL".into(),
        reason: None,
        approval: Approval::default(),
    };
    assert!(state.update(confirm()).is_empty());
    // They are not taken on: what is not looked at is not checked, and the figures stand.
    let failure = Failure::new(FailureKind::QueueFull, Timestamp::UNIX_EPOCH, "");
    let refused = Event::Failed {
        doctor: None,
        failure,
    };
    state.apply_refusal(refused);
    let effects = state.update(confirm());
    assert!(matches!(commands(&effects)[..], [Command::Delete { .. }]));
}

#[test]
fn the_question_comes_back_under_no_other_question() {
    let mut state = signed_in();
    state.update(Action::AskDeleteAll);
    state.update(Action::CheckAndBackUpFirst);
    state.update(Action::AskDelete(name("Dr. B")));
    state.update(Action::FolderChosen(None));
    assert!(matches!(state.modals[..], [Modal::DeleteOne { .. }]));
}
