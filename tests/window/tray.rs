//! What runs and what has ended.

use audio_housekeeper::domain::{
    DeletionOutcome, Failure, FailureKind, OperationId, ServiceOrigin,
};
use audio_housekeeper::state::{
    Action, Job, JobEnding, JobFailure, JobId, JobKind, JobProgress, ResultKind, ShownResult,
    State, Unfinished,
};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::pictures::{dropped, given_up, report, waiting_to_try_again};
use crate::stage::{
    Window, ago, delete_waiting, downloading, kept_parts, name, now, signed_in, window,
};

fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

fn deleted(outcome: DeletionOutcome) -> State {
    let mut state = signed_in();
    state.results.push(ShownResult {
        number: 7,
        ending: ResultKind::Ended(JobEnding::Delete {
            doctor: name("Dr. Amelia Smith"),
            operation: OperationId::from_bytes([1; 16]),
            report: report(outcome),
            backup: None,
        }),
        at: now(),
        looking: false,
        seen_since: Some(now()),
    });
    state
}

#[test]
fn a_delete_of_another_service_names_that_and_offers_nothing_that_asks_the_present_one() {
    let mut state = deleted(DeletionOutcome::NotKnown);
    let ending = Box::new(state.results[0].ending.clone());
    let service = ServiceOrigin::parse("https://other.example").unwrap();
    state.results[0].ending = ResultKind::Elsewhere { service, ending };
    let mut window = window(state);
    window.get_by_label("Dr. Amelia Smith at other.example");
    for offer in ["Look again", "Wrong doctor?"] {
        let button = window.query_by_role_and_label(Role::Button, offer);
        assert!(button.is_none(), "{offer}");
    }
    press(&mut window, "Dismiss");
    assert!(matches!(window.state().actions[..], [Action::Dismiss(7)]));
}

#[test]
fn a_delete_that_was_cut_off_at_another_service_says_where_it_can_be_looked_into() {
    let mut state = deleted(DeletionOutcome::Gone);
    let unfinished = Unfinished::NotLookedInto {
        doctor: Some(name("Dr. Amelia Smith")),
        operation: OperationId::from_bytes([1; 16]),
        at: ago(24 * 60),
    };
    state.results[0].ending = ResultKind::Elsewhere {
        service: ServiceOrigin::parse("https://other.example").unwrap(),
        ending: Box::new(ResultKind::FromEarlier(unfinished)),
    };
    let mut window = window(state);
    window.get_by_label("Dr. Amelia Smith at other.example");
    window.get_by_label(
        "This delete was begun yesterday 14:05 and cut off when the app ended. What it did is not \
         known. Sign in there to have that looked into.",
    );
    press(&mut window, "Dismiss");
    assert!(matches!(window.state().actions[..], [Action::Dismiss(7)]));
}

#[test]
fn a_download_shows_bytes_speed_and_time_left_and_can_be_cancelled() {
    let mut window = window(downloading());
    window.get_by_label("59.6 of 96.1 MB, 8.2 MB/s, 5 s left");
    press(&mut window, "Cancel");
    assert!(matches!(
        window.state().actions[..],
        [Action::Cancel(JobId(1))]
    ));
}

#[test]
fn a_download_can_be_paused_where_it_can_be_gone_on_with_and_says_why_where_not() {
    let mut window = window(downloading());
    press(&mut window, "Pause");
    assert!(matches!(
        window.state().actions[..],
        [Action::Pause(JobId(1))]
    ));
    let mut state = downloading();
    let job = state.jobs.get_mut(&JobId(1)).unwrap();
    job.progress = JobProgress::Downloading {
        doctor: job.kind.doctor().unwrap().clone(),
        received: 59_600_000,
        total: Some(96_100_000),
        speed: 8_200_000.0,
        can_be_paused: false,
    };
    let window = self::window(state);
    let pause = window.get_by_role_and_label(Role::Button, "Pause");
    assert!(pause.accesskit_node().is_disabled());
    let why = pause.accesskit_node().description().unwrap();
    assert!(why.starts_with("This service can’t go on with a download later."));
}

#[test]
fn one_that_is_being_paused_says_so_and_is_not_paused_twice() {
    let mut state = downloading();
    let job = state.jobs.get_mut(&JobId(1)).unwrap();
    (job.cancelling, job.pausing) = (true, true);
    let window = window(state);
    window.get_by_label("Pausing…");
    for button in ["Pause", "Cancel"] {
        let button = window.get_by_role_and_label(Role::Button, button);
        assert!(button.accesskit_node().is_disabled());
    }
}

#[test]
fn a_delete_waits_in_the_open_and_can_be_stopped_until_it_is_sent() {
    let mut window = window(delete_waiting());
    window.get_by_label("Deleting for Dr. Amelia Smith in 6 s");
    press(&mut window, "Stop");
    assert!(matches!(
        window.state().actions[..],
        [Action::Cancel(JobId(2))]
    ));
    let job = window.state_mut().state.jobs.get_mut(&JobId(2)).unwrap();
    job.progress = JobProgress::Deleting;
    window.run();
    assert!(
        window
            .query_by_role_and_label(Role::Button, "Stop")
            .is_none()
    );
}

#[test]
fn deleted_is_said_only_of_what_is_gone_and_the_rest_can_be_looked_at_again() {
    let gone = window(deleted(DeletionOutcome::Gone));
    gone.get_by_label("Deleted. Nuxera has nothing under this name now.");
    assert!(
        gone.query_by_role_and_label(Role::Button, "Look again")
            .is_none()
    );
    for outcome in [DeletionOutcome::NotKnown, DeletionOutcome::StillThere] {
        let mut window = window(deleted(outcome));
        assert!(window.query_by_label_contains("Deleted.").is_none());
        press(&mut window, "Look again");
        press(&mut window, "Wrong doctor?");
        press(&mut window, "Dismiss");
        assert!(
            matches!(
                window.state().actions[..],
                [
                    Action::LookAgain(7),
                    Action::WrongDoctor(7),
                    Action::Dismiss(7)
                ]
            ),
            "{:?}",
            window.state().actions
        );
    }
}

#[test]
fn a_delete_that_was_sent_is_never_said_to_have_changed_nothing() {
    for (outcome, said) in [
        (DeletionOutcome::NotKnown, false),
        (DeletionOutcome::StillThere, false),
        (DeletionOutcome::Gone, false),
        (DeletionOutcome::NotSent, true),
    ] {
        let mut state = deleted(outcome);
        if let ResultKind::Ended(JobEnding::Delete { report, .. }) = &mut state.results[0].ending {
            report.failure = Some(Failure::new(FailureKind::NoAnswer, now(), "reset"));
        }
        let window = window(state);
        let sentence = window.query_by_label_contains("Nothing was changed");
        assert_eq!(sentence.is_some(), said, "{outcome:?}");
        window.get_by_role_and_label(Role::Button, "Details");
    }
}

#[test]
fn what_was_stopped_offers_nothing_to_look_at() {
    let window = window(deleted(DeletionOutcome::Stopped));
    window.get_by_label("Stopped. Nothing was sent, and nothing was deleted.");
    for label in ["Look again", "Wrong doctor?"] {
        assert!(
            window
                .query_by_role_and_label(Role::Button, label)
                .is_none()
        );
    }
}

#[test]
fn what_is_kept_says_how_much_and_can_be_gone_on_with_or_discarded() {
    let mut window = window(kept_parts());
    window.get_by_label("2 downloads can be gone on with.");
    let says = "59.0 of 96.1 MB is set aside. Go on to fetch the rest. The recording on the server is untouched.";
    window.get_by_label(says);
    for label in ["Go on", "Discard"] {
        let mut buttons = window.query_all_by_role_and_label(Role::Button, label);
        let button = buttons.nth(1).unwrap();
        drop(buttons);
        button.click();
        window.run();
    }
    press(&mut window, "Go on with all");
    let second = OperationId::from_bytes([2; 16]);
    assert!(
        matches!(
            &window.state().actions[..],
            [Action::GoOn(Some(one)), Action::DiscardPart(other), Action::GoOn(None)]
                if *one == second && *other == second
        ),
        "{:?}",
        window.state().actions
    );
    // A download of the same doctor has to end first.
    let mut state = kept_parts();
    let running = downloading();
    state.jobs = running.jobs;
    let window = self::window(state);
    let go_on = window.query_all_by_role_and_label(Role::Button, "Go on");
    let can: Vec<_> = go_on
        .map(|button| !button.accesskit_node().is_disabled())
        .collect();
    assert_eq!(can, [false, true]);
}

#[test]
fn a_download_that_was_given_up_offers_nothing_beside_what_is_kept_of_it() {
    let mut state = given_up();
    state.kept_parts = kept_parts().kept_parts;
    // It was gone on with, and given up again.
    let first = state.kept_parts[0].operation.clone();
    assert_eq!(state.update(Action::GoOn(Some(first))).len(), 1);
    let window = window(state);
    window.get_by_label("The connection dropped after 59.0 MB.");
    assert!(
        window
            .query_by_role_and_label(Role::Button, "Try again")
            .is_none()
    );
}

#[test]
fn what_waits_for_its_next_try_says_what_happened_and_can_be_hurried_or_ended() {
    let mut window = window(waiting_to_try_again());
    window.get_by_label("The connection dropped after 59.0 MB.");
    window.get_by_label("Going on after 59.0 MB in 4 s (2 of 5).");
    for label in ["Details", "Try now", "Cancel"] {
        press(&mut window, label);
    }
    assert!(
        matches!(
            &window.state().actions[..],
            [
                Action::ShowDetails { failure, .. },
                Action::TryNow(JobId(1)),
                Action::Cancel(JobId(1))
            ] if *failure == dropped(1)
        ),
        "{:?}",
        window.state().actions
    );
    let job = window.state_mut().state.jobs.get_mut(&JobId(1)).unwrap();
    job.cancelling = true;
    window.run();
    window.get_by_label("Stopping…");
    assert!(
        window
            .query_by_role_and_label(Role::Button, "Try now")
            .is_none()
    );
}

#[test]
fn what_was_given_up_says_how_often_it_was_tried_and_offers_to_try_again() {
    let mut window = window(given_up());
    window.get_by_label(
        "The connection dropped after 59.0 of 96.1 MB. The unfinished part was removed; the \
         recording on the server is untouched. Try again.",
    );
    window.get_by_label("Tried 5 times.");
    press(&mut window, "Try again");
    press(&mut window, "Details");
    assert!(
        matches!(
            &window.state().actions[..],
            [Action::TryAgain(doctor), Action::ShowDetails { failure, .. }]
                if *doctor == name("Dr. Jürgen Müller") && failure.details.earlier.len() == 4
        ),
        "{:?}",
        window.state().actions
    );
}

#[test]
fn a_download_that_another_place_would_save_offers_to_choose_one() {
    let mut state = given_up();
    let path = "/stick/a.wav".into();
    if let ResultKind::Ended(JobEnding::Download { result, .. }) = &mut state.results[0].ending {
        let full = Failure::new(FailureKind::DiskFull { path }, now(), "");
        *result = Err(JobFailure::Failed(full));
    }
    let window = window(state);
    assert!(
        window
            .query_by_role_and_label(Role::Button, "Try again")
            .is_none()
    );
    assert!(window.query_by_label_contains("Tried").is_none());
    let offers = window.get_all_by_role_and_label(Role::Button, "Download…");
    // The screen's own, and the one beside what failed.
    assert_eq!(offers.count(), 2);
}

#[test]
fn what_a_result_offers_can_be_pressed_only_where_nothing_runs_that_has_to_end_first() {
    let mut state = given_up();
    for (running, can_be) in [(JobKind::CheckAll, true), (JobKind::CheckAndBackUp, false)] {
        let job = downloading().jobs.remove(&JobId(1)).unwrap();
        let kind = running;
        state.jobs.insert(JobId(1), Job { kind, ..job });
        let window = window(state);
        let again = window.get_by_role_and_label(Role::Button, "Try again");
        assert_eq!(!again.accesskit_node().is_disabled(), can_be);
        let said = again.accesskit_node().description();
        assert_eq!(
            said.is_some_and(|said| said.starts_with("A transfer or a deletion is running")),
            !can_be
        );
        let details = window.get_by_role_and_label(Role::Button, "Details");
        assert!(!details.accesskit_node().is_disabled());
        state = given_up();
    }
}
