//! The delete that runs has a place of its own.

use std::time::Duration;

use audio_housekeeper::engine::JobId;
use audio_housekeeper::state::{
    Action, JobEnding, JobFailure, JobKind, JobProgress, LastCall, Modal, ResultKind, ShownResult,
    State,
};
use egui::accesskit::Role;
use egui::{Pos2, Rect, Theme, Vec2};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

use crate::pictures::dropped;
use crate::stage::{LARGE, SMALL, Window, delete_waiting, name, now, open, signed_in};

const DELETE: JobId = JobId(2);

fn stop(window: &Window) -> Rect {
    window.get_by_role_and_label(Role::Button, "Stop").rect()
}

fn end_of_download(number: u64) -> ShownResult {
    ShownResult {
        number,
        ending: ResultKind::Ended(JobEnding::Download {
            doctor: name(&format!("Dr. Number {number}")),
            result: Err(JobFailure::Cancelled),
        }),
        at: now(),
        looking: false,
        seen_since: Some(now()),
    }
}

fn go_on(window: &mut Window, progress: JobProgress) {
    let state = &mut window.state_mut().state;
    state.jobs.get_mut(&DELETE).unwrap().progress = progress;
    window.run();
}

fn backup_waiting() -> JobProgress {
    JobProgress::WaitingToTryAgain {
        doctor: name("Dr. Amelia Smith"),
        failure: Box::new(dropped(1)),
        left: Duration::from_millis(3_400),
        next: 2,
        tries: Some(5),
        next_try: audio_housekeeper::domain::NextTry::Begins,
    }
}

#[test]
fn a_backup_that_waits_for_its_next_try_says_so_and_stop_still_counts() {
    for (size, percent, has_room) in [(LARGE, 100, true), (SMALL, 200, false)] {
        let mut window = open(delete_waiting(), size, Theme::Light, percent);
        go_on(&mut window, backup_waiting());
        window.get_by_label("Backing up Dr. Amelia Smith before the delete");
        let again = window.get_by_label("Trying again in 4 s (2 of 5).").rect();
        assert!(again.right() < stop(&window).left(), "{size:?}");
        let met = window.query_by_label("The connection dropped after 59.0 MB.");
        assert_eq!(met.is_some(), has_room, "{size:?}");
        window
            .get_by_role_and_label(Role::Button, "Stop")
            .click_accesskit();
        window.run();
        assert!(matches!(
            window.state().actions[..],
            [Action::Cancel(DELETE)]
        ));
    }
}

#[test]
fn stop_stays_where_it_is_whatever_happens_until_it_comes_too_late() {
    for (size, percent) in [(LARGE, 100), (SMALL, 100), (SMALL, 200)] {
        let mut window = open(delete_waiting(), size, Theme::Light, percent);
        let before = stop(&window);
        let zoom = f32::from(percent) / 100.0;
        let whole = Rect::from_min_size(Pos2::ZERO, size / zoom);
        assert!(whole.contains_rect(before), "{before:?} in {whole:?}");
        for progress in [
            JobProgress::Looking,
            JobProgress::Held,
            JobProgress::ReadingBack,
            backup_waiting(),
            JobProgress::WaitingForFile {
                doctor: name("Dr. Amelia Smith"),
            },
            JobProgress::Downloading {
                doctor: name("Dr. Amelia Smith"),
                received: 1_000_000,
                total: Some(10_000_000),
                speed: 1e6,
                can_be_paused: true,
            },
            JobProgress::Waiting {
                left: Duration::ZERO,
                of: Duration::from_secs(8),
            },
        ] {
            go_on(&mut window, progress.clone());
            assert_eq!(stop(&window), before, "{progress:?}");
        }
        for number in 1..=9 {
            let results = &mut window.state_mut().state.results;
            results.insert(0, end_of_download(number));
            window.run();
            assert_eq!(stop(&window), before, "{number} results");
        }
        window.state_mut().state.modals.push(Modal::CloseWhileBusy);
        window.run();
        assert_eq!(stop(&window), before, "a question");
        let stay = window.get_by_role_and_label(Role::Button, "Stay").rect();
        assert!(!stay.intersects(before), "{stay:?} is over {before:?}");
        // Also with the mouse, over the question.
        window.get_by_role_and_label(Role::Button, "Stop").click();
        window.run();
        let actions = &window.state().actions;
        assert!(
            matches!(actions[..], [Action::Cancel(DELETE), ..]),
            "{actions:?}"
        );
    }
}

/// What has the focus after a delete has begun to wait, in a window in which `label` had it before.
fn focused_after(label: &str, modal: Option<Modal>) -> Option<String> {
    let mut window = open(signed_in(), LARGE, Theme::Light, 100);
    window.run();
    window.get_by_label(label).focus();
    window.run();
    let state = &mut window.state_mut().state;
    state.modals.extend(modal);
    state.jobs = delete_waiting().jobs;
    window.run();
    let focused = |node: &egui_kittest::kittest::AccessKitNode<'_>| node.is_focused();
    let node = window.query_all(By::new().predicate(focused)).next()?;
    node.accesskit_node().label()
}

#[test]
fn the_focus_goes_to_stop_where_nobody_types_and_nothing_is_asked() {
    assert_eq!(focused_after("Check all", None).as_deref(), Some("Stop"));
    assert_eq!(focused_after("Settings", None).as_deref(), Some("Stop"));
    let asked = focused_after("Check all", Some(Modal::CloseWhileBusy));
    assert_eq!(asked.as_deref(), Some("Stay"));
    let mut window = open(signed_in(), LARGE, Theme::Light, 100);
    window
        .get_by_role_and_label(Role::TextInput, "Doctor")
        .focus();
    window.run();
    window.state_mut().state.jobs = delete_waiting().jobs;
    window.run();
    let field = window.get_by_role_and_label(Role::TextInput, "Doctor");
    assert!(field.is_focused());
}

#[test]
fn stop_goes_as_soon_as_the_word_is_given_that_nobody_pressed_it() {
    let mut window = open(delete_waiting(), LARGE, Theme::Light, 100);
    stop(&window);
    let state = &mut window.state_mut().state;
    state.jobs.get_mut(&DELETE).unwrap().last_call = LastCall::Answered;
    window.run();
    let stop = window.query_by_role_and_label(Role::Button, "Stop");
    assert!(stop.is_none());
}

#[test]
fn a_long_name_leaves_the_seconds_in_sight_and_is_told_whole() {
    let long = format!("Dr. {}", "Wolfeschlegelsteinhausen ".repeat(7).trim());
    let mut state: State = delete_waiting();
    state.jobs.get_mut(&DELETE).unwrap().kind = JobKind::Delete(name(&long));
    let whole = format!("Deleting for {long} in 6 s");
    for size in [LARGE, SMALL, Vec2::new(400.0, 400.0)] {
        let window = open(state_again(&state), size, Theme::Light, 100);
        let told = window.get_by_label(&whole);
        assert!(told.rect().right() < stop(&window).left());
        let painted = window.output().shapes.iter().any(|painted| {
            matches!(&painted.shape, egui::Shape::Text(text)
                if text.galley.text().ends_with("… in 6 s"))
        });
        assert!(painted, "{size:?}");
        assert!(told.accesskit_node().value().unwrap().contains(&long));
    }
}

fn state_again(state: &State) -> State {
    let mut again = delete_waiting();
    again.jobs.clone_from(&state.jobs);
    again
}
