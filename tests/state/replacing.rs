//! A backup is replaced after a question of its own.

use super::*;

fn refused(state: &mut State, only_copy: bool) {
    let doctor = name("Dr. B");
    let kind = JobKind::Download(doctor.clone());
    tell(state, 1, Event::JobStarted { id: JobId(1), kind });
    let kind = FailureKind::ReplacesBackup {
        path: "/x/a.wav".into(),
        doctor: name("Dr. A"),
        made: Timestamp::UNIX_EPOCH,
        only_copy,
        may_replace: (!only_copy).then(|| "made 7, 9 bytes, 9".into()),
    };
    let failure = Failure::new(kind, Timestamp::UNIX_EPOCH, "");
    let ending = Box::new(JobEnding::Download {
        doctor,
        result: Err(JobFailure::Failed(failure)),
    });
    let ended = Event::JobEnded {
        id: JobId(1),
        ending,
    };
    tell(state, 1, ended);
}

#[test]
fn a_download_over_a_backup_asks_and_goes_there_after_the_answer() {
    let mut state = signed_in();
    refused(&mut state, false);
    let [Modal::ReplaceBackup { whose, .. }] = &state.modals[..] else {
        panic!("nothing is asked: {:?}", state.modals)
    };
    assert_eq!(*whose, name("Dr. A"));
    let effects = state.update(Action::ReplaceBackup);
    assert!(state.modals.is_empty());
    assert!(matches!(
        commands(&effects)[..],
        [Command::Download { destination, as_it_is: false, .. }]
            if destination.replace
                && destination.even_a_backup.as_deref() == Some("made 7, 9 bytes, 9")
    ));
    refused(&mut state, false);
    // That nothing was saved stays told, whatever is answered.
    state.update(Action::CloseModal);
    assert_eq!(state.results.len(), 1);
    refused(&mut state, false);
    let effects = state.update(Action::AnotherPlace);
    assert!(matches!(
        commands(&effects)[..],
        [Command::PrepareDownload { .. }]
    ));
    assert!(state.modals.is_empty());
}

#[test]
fn the_only_copy_and_what_comes_under_another_question_is_told_on_the_shelf() {
    let mut state = signed_in();
    refused(&mut state, true);
    assert!(state.modals.is_empty());
    assert_eq!(state.results.len(), 1);
    state.update(Action::AskDelete(name("Dr. C")));
    refused(&mut state, false);
    assert_eq!(state.modals.len(), 1);
    assert_eq!(state.results.len(), 1);
}
