//! What the app says of itself under Settings, and what support gets of it.

use std::path::{Path, PathBuf};

use audio_housekeeper::domain::DoctorName;
use audio_housekeeper::state::{About, Action, Screen, State};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::stage::{MakeState, Window, signed_in, window};

const LIST: &str = "/usr/share/doc/audio-housekeeper/third-party-licences.txt";

/// About of a program that was installed.
pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![("about", installed)]
}

pub fn installed() -> State {
    let mut state = signed_in();
    state.screen = Screen::Settings;
    state.about = About {
        build: Some("3fb5fcd56d21".into()),
        system: "Debian GNU/Linux 12 (bookworm), x86_64".into(),
        renderer: "wgpu (vulkan on llvmpipe)".into(),
        licences: Some(PathBuf::from(LIST)),
    };
    state
}

/// What stands last on the screen comes into sight.
pub fn scroll_to_the_end(window: &mut Window) {
    if let Some(last) = window.query_by_label_contains("The list names each part") {
        last.scroll_to_me();
    }
    window.run();
}

fn press(window: &mut Window, name: &str) {
    window
        .get_by_role_and_label(Role::Button, name)
        .click_accesskit();
    // No more than one frame: the next would clear what was copied.
    window.step();
}

fn copied(window: &Window) -> Option<String> {
    let commands = &window.output().platform_output.commands;
    commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn support_gets_what_the_app_is_and_the_address_but_nobodys_name() {
    let state = installed();
    let doctors: Vec<_> = state
        .doctors
        .iter()
        .map(|known| known.name.clone())
        .collect();
    let mut window = window(state);
    press(&mut window, "Copy details for support");
    let version = env!("CARGO_PKG_VERSION");
    let details = copied(&window).unwrap();
    assert_eq!(
        details,
        format!(
            "Audio Housekeeper\nVersion {version}\nBuilt from 3fb5fcd56d21\n\
             On Debian GNU/Linux 12 (bookworm), x86_64\nDrawn by wgpu (vulkan on llvmpipe)\n\
             Service: https://api.nuxera.ai"
        )
    );
    for name in doctors.iter().map(DoctorName::as_str) {
        assert!(!details.contains(name), "{name}");
    }
    for name in ["Front Desk", "front.desk"] {
        assert!(!details.contains(name), "{name}");
    }
    let actions = &window.state().actions;
    assert!(matches!(actions[..], [Action::Copied]), "{actions:?}");
}

#[test]
fn what_is_copied_is_what_is_read() {
    let window = window(installed());
    for line in [
        "Built from 3fb5fcd56d21",
        "On Debian GNU/Linux 12 (bookworm), x86_64",
        "Drawn by wgpu (vulkan on llvmpipe)",
    ] {
        assert!(window.query_by_label(line).is_some(), "{line}");
    }
}

#[test]
fn the_licences_are_shown_where_they_are() {
    let mut window = window(installed());
    press(&mut window, "Show in folder");
    let actions = &window.state().actions;
    let shown = matches!(&actions[..], [Action::ShowInFolder(list)] if list == Path::new(LIST));
    assert!(shown, "{actions:?}");
}

#[test]
fn what_is_not_known_is_not_said() {
    let mut state = signed_in();
    state.screen = Screen::Settings;
    let window = window(state);
    for beginning in ["Built from", "On ", "Drawn by", "Licences"] {
        assert!(
            window.query_by_label_contains(beginning).is_none(),
            "{beginning}"
        );
    }
}
