//! What the window shows, from what a person does and the engine tells.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is how a failure is said"
)]

mod accounts;
mod activity;
mod deletion_rules;
mod deletions;
mod lock;
mod other_services;
mod places;
mod replacing;
mod retries;
mod set_aside;
mod sign_in_again;
mod version_check;

use std::path::PathBuf;

use audio_housekeeper::domain::{
    Account, BackupComparison, DeletionOutcome, DeletionSurvey, DoctorName, Failure, FailureKind,
    Holder, KnownDoctor, OperationId, Secret, ServerCopy, ServiceOrigin, SignInWith, TokenKeeping,
};
use audio_housekeeper::engine::{
    CheckAllReport, Command, DeletionReport, Envelope, Event, JobEnding, JobFailure, JobId,
    JobKind, JobProgress, SavePurpose, SignedOutBecause,
};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{
    Action, ConfirmedChoice, Message, Modal, Mode, ResultKind, Screen, SideEffect, SignIn, State,
};
use jiff::{SignedDuration, Timestamp};

fn name(name: &str) -> DoctorName {
    DoctorName::parse(name).unwrap()
}

fn tell(state: &mut State, generation: u64, event: Event) -> Vec<SideEffect> {
    state.apply(Envelope { generation, event })
}

fn signed_in() -> State {
    let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
    sign_in(&mut state, 1);
    state
}

fn sign_in(state: &mut State, generation: u64) {
    tell(state, generation, signed_in_by(true, false));
}

/// The keychain signs Front Desk in, perhaps of a desk that was left locked.
fn sign_in_from_keychain(state: &mut State, is_locked: bool) {
    tell(state, 1, signed_in_by(false, is_locked));
}

fn signed_in_by(by_hand: bool, is_locked: bool) -> Event {
    let account = Account {
        origin: ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap(),
        holder: Holder::User("front.desk".into()),
        person: Some("Front Desk".into()),
        user_name: Some("front.desk".into()),
        keeping: TokenKeeping::Keychain,
        ends_at: None,
    };
    Event::SignedIn {
        account,
        goes_on: false,
        keychain: None,
        by_hand,
        is_locked,
    }
}

fn survey(doctor: &str) -> Box<DeletionSurvey> {
    Box::new(DeletionSurvey {
        doctor: name(doctor),
        server: Ok(Some(ServerCopy::default())),
        checked_at: Timestamp::UNIX_EPOCH,
        backup: BackupComparison::None,
    })
}

fn commands(effects: &[SideEffect]) -> Vec<&Command> {
    let engine = effects.iter().filter_map(|effect| match effect {
        SideEffect::Engine(command) => Some(command),
        _ => None,
    });
    engine.collect()
}

#[test]
fn an_event_of_an_earlier_sign_in_is_discarded() {
    let mut state = signed_in();
    tell(&mut state, 2, Event::SignedOut(SignedOutBecause::Ended));
    let late = KnownDoctor::new(name("Dr. A"));
    tell(&mut state, 1, Event::Doctor(Box::new(late)));
    assert!(state.doctors.is_empty());
}

#[test]
fn doctors_stand_by_name_whatever_order_they_come_in() {
    let mut state = signed_in();
    for doctor in ["Dr. C", "dr. b", "Dr. A", "dr. b"] {
        tell(
            &mut state,
            1,
            Event::Doctor(Box::new(KnownDoctor::new(name(doctor)))),
        );
    }
    let names: Vec<_> = state
        .doctors
        .iter()
        .map(|doctor| doctor.name.as_str())
        .collect();
    assert_eq!(names, ["Dr. A", "dr. b", "Dr. C"]);
}

#[test]
fn each_of_many_doctors_is_found_under_exactly_their_name() {
    let mut state = signed_in();
    let mut names: Vec<_> = (0..1_000).map(|number| format!("Dr. {number}")).collect();
    // To the service these are others.
    names.extend(["dr. 7", "DR. 7", "Dr.7", "Dr. Ürsula", "dr. ürsula"].map(str::to_owned));
    let known = names.iter().rev().map(|text| KnownDoctor::new(name(text)));
    tell(&mut state, 1, Event::Doctors(known.collect()));
    for text in &names {
        let checked = KnownDoctor {
            no_answer_at: Some(Timestamp::UNIX_EPOCH),
            ..KnownDoctor::new(name(text))
        };
        tell(&mut state, 1, Event::Doctor(Box::new(checked)));
    }
    assert_eq!(state.doctors.len(), names.len());
    for text in &names {
        let doctor = state.doctor(&name(text)).unwrap();
        assert_eq!(doctor.name.as_str(), text);
        assert!(doctor.no_answer_at.is_some());
    }
    assert!(state.doctor(&name("dR. 7")).is_none());
    tell(&mut state, 1, Event::Forgotten(name("DR. 7")));
    assert!(state.doctor(&name("DR. 7")).is_none());
    assert_eq!(state.doctors.len(), names.len() - 1);
}

#[test]
fn leaving_asks_while_something_runs() {
    let mut state = signed_in();
    tell(
        &mut state,
        1,
        Event::JobStarted {
            id: JobId(1),
            kind: JobKind::Delete(name("Dr. A")),
        },
    );
    assert!(state.update(Action::Close).is_empty());
    assert_eq!(state.modals, [Modal::CloseWhileBusy]);
    assert!(matches!(
        state.update(Action::ConfirmClose)[..],
        [SideEffect::CloseWindow]
    ));
    state.modals.clear();
    assert!(state.update(Action::SignOut).is_empty());
    assert_eq!(state.modals, [Modal::SignOutWhileBusy]);
    assert!(matches!(
        commands(&state.update(Action::ConfirmSignOut))[..],
        [Command::SignOut]
    ));
}

#[test]
fn a_cancelled_download_leaves_the_tray_and_a_failed_one_stays() {
    let mut state = signed_in();
    for (number, result) in [
        (1, JobFailure::Cancelled),
        (
            2,
            JobFailure::Failed(Failure::new(
                FailureKind::TimedOut,
                Timestamp::UNIX_EPOCH,
                "",
            )),
        ),
    ] {
        let id = JobId(number);
        let doctor = name("Dr. A");
        tell(
            &mut state,
            1,
            Event::JobStarted {
                id,
                kind: JobKind::Download(doctor.clone()),
            },
        );
        state.apply_progress(&[(id, JobProgress::ReadingBack)].into());
        assert_eq!(state.jobs[&id].progress, JobProgress::ReadingBack);
        let ending = Box::new(JobEnding::Download {
            doctor,
            result: Err(result),
        });
        tell(&mut state, 1, Event::JobEnded { id, ending });
    }
    assert!(state.jobs.is_empty());
    assert_eq!(state.results.len(), 1);
    // Progress that comes late brings no ended job back.
    state.apply_progress(&[(JobId(1), JobProgress::ReadingBack)].into());
    assert!(state.jobs.is_empty());
}

#[test]
fn a_wrong_address_is_said_before_anything_is_sent() {
    let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
    tell(&mut state, 0, Event::SignedOut(SignedOutBecause::NoToken));
    let sign_in = |address: &str| Action::SignIn {
        address: address.into(),
        with: SignInWith::Token(Secret::new("t".into())),
        stay: true,
    };
    assert!(state.update(sign_in("http://api.nuxera.ai")).is_empty());
    assert!(state.address_error.is_some());
    let effects = state.update(sign_in("api.nuxera.ai"));
    assert_eq!(state.address_error, None);
    assert!(matches!(state.sign_in, SignIn::Out { ref attempt, .. } if attempt.trying));
    assert!(matches!(
        commands(&effects)[..],
        [Command::SaveSettings(_), Command::SignIn { stay: true, .. }]
    ));
}

#[test]
fn short_messages_go_and_failures_stay() {
    let mut state = signed_in();
    state.tell(Message::Copied);
    let failure = Failure::new(FailureKind::NoAnswer, Timestamp::UNIX_EPOCH, "");
    state.tell(Message::Failed {
        doctor: None,
        failure,
    });
    state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(9));
    assert!(matches!(&state.toasts[..], [toast] if toast.stands_until_dismissed()));
}

#[test]
fn what_lies_behind_a_question_can_not_be_pressed() {
    let mut state = signed_in();
    state.update(Action::AskDelete(name("Dr. A")));
    for action in [
        Action::AskDelete(name("Dr. B")),
        Action::AskDeleteAll,
        Action::Download(name("Dr. A")),
        Action::Show(Screen::Settings),
        Action::SignOut,
    ] {
        assert!(state.update(action).is_empty());
    }
    assert_eq!(state.modals.len(), 1);
    assert_eq!(state.screen, Screen::Recordings);
}

#[test]
fn a_dialog_that_outlasts_its_sign_in_asks_for_nothing() {
    let mut state = signed_in();
    state.update(Action::Download(name("Dr. A")));
    let ready = Event::DownloadReady {
        doctor: name("Dr. A"),
        purpose: SavePurpose::Download,
        file_name: "a.wav".into(),
    };
    let effects = tell(&mut state, 1, ready);
    let Some(SideEffect::SaveDialog(request)) = effects.into_iter().next() else {
        panic!("no dialog")
    };
    tell(&mut state, 2, Event::SignedOut(SignedOutBecause::Ended));
    let SignIn::In(account) = signed_in().sign_in else {
        panic!("nobody is signed in")
    };
    let signed_in = Event::SignedIn {
        account,
        goes_on: false,
        keychain: None,
        by_hand: true,
        is_locked: false,
    };
    tell(&mut state, 3, signed_in);
    let chosen = Some((PathBuf::from("/a.wav"), false));
    assert!(
        state
            .update(Action::SaveChosen { request, chosen })
            .is_empty()
    );
}

#[test]
fn white_space_that_came_with_a_pasted_token_is_no_part_of_it() {
    let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
    tell(&mut state, 0, Event::SignedOut(SignedOutBecause::NoToken));
    let effects = state.update(Action::SignIn {
        address: "api.nuxera.ai".into(),
        with: SignInWith::Token(Secret::new(" abc\r\n".into())),
        stay: true,
    });
    let sent = commands(&effects)
        .into_iter()
        .find_map(|command| match command {
            Command::SignIn {
                with: SignInWith::Token(token),
                ..
            } => Some(token.expose().to_owned()),
            _ => None,
        });
    assert_eq!(sent.as_deref(), Some("abc"));
}

#[test]
fn a_command_that_is_not_taken_leaves_nothing_waiting() {
    let mut state = signed_in();
    let full = || Failure::new(FailureKind::QueueFull, Timestamp::UNIX_EPOCH, "");
    let refuse = |state: &mut State, effects: Vec<SideEffect>| {
        for effect in effects {
            if let SideEffect::Engine(command) = effect {
                state.apply_refusal(command.refused(full()));
            }
        }
    };
    let effects = state.update(Action::Download(name("Dr. A")));
    assert!(state.preparing.is_some());
    refuse(&mut state, effects);
    assert_eq!(state.preparing, None);

    let effects = state.update(Action::AskDelete(name("Dr. B")));
    refuse(&mut state, effects);
    assert!(matches!(
        state.modals.last(),
        Some(Modal::DeleteOne { survey: Some(survey), .. }) if survey.server.is_err()
    ));
    state.update(Action::CloseModal);

    let id = JobId(1);
    let kind = JobKind::Delete(name("Dr. A"));
    tell(&mut state, 1, Event::JobStarted { id, kind });
    let effects = state.update(Action::Cancel(id));
    assert!(state.jobs[&id].cancelling);
    refuse(&mut state, effects);
    assert!(!state.jobs[&id].cancelling);

    let effects = state.update(Action::Show(Screen::Activity));
    refuse(&mut state, effects);
    assert!(!state.activity.loading);
    assert!(!state.toasts.is_empty());
}

#[test]
fn that_something_else_changed_the_settings_stands_until_it_is_dismissed_whoever_signs_in() {
    let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
    tell(&mut state, 0, Event::SettingsWereChanged);
    state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(9));
    tell(&mut state, 1, Event::SignedOut(SignedOutBecause::NoToken));
    assert_eq!(state.toasts[0].message, Message::SettingsWereChanged);
    let dismiss = Action::DismissToast(state.toasts[0].number);
    state.update(dismiss);
    assert!(state.toasts.is_empty());
}

#[test]
fn a_clock_that_was_set_back_is_said_and_a_sleep_only_makes_what_is_known_older() {
    use audio_housekeeper::engine::TimeJump;
    use std::time::Duration;
    let mut state = signed_in();
    let hour = Duration::from_hours(1);
    tell(&mut state, 1, Event::TimeJumped(TimeJump::Ahead(hour)));
    assert!(state.toasts.is_empty());
    tell(&mut state, 1, Event::TimeJumped(TimeJump::Back(hour)));
    tell(&mut state, 1, Event::ClockBehindRecord);
    let messages: Vec<_> = state.toasts.iter().map(|toast| &toast.message).collect();
    assert_eq!(
        messages,
        [&Message::ClockSetBack, &Message::ClockBehindRecord]
    );
    // Nobody may have been looking.
    state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(9));
    assert_eq!(state.toasts.len(), 2);
}
