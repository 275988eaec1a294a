//! What came and can be no backup waits for the person's answer.

use audio_housekeeper::domain::{Damage, SetAside, Sha256Digest, Unfit};

use super::*;

const DAMAGED: Unfit = Unfit::Damaged(Damage::Incomplete);

fn one() -> SetAside {
    SetAside {
        operation: OperationId::from_bytes([7; 16]),
        doctor: name("Dr. A"),
        path: "/x/Dr. A (damaged).wav.part".into(),
        part: "/x/Dr. A.wav.part".into(),
        size: 9,
        sha256: Sha256Digest::of(b"damaged"),
        format: None,
        unfit: DAMAGED,
        reason: String::new(),
        at: Timestamp::UNIX_EPOCH,
    }
}

fn failed_download(state: &mut State, kind: FailureKind) {
    let kind_of_job = JobKind::Download(name("Dr. A"));
    let started = Event::JobStarted {
        id: JobId(1),
        kind: kind_of_job,
    };
    tell(state, 1, started);
    let failure = Failure::new(kind, Timestamp::UNIX_EPOCH, "");
    let ending = JobEnding::Download {
        doctor: name("Dr. A"),
        result: Err(JobFailure::Failed(failure)),
    };
    let ended = Event::JobEnded {
        id: JobId(1),
        ending: Box::new(ending),
    };
    tell(state, 1, ended);
}

#[test]
fn a_download_whose_recording_is_set_aside_is_told_once() {
    let mut state = signed_in();
    tell(&mut state, 1, Event::SetAside(vec![one()]));
    failed_download(&mut state, DAMAGED.into());
    assert!(state.results.is_empty());
    assert_eq!(state.shelf().set_aside, [one()]);
    assert_eq!(state.to_look_at(), 1);
    // Any other failure is told as ever, and so is one of which nothing could be set aside.
    failed_download(&mut state, FailureKind::TimedOut);
    assert_eq!(state.results.len(), 1);
    tell(&mut state, 1, Event::SetAside(Vec::new()));
    failed_download(&mut state, DAMAGED.into());
    assert_eq!(state.results.len(), 1);
    assert_eq!(state.to_look_at(), 1);
}

#[test]
fn keeping_it_asks_for_a_place_under_its_own_name_and_nothing_of_the_service() {
    let mut state = signed_in();
    tell(&mut state, 1, Event::SetAside(vec![one()]));
    let effects = state.update(Action::KeepSetAside(one().operation));
    let [SideEffect::SaveDialog(request)] = &effects[..] else {
        panic!("no place is asked for: {effects:?}")
    };
    assert_eq!(request.file_name, "Dr. A (damaged).wav");
    let effects = state.update(Action::SaveChosen {
        request: request.clone(),
        chosen: Some(("/y/a.wav".into(), true)),
    });
    let kept = commands(&effects).into_iter().any(|command| {
        matches!(
            command,
            Command::KeepSetAside { operation, destination, .. }
                if *operation == one().operation && destination.replace
        )
    });
    assert!(kept, "{effects:?}");
}

#[test]
fn a_sign_out_takes_it_out_of_sight() {
    let mut state = signed_in();
    tell(&mut state, 1, Event::SetAside(vec![one()]));
    let because = SignedOutBecause::SignOut(None);
    tell(&mut state, 2, Event::SignedOut(because));
    assert!(state.set_aside.is_empty());
}

#[test]
fn it_is_discarded_after_a_question() {
    let mut state = signed_in();
    tell(&mut state, 1, Event::SetAside(vec![one()]));
    assert!(state.update(Action::AskDiscard(one().operation)).is_empty());
    assert_eq!(state.modals, [Modal::Discard(one())]);
    let effects = state.update(Action::Discard);
    assert!(state.modals.is_empty());
    assert!(matches!(
        commands(&effects)[..],
        [Command::DiscardSetAside(operation)] if *operation == one().operation
    ));
}
