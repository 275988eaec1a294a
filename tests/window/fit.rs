//! Dense screens and large text: nothing is cut off, and the keyboard brings everything into view.

use std::collections::BTreeSet;

use audio_housekeeper::state::{Action, JobEnding, JobFailure, ResultKind, ShownResult};
use egui::accesskit::Role;
use egui::{Key, Pos2, Rect, Shape, Theme, Vec2, vec2};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

use crate::pictures::views;
use crate::stage::{SMALL, Window, long_words, name, now, open, open_on, signed_in};

/// A window of a size in points at 100 % text, a screen's scale factor, and a text size in per
/// cent.
struct Look {
    size: Vec2,
    scale: f32,
    percent: u16,
}

const fn look(width: f32, height: f32, scale: f32, percent: u16) -> Look {
    Look {
        size: vec2(width, height),
        scale,
        percent,
    }
}

/// A screen between two whole scale factors, the least window with the largest text on usual and on
/// the densest screens, and a laptop of 1366 by 768 pixels whose owner magnifies everything there is.
const LOOKS: [Look; 4] = [
    look(800.0, 560.0, 1.25, 100),
    look(800.0, 560.0, 1.0, 200),
    look(800.0, 560.0, 3.0, 200),
    look(683.0, 384.0, 2.0, 200),
];

#[test]
fn nothing_is_cut_off_and_the_keyboard_brings_every_control_into_sight() {
    let mut found = Vec::new();
    let mut all = views();
    all.extend(long_words());
    for (name, state) in all {
        for look in LOOKS {
            let Look {
                size,
                scale,
                percent,
            } = look;
            let mut window = open_on(state(), size, Theme::Light, percent, scale);
            let mut problems = BTreeSet::new();
            reads_well(&window, &mut problems);
            walks_through(&mut window, &mut problems);
            reads_well(&window, &mut problems);
            for problem in problems {
                found.push(format!(
                    "{name} at {size:?}, scale {scale}, text {percent} %: {problem}"
                ));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_a_screen_reader_presses_out_of_sight_comes_into_sight() {
    let mut state = signed_in();
    state.unfolded = true;
    for number in 1..=9 {
        state.results.push(ShownResult {
            number,
            ending: ResultKind::Ended(JobEnding::Download {
                doctor: name(&format!("Dr. Number {number}")),
                result: Err(JobFailure::Cancelled),
            }),
            at: now(),
            looking: false,
            seen_since: Some(now()),
        });
    }
    let mut window = open(state, SMALL, Theme::Light, 100);
    let last = |window: &Window| {
        let buttons = window.get_all_by_role_and_label(Role::Button, "Dismiss");
        buttons.last().unwrap().rect()
    };
    let whole = Rect::from_min_size(Pos2::ZERO, SMALL);
    assert!(!whole.contains_rect(last(&window)), "nothing is scrolled");
    let buttons = window.get_all_by_role_and_label(Role::Button, "Dismiss");
    buttons.last().unwrap().click_accesskit();
    window.run();
    assert!(matches!(window.state().actions[..], [Action::Dismiss(9)]));
    assert!(whole.contains_rect(last(&window)), "{:?}", last(&window));
}

/// Tab reaches every control, and each is wholly in sight when it has the focus.
fn walks_through(window: &mut Window, problems: &mut BTreeSet<String>) {
    let offered = controls(window);
    let mut reached = BTreeSet::new();
    let mut first = None;
    for _ in 0..3 * offered.len() + 6 {
        window.key_press(Key::Tab);
        window.run_steps(4);
        let Some((id, name)) = focused(window) else {
            continue;
        };
        if *first.get_or_insert(id) == id && reached.len() > 1 {
            break;
        }
        let shown = window.ctx.read_response(id).unwrap();
        let seen = shown.interact_rect.expand(0.75);
        // What is higher than its view can't be seen whole.
        let is_seen = seen.contains_rect(shown.rect) || seen.height() > 36.0 && !seen.is_negative();
        if !is_seen {
            let whole = shown.rect;
            problems.insert(format!(
                "{name:?} has the focus at {whole:?}, seen {seen:?}"
            ));
        }
        reached.insert(name);
    }
    for name in offered.difference(&reached) {
        problems.insert(format!("{name:?} can't be reached"));
    }
}

/// No text is cut at its sides, and none is written over another. What has no room ends in an
/// ellipsis, and the whole of it is told under the pointer.
fn reads_well(window: &Window, problems: &mut BTreeSet<String>) {
    let texts = texts(window);
    for text in &texts {
        let across = text.rect.x_range();
        let room = text.clip.x_range();
        if across.min < room.min - 1.0 || across.max > room.max + 1.0 {
            let words = &text.words;
            problems.insert(format!("{words:?} at {across:?} is cut by {room:?}"));
        }
    }
    for (index, one) in texts.iter().enumerate() {
        for other in texts.iter().skip(index + 1) {
            let both = one.rect.intersect(other.rect).intersect(one.clip);
            if one.clip == other.clip && both.width() > 2.0 && both.height() > 3.0 {
                let (one, other) = (&one.words, &other.words);
                problems.insert(format!("{one:?} and {other:?} overlap"));
            }
        }
    }
}

/// The names of what can be used now: in the question on top, or in the window.
fn controls(window: &Window) -> BTreeSet<String> {
    let top = window.query_all_by_role(Role::Dialog).last();
    let top = top.map(|dialog| dialog.accesskit_node().id());
    let is_control = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        let inside = top.is_none_or(|top| {
            std::iter::successors(node.parent(), egui_kittest::kittest::AccessKitNode::parent)
                .any(|node| node.id() == top)
        });
        let role = matches!(
            node.role(),
            Role::Button
                | Role::Link
                | Role::CheckBox
                | Role::RadioButton
                | Role::Tab
                | Role::ComboBox
                | Role::TextInput
                | Role::PasswordInput
        );
        role && inside && !node.is_disabled()
    };
    let nodes = window.query_all(By::new().predicate(is_control));
    nodes.map(|node| named(&node.accesskit_node())).collect()
}

fn focused(window: &Window) -> Option<(egui::Id, String)> {
    let id = window.ctx.memory(egui::Memory::focused)?;
    let is_focused = |node: &egui_kittest::kittest::AccessKitNode<'_>| node.is_focused();
    let mut nodes = window.query_all(By::new().predicate(is_focused));
    let name = nodes.next().map(|node| named(&node.accesskit_node()))?;
    Some((id, name))
}

/// A control's name, and what tells it from others of that name.
fn named(node: &egui_kittest::kittest::AccessKitNode<'_>) -> String {
    let name = node.label().unwrap_or_default();
    match node.description() {
        Some(about) => format!("{name} ({about})"),
        None => name,
    }
}

/// A text on the screen.
struct Written {
    words: String,
    rect: Rect,
    clip: Rect,
}

fn texts(window: &Window) -> Vec<Written> {
    let mut found = Vec::new();
    for shown in &window.output().shapes {
        collect(&shown.shape, shown.clip_rect, &mut found);
    }
    found
}

fn collect(shape: &Shape, clip: Rect, found: &mut Vec<Written>) {
    match shape {
        Shape::Vec(shapes) => {
            for shape in shapes {
                collect(shape, clip, found);
            }
        }
        Shape::Text(text) if !text.galley.text().trim().is_empty() => found.push(Written {
            words: text.galley.text().to_owned(),
            rect: text.visual_bounding_rect(),
            clip,
        }),
        _ => {}
    }
}
