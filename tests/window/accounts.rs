//! Several people at one desk, as it is seen.

use audio_housekeeper::domain::{AccountKey, Holder, KeptAccount, ServiceOrigin};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Action, Attempt, Modal, Mode, SignIn, SignedOutBecause, State};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::stage::{MakeState, delete_waiting, now, signed_in, window};

/// The questions who is at the desk, and what is offered where nobody is.
pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("accounts", || asked(two())),
        ("accounts-alone", || asked(Vec::new())),
        ("accounts-many", || asked(many())),
        ("accounts-busy", || {
            let mut state = delete_waiting();
            state.accounts = Some(two());
            let to = two().remove(0);
            state.modals.push(Modal::SwitchWhileBusy(Some(to)));
            state
        }),
        ("sign-in-kept", || nobody(two())),
        ("sign-in-kept-many", || nobody(many())),
        ("sign-in-starting", || {
            State::new(Mode::Real, Settings::default(), now())
        }),
        ("recordings-switched", || {
            let mut state = signed_in();
            let to = state.account().unwrap().clone();
            state.tell(audio_housekeeper::state::Message::GoesOnAs(to));
            state
        }),
    ]
}

fn kept(address: &str, user_name: &str, person: Option<&str>) -> KeptAccount {
    KeptAccount {
        key: AccountKey {
            origin: ServiceOrigin::parse(address).unwrap(),
            holder: Holder::User(user_name.into()),
        },
        user_name: Some(user_name.into()),
        person: person.map(Into::into),
        person_id: None,
        is_locked: false,
    }
}

fn two() -> Vec<KeptAccount> {
    vec![
        kept(ServiceOrigin::DEFAULT, "back.office", Some("Back Office")),
        kept(
            "https://audio.clinic.example",
            "front.desk",
            Some("Front Desk"),
        ),
    ]
}

fn many() -> Vec<KeptAccount> {
    let long =
        "Dr. Maximiliane-Theodora von und zu Hohenfels-Wittgenstein, front desk, second floor";
    let others = (1..=8).map(|n| kept(ServiceOrigin::DEFAULT, &format!("desk.{n}"), None));
    let long = kept(ServiceOrigin::DEFAULT, "m.hohenfels", Some(long));
    [long].into_iter().chain(others).collect()
}

fn asked(accounts: Vec<KeptAccount>) -> State {
    let mut state = signed_in();
    state.accounts = Some(accounts);
    state.update(Action::AskWho);
    state
}

fn nobody(accounts: Vec<KeptAccount>) -> State {
    let mut state = State::new(Mode::Real, Settings::default(), now());
    state.sign_in = SignIn::Out {
        because: SignedOutBecause::SomebodyElse,
        attempt: Attempt::default(),
    };
    state.accounts = Some(accounts);
    state
}

#[test]
fn who_is_at_the_desk_is_picked_with_the_keyboard_alone() {
    let mut window = window(asked(two()));
    window.get_by_role_and_label(Role::Dialog, "Who is at the desk?");
    // The focus is at Cancel: the first before it is the last that is offered.
    window.key_press(Key::Tab);
    window.run();
    window.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    window.run();
    let back = "Back Office (back.office)";
    let button = window.get_by_role_and_label(Role::Button, back);
    button.focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    let [Action::SwitchAccount(Some(key))] = &window.state().actions[..] else {
        panic!("{:?}", window.state().actions)
    };
    assert_eq!(*key, two()[0].key);
}

#[test]
fn whose_data_is_shown_is_said_in_a_narrow_window_too() {
    let mut window = crate::stage::open(signed_in(), crate::stage::SMALL, egui::Theme::Light, 200);
    window.run();
    window.get_by_label_contains("Front Desk");
}
