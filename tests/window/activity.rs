//! What was done, as the record has it.

use audio_housekeeper::domain::{
    Act, ActChoices, ActFilter, AuditAction, AuditBackup, AuditDraft, AuditEntry, AuditOutcome,
    AuditWho, DamagedEntry, Failure, FailureKind, GENESIS, OperationId, OutcomeGroup, Period,
    Sha256Digest,
};
use audio_housekeeper::state::{Action, Modal, Screen, State};
use egui::accesskit::Role;
use egui::{Key, Theme, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::pictures::save;
use crate::record;
use crate::stage::{LARGE, MakeState, SMALL, Window, ago, name, open, signed_in, window};

/// The screen with a few acts.
pub fn activity() -> State {
    use AuditAction::{Delete, DeleteAll, Download, SignIn};
    use AuditOutcome::{Answered, Done, Failed, Gone, Intended, SavedAndChecked, StillThere};
    let mut state = signed_in();
    state.screen = Screen::Activity;
    let kenji = Some("Dr. Kenji Tanaka 田中");
    let amelia = Some("Dr. Amelia Smith");
    let priya = Some("Dr. Priya Nair");
    state.activity.acts = vec![
        act(1_281, 1, Delete, kenji, &[Intended, Answered, Gone]),
        act(1_280, 2, Download, amelia, &[SavedAndChecked]),
        act(1_277, 7, Delete, priya, &[Intended, Answered, StillThere]),
        act(1_276, 25, SignIn, None, &[Done]),
        act(1_274, 1_244, DeleteAll, None, &[Intended, Failed]),
    ];
    state.activity.choices = ActChoices {
        doctors: [kenji, amelia, priya]
            .map(|doctor| name(doctor.unwrap()))
            .into(),
        people: vec!["Front Desk".into(), "Records".into()],
    };
    state.record.report = Some(record::whole());
    state
}

/// An act that began so many minutes ago.
fn act(
    first: u64,
    minutes: i64,
    action: AuditAction,
    doctor: Option<&str>,
    outcomes: &[AuditOutcome],
) -> Act {
    let steps = outcomes.iter().zip(first..).map(|(outcome, number)| {
        Ok(AuditEntry {
            number,
            previous: if number == 1 {
                GENESIS
            } else {
                Sha256Digest::of(&number.to_be_bytes())
            },
            app_version: "0.1.0".into(),
            draft: AuditDraft {
                time: ago(minutes),
                action,
                outcome: *outcome,
                operation: OperationId::from_bytes([9; 16]),
                who: AuditWho {
                    os_user: "desk".into(),
                    person: Some("Front Desk".into()),
                    computer: "desk-1".into(),
                    service: Some("https://api.nuxera.ai".into()),
                },
                doctor: doctor.map(name),
                reason: (action == AuditAction::Delete).then(|| "transcribed and filed".into()),
                plan: (*outcome == AuditOutcome::Intended)
                    .then(|| "delete all files under this name, backed up and the same".into()),
                backup: (action == AuditAction::Download).then(|| AuditBackup {
                    path: "/home/desk/Recordings/Dr. Amelia Smith 2026-11-23.flac".into(),
                    size: 18_400_000,
                    sha256: Sha256Digest::of(b"sample"),
                }),
                answer: (*outcome == AuditOutcome::Answered).then(|| "200".into()),
                note: None,
            },
        })
    });
    Act {
        first,
        steps: steps.collect(),
    }
}

/// Many acts, the newest with the highest number.
fn many(count: u64) -> State {
    let mut state = activity();
    let acts = (1..=count).rev().map(|number| {
        let doctor = format!("Dr. {number:06}");
        let outcomes = [AuditOutcome::Found];
        act(number, 5, AuditAction::Check, Some(&doctor), &outcomes)
    });
    state.activity.acts = acts.collect();
    state
}

/// The act of a delete, opened; its second step is not what the app wrote.
fn opened() -> State {
    let mut state = activity();
    let mut act = state.activity.acts[0].clone();
    act.steps[1] = Err(DamagedEntry { number: 1_282 });
    state.modals.push(Modal::Act(Box::new(act)));
    state
}

fn filtered() -> State {
    let mut state = activity();
    state.activity.acts.truncate(1);
    state.activity.filter = ActFilter {
        text: "filed".into(),
        doctor: Some(name("Dr. Kenji Tanaka 田中")),
        action: Some(AuditAction::Delete),
        outcome: Some(OutcomeGroup::Done),
        period: Period::SevenDays,
        ..ActFilter::default()
    };
    state
}

fn nothing_fits() -> State {
    let mut state = filtered();
    state.activity.acts.clear();
    state
}

/// Where what was asked for last could not be read.
fn not_read(mut state: State) -> State {
    state.activity.failed = Some(Failure::new(FailureKind::StoreTrouble, ago(0), ""));
    state
}

pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("activity-filtered", filtered),
        ("activity-nothing-fits", nothing_fits),
        ("activity-not-read", || not_read(nothing_fits())),
        ("activity-older-not-read", || not_read(activity())),
        ("activity-act", || {
            let mut state = activity();
            let act = state.activity.acts[1].clone();
            state.modals.push(Modal::Act(Box::new(act)));
            state
        }),
        ("activity-act-damaged", opened),
    ]
}

fn actions(window: &mut Window) -> Vec<Action> {
    std::mem::take(&mut window.state_mut().actions)
}

/// The filter that is asked for.
fn wanted(window: &mut Window) -> ActFilter {
    match &actions(window)[..] {
        [Action::FilterActivity(filter)] => (**filter).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_entry_is_named_among_the_others() {
    for size in [LARGE, SMALL] {
        let mut state = activity();
        let damaged = DamagedEntry { number: 1_017 };
        let alone = Act {
            first: 1_017,
            steps: vec![Err(damaged)],
        };
        state.activity.acts.insert(1, alone);
        state.activity.acts[0].steps[1] = Err(DamagedEntry { number: 1_282 });
        let mut window = open(state, size, Theme::Light, 100);
        window.run();
        window.get_by_role_and_label(Role::Button, "Entry 1,017 is damaged");
        let inside = window.query_all_by_label_contains("Dr. Kenji Tanaka");
        let mut inside = inside.filter(|node| node.accesskit_node().role() == Role::Button);
        let label = inside.next().unwrap().accesskit_node().label().unwrap();
        assert!(label.ends_with("Entry 1,282 is damaged"), "{label}");
    }
}

#[test]
fn of_a_hundred_thousand_acts_only_those_in_sight_are_made() {
    let window = window(many(100_000));
    let rows = window.query_all_by_role(Role::Button).count();
    assert!(rows < 60, "{rows} buttons were made");
}

/// Turns the wheel over the list.
fn scroll(window: &mut Window, points: f32) {
    let at = egui::pos2(600.0, 400.0);
    window.event(egui::Event::PointerMoved(at));
    window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: Vec2::new(0.0, -points),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    for _ in 0..40 {
        window.step();
    }
}

#[test]
fn the_filters_and_the_names_of_the_columns_stay_while_the_acts_scroll() {
    let mut window = window(many(1_000));
    let heading = window
        .get_by_role_and_label(Role::Heading, "Activity")
        .rect();
    scroll(&mut window, 2_000.0);
    save(&mut window, "activity-scrolled", "light");
    let search = window.get_by_role_and_label(Role::TextInput, "Search");
    assert!(
        search.rect().top() < heading.bottom(),
        "the heading has gone"
    );
    let column = window.get_by_role_and_label(Role::Label, "When").rect();
    assert!(window.query_by_label("Dr. 001000").is_none());
    // Nothing of a row shows or is pressed above the names of the columns.
    let rows = window.query_all_by_label_contains("Dr. 000");
    let rows: Vec<_> = rows.map(|row| row.rect()).collect();
    assert!(!rows.is_empty());
    window.hover_at(column.center());
    window.run();
    let at = search_of(&window).center();
    window.event(egui::Event::PointerMoved(at));
    for pressed in [true, false] {
        window.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
    }
    window.run();
    assert!(
        actions(&mut window).is_empty(),
        "no act was pressed behind it"
    );
}

fn search_of(window: &Window) -> egui::Rect {
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .rect()
}

#[test]
fn older_acts_are_asked_for_before_the_end_comes_in_sight() {
    let mut state = many(200);
    state.activity.more = true;
    let mut window = window(state);
    assert!(actions(&mut window).is_empty());
    scroll(&mut window, 5_000.0);
    let asked = actions(&mut window);
    assert!(
        matches!(asked[..], [Action::LoadMoreActivity, ..]),
        "{asked:?}"
    );
    window.state_mut().state.activity.loading = true;
    window.run();
    actions(&mut window);
    window.run();
    assert!(actions(&mut window).is_empty(), "they were asked for");
}

#[test]
fn behind_an_open_act_none_are_asked_for_and_nothing_is_drawn_over_and_over() {
    let mut state = opened();
    state.activity.more = true;
    let mut window = window(state);
    assert!(actions(&mut window).is_empty());
    window.state_mut().state.update(Action::CloseModal);
    window.run();
    let asked = actions(&mut window);
    assert!(
        matches!(asked[..], [Action::LoadMoreActivity, ..]),
        "{asked:?}"
    );
}

#[test]
fn older_acts_that_can_not_be_read_are_asked_for_again_only_where_that_is_pressed() {
    for count in [10, 200] {
        let mut state = not_read(many(count));
        state.activity.more = true;
        let mut window = window(state);
        scroll(&mut window, 20_000.0);
        assert!(
            actions(&mut window).is_empty(),
            "nothing is asked by itself"
        );
        assert!(window.query_by_label("Reading older ones…").is_none());
        window.get_by_label("The record could not be read.");
        window
            .get_by_role_and_label(Role::Button, "Try again")
            .click();
        window.run();
        let asked = actions(&mut window);
        assert!(matches!(asked[..], [Action::LoadMoreActivity]), "{asked:?}");
    }
}

#[test]
fn where_nothing_can_be_read_it_is_not_said_that_nothing_is_there() {
    let mut none = activity();
    none.activity.acts.clear();
    for state in [none, nothing_fits()] {
        let mut window = window(not_read(state));
        window.get_by_label("The record could not be read.");
        assert!(window.query_by_label_contains("Nothing").is_none());
        window
            .get_by_role_and_label(Role::Button, "Try again")
            .click();
        window.run();
        let asked = actions(&mut window);
        assert!(matches!(asked[..], [Action::LoadMoreActivity]), "{asked:?}");
    }
}

#[test]
fn while_a_search_goes_on_it_is_not_said_that_nothing_fits() {
    let mut state = nothing_fits();
    state.activity.loading = true;
    let window = window(state);
    window.get_by_label("Reading the record…");
    assert!(window.query_by_label_contains("Nothing").is_none());
    window.get_by_role_and_label(Role::Button, "Show all");
}

#[test]
fn the_keyboard_alone_goes_through_the_acts_and_opens_one() {
    for size in [LARGE, SMALL] {
        let mut window = open(many(300), size, Theme::Light, 100);
        search(&mut window);
        for _ in 0..6 {
            window.key_press(Key::Tab);
            window.run();
        }
        assert!(
            focused(&window).contains("Dr. 000300"),
            "{}",
            focused(&window)
        );
        for _ in 0..30 {
            window.key_press(Key::ArrowDown);
            window.run();
        }
        assert!(
            focused(&window).contains("Dr. 000270"),
            "{}",
            focused(&window)
        );
        for _ in 0..20 {
            window.key_press(Key::ArrowUp);
            window.run();
        }
        let row = focused(&window);
        assert!(row.contains("Dr. 000290"), "{row}");
        // It is not behind what stays at the top.
        let shown = window.get_by_role_and_label(Role::Button, &row).rect();
        assert!(shown.top() > search_of(&window).bottom());
        window.key_press(Key::Enter);
        window.run();
        let opened = actions(&mut window);
        assert!(matches!(opened[..], [Action::ShowAct(290)]), "{opened:?}");
    }
}

#[test]
fn newer_acts_take_neither_the_focus_nor_what_is_read_away() {
    for size in [LARGE, SMALL] {
        let mut window = open(many(150), size, Theme::Light, 100);
        search(&mut window);
        for _ in 0..6 {
            window.key_press(Key::Tab);
            window.run();
        }
        for (down, came) in [(0, 3), (40, 3), (0, 40)] {
            for _ in 0..down {
                window.key_press(Key::ArrowDown);
                window.run();
            }
            let row = focused(&window);
            let before = window.get_by_role_and_label(Role::Button, &row).rect();
            // In the small window the three would take the focus out of sight.
            let is_at_the_top = size == LARGE && window.state().state.activity.came_above == 0;
            come(&mut window, came);
            assert_eq!(focused(&window), row);
            let after = window.get_by_role_and_label(Role::Button, &row).rect();
            if is_at_the_top {
                assert!(after.top() > before.top() + 50.0, "they come into sight");
            } else {
                assert!((after.top() - before.top()).abs() < 0.6, "{before} {after}");
            }
        }
    }
}

#[test]
fn an_act_that_has_the_focus_is_not_pushed_out_of_sight_at_the_top() {
    let mut window = open(many(150), LARGE, Theme::Light, 100);
    search(&mut window);
    for _ in 0..6 {
        window.key_press(Key::Tab);
        window.run();
    }
    let bottom = |window: &Window| {
        let row = focused(window);
        let row = window.get_by_role_and_label(Role::Button, &row);
        row.rect().bottom()
    };
    let row = focused(&window);
    come(&mut window, 40);
    window.run();
    assert_eq!(focused(&window), row);
    assert!(bottom(&window) < LARGE.y);
    let mut window = open(many(150), LARGE, Theme::Light, 100);
    search(&mut window);
    for _ in 0..6 {
        window.key_press(Key::Tab);
        window.run();
    }
    while bottom(&window) < LARGE.y - 40.0 {
        window.key_press(Key::ArrowDown);
        window.run();
    }
    let row = focused(&window);
    for _ in 0..5 {
        come(&mut window, 1);
        window.run();
        assert_eq!(focused(&window), row);
        assert!(bottom(&window) < LARGE.y, "{}", bottom(&window));
    }
}

/// So many newer acts come above those that are there.
fn come(window: &mut Window, count: usize) {
    let activity = &mut window.state_mut().state.activity;
    let all = activity.acts.len() + count;
    activity.acts = many(all as u64).activity.acts;
    activity.came_above += count;
    window.run();
}

#[test]
fn other_acts_than_before_are_shown_from_where_the_view_stands() {
    let mut window = window(many(150));
    scroll(&mut window, 700.0);
    let top = search_of(&window).top();
    let first = window.query_all_by_role(Role::Button).count();
    // Found by a wider search: what was the first is far down now, and nothing came above it.
    let mut wider = many(190);
    wider.activity.acts.rotate_left(20);
    window.state_mut().state.activity.acts = wider.activity.acts;
    window.run();
    assert!((search_of(&window).top() - top).abs() < 0.6);
    assert_eq!(window.query_all_by_role(Role::Button).count(), first);
}

/// The name of what has the focus.
fn focused(window: &Window) -> String {
    let nodes = window.query_all(egui_kittest::kittest::by());
    let focused = nodes
        .into_iter()
        .find(|node| node.accesskit_node().is_focused());
    let label = focused.and_then(|node| node.accesskit_node().label());
    label.unwrap_or_default()
}

fn search(window: &mut Window) {
    window
        .get_by_role_and_label(Role::TextInput, "Search")
        .focus();
    window.run();
}

#[test]
fn what_is_typed_is_searched_at_once() {
    let mut window = window(activity());
    search(&mut window);
    window.event(egui::Event::Text("nair".into()));
    window.run();
    let filter = wanted(&mut window);
    assert_eq!(
        filter,
        ActFilter {
            text: "nair".into(),
            ..ActFilter::default()
        }
    );
}

#[test]
fn a_list_beside_it_offers_what_acts_can_be_chosen_by() {
    for (list, pick, expected) in [
        (
            "Doctor",
            "Dr. Priya Nair",
            ActFilter {
                doctor: Some(name("Dr. Priya Nair")),
                ..ActFilter::default()
            },
        ),
        (
            "Action",
            "Delete all",
            ActFilter {
                action: Some(AuditAction::DeleteAll),
                ..ActFilter::default()
            },
        ),
        (
            "Outcome",
            "Needs a look",
            ActFilter {
                outcome: Some(OutcomeGroup::NeedsALook),
                ..ActFilter::default()
            },
        ),
        (
            "Who",
            "Records",
            ActFilter {
                who: Some("Records".into()),
                ..ActFilter::default()
            },
        ),
        (
            "When",
            "30 days",
            ActFilter {
                period: Period::ThirtyDays,
                ..ActFilter::default()
            },
        ),
    ] {
        let mut window = window(activity());
        window.get_by_role_and_label(Role::ComboBox, list).click();
        window.run();
        save(&mut window, &format!("activity-list-{list}"), "light");
        let offered = window.query_all_by_role_and_label(Role::Button, pick);
        offered.last().unwrap().click();
        window.run();
        assert_eq!(wanted(&mut window), expected, "{list}");
    }
}

#[test]
fn a_filter_is_taken_back_in_its_list_and_all_of_them_where_nothing_fits() {
    let mut window = window(filtered());
    window
        .get_by_role_and_label(Role::ComboBox, "Action")
        .click();
    window.run();
    window.get_by_role_and_label(Role::Button, "All").click();
    window.run();
    let mut expected = filtered().activity.filter;
    expected.action = None;
    assert_eq!(wanted(&mut window), expected);

    let mut window = open(filtered(), SMALL, Theme::Light, 100);
    window
        .get_by_role_and_label(Role::Button, "Show all")
        .click();
    window.run();
    assert_eq!(wanted(&mut window), ActFilter::default());

    let mut window = crate::stage::window(nothing_fits());
    window.get_by_label("Nothing that was recorded fits.");
    window
        .get_by_role_and_label(Role::Button, "Show all")
        .click();
    window.run();
    assert_eq!(wanted(&mut window), ActFilter::default());
}

#[test]
fn an_opened_act_tells_all_that_was_recorded_and_copies_it() {
    let mut window = window(opened());
    let act = activity().activity.acts[0].clone();
    let entries = [0, 2].map(|step: usize| act.steps[step].clone().unwrap());
    for entry in &entries {
        window.get_by_label(&entry.canonical());
        window.get_by_label(&entry.digest().to_string());
        window.get_by_label(&entry.previous.to_string());
    }
    window.get_by_label("Entry 1,282 is damaged");
    window.get_by_label("delete all files under this name, backed up and the same");
    let why = window.query_all_by_label("Transcribed and filed").count();
    assert_eq!(why, 3, "two rows behind it, and the act itself");
    window
        .get_by_role_and_label(Role::Button, "Copy")
        .click_accesskit();
    window.step();
    let commands = &window.output().platform_output.commands;
    let copied = commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let [first, last] = entries.map(|entry| entry.canonical());
    let lines = [first, "Entry 1,282 is damaged".to_owned(), last].join("\n");
    assert_eq!(copied, Some(lines));
    window.key_press(Key::Escape);
    window.run();
    let done = actions(&mut window);
    assert!(
        matches!(done[..], [Action::Copied, Action::CloseModal]),
        "{done:?}"
    );
}

#[test]
fn an_act_that_needs_the_whole_window_opens_in_one_frame() {
    let mut window = window(activity());
    let close = |window: &Window| window.get_by_role_and_label(Role::Button, "Close").rect();
    window.state_mut().state.modals = opened().modals;
    window.step();
    let opened = close(&window);
    window.run();
    assert_eq!(close(&window), opened);
    window.get_by_role_and_label(Role::Button, "Close").click();
    window.run();
    let done = actions(&mut window);
    assert!(matches!(done[..], [Action::CloseModal]), "{done:?}");
}
