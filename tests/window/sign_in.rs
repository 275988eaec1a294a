//! Signing in, and signing in again where that has ended.

use audio_housekeeper::domain::{Failure, FailureKind, KeychainTrouble, SignInWith};
use audio_housekeeper::engine::{Envelope, Event};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{
    Action, Attempt, Batch, JobProgress, Message, Modal, Mode, SignIn, SignInAgain,
    SignedOutBecause, State,
};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::stage::{MakeState, Window, delete_waiting, downloading, name, now, signed_in, window};

/// Every form that is signed in by.
pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("sign-in", by_name),
        ("sign-in-failed", sign_in_failed),
        ("sign-in-waited-for", waiting_for_sign_in),
        ("sign-in-token-waited-for", token_waited_for),
        ("sign-in-wrong-passwords", wrong_passwords),
        ("sign-in-ends-soon", ends_soon),
        ("sign-in-before", sign_in_before),
        ("sign-in-first", sign_in_first),
        ("sign-in-practice", practice_sign_in),
        ("sign-in-not-in-keychain", not_in_keychain),
        ("sign-in-not-forgotten", not_forgotten),
        ("keychain-without-a-place", without_a_place),
    ]
}

/// Nobody is signed in, and people sign in by name.
fn by_name() -> State {
    let mut state = signed_out();
    state.settings.signs_in_with_token = false;
    state
}

/// Who was to stay signed in is not.
fn not_in_keychain() -> State {
    out_because(SignedOutBecause::KeychainUnreadable(keychain(
        FailureKind::KeychainTrouble(KeychainTrouble::Gone),
    )))
}

fn not_forgotten() -> State {
    out_because(SignedOutBecause::SignOut(Some(keychain(
        FailureKind::KeychainNotCleared(KeychainTrouble::Refused),
    ))))
}

/// Somebody signed in to stay, where the keychain has no place for that.
fn without_a_place() -> State {
    let mut state = signed_in();
    let kind = FailureKind::KeychainTrouble(KeychainTrouble::NoPlace);
    state.tell(Message::Keychain(keychain(kind)));
    state
}

fn out_because(because: SignedOutBecause) -> State {
    let mut state = by_name();
    let attempt = Attempt::default();
    state.sign_in = SignIn::Out { because, attempt };
    state
}

fn keychain(kind: FailureKind) -> Failure {
    Failure::new(kind, now(), "what the keychain answered")
}

/// An attempt to sign in that failed.
fn failed(kind: FailureKind) -> Attempt {
    Attempt {
        trying: false,
        failure: Some(Failure::new(kind, now(), "what the service answered")),
    }
}

fn sign_in_failed() -> State {
    let mut state = by_name();
    state.sign_in = SignIn::Out {
        because: SignedOutBecause::Ended,
        attempt: failed(FailureKind::ServiceNotFound),
    };
    state
}

fn waiting_for_sign_in() -> State {
    let mut state = delete_waiting();
    state.jobs.extend(downloading().jobs);
    for job in state.jobs.values_mut() {
        job.progress = JobProgress::WaitingForSignIn;
    }
    state.modals.push(asked_to_sign_in(true, None));
    state
}

fn asked_to_sign_in(has_ended: bool, batch: Option<Batch>) -> Modal {
    Modal::SignInAgain(SignInAgain {
        has_ended,
        batch,
        attempt: Attempt::default(),
    })
}

fn ends_soon() -> State {
    let mut state = signed_in();
    let SignIn::In(account) = &mut state.sign_in else {
        unreachable!("somebody is signed in")
    };
    account.ends_at = Some(now() + jiff::SignedDuration::from_mins(4));
    state
}

fn sign_in_before() -> State {
    let mut state = ends_soon();
    state.modals.push(asked_to_sign_in(false, None));
    state
}

fn sign_in_first() -> State {
    let mut state = ends_soon();
    let batch = Some(Batch::CheckAll);
    state.modals.push(asked_to_sign_in(false, batch));
    state
}

/// With a token from IT, of whom nobody knows the user name.
fn token_waited_for() -> State {
    let mut state = waiting_for_sign_in();
    let SignIn::In(account) = &mut state.sign_in else {
        unreachable!("somebody is signed in")
    };
    account.user_name = None;
    state.settings.signs_in_with_token = true;
    state
}

/// Five in a row were wrong.
fn wrong_passwords() -> State {
    let mut state = signed_in();
    let ended = Event::SignedOut(SignedOutBecause::Ended);
    let wrong = failed(FailureKind::PasswordNotAccepted).failure.unwrap();
    let wrong = [(); 5].map(|()| Event::SignInFailed(wrong.clone()));
    for event in [ended].into_iter().chain(wrong) {
        state.apply(Envelope {
            generation: 1,
            event,
        });
    }
    state
}

fn practice_sign_in() -> State {
    let mut state = by_name();
    state.mode = Mode::Practice;
    state
}

fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

fn signed_out() -> State {
    let mut state = State::new(Mode::Real, Settings::default(), now());
    state.settings.signs_in_with_token = true;
    state.sign_in = SignIn::Out {
        because: SignedOutBecause::NoToken,
        attempt: Attempt::default(),
    };
    state
}

#[test]
fn a_pasted_token_stays_in_its_field_until_it_is_accepted() {
    let mut window = window(signed_out());
    press(&mut window, "Sign in");
    window.get_by_label("Paste your access token first.");
    assert!(window.state().actions.is_empty());

    let field = window.get_by_role_and_label(Role::PasswordInput, "Access token");
    field.focus();
    window.run();
    window.event(egui::Event::Paste("abc.def".into()));
    window.run();
    press(&mut window, "Sign in");
    match &window.state().actions[..] {
        [
            Action::SignIn {
                address,
                with: SignInWith::Token(token),
                stay: true,
            },
        ] => {
            assert_eq!(address, "https://api.nuxera.ai");
            assert_eq!(token.expose(), "abc.def");
        }
        other => panic!("{other:?}"),
    }
    assert!(!format!("{:?}", window.state().drafts).contains("abc"));
    let field = window.get_by_role_and_label(Role::PasswordInput, "Access token");
    assert_eq!(
        field.accesskit_node().value().unwrap_or_default(),
        "•".repeat(7)
    );
    window.state_mut().state = signed_in();
    window.run();
    window.state_mut().state = signed_out();
    window.run();
    let field = window.get_by_role_and_label(Role::PasswordInput, "Access token");
    assert_eq!(field.accesskit_node().value().unwrap_or_default(), "");
    field.focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    press(&mut window, "Sign in");
    window.get_by_label("Paste your access token first.");
}

/// Types into a field that is found by its name.
fn fill(window: &mut Window, role: Role, name: &str, text: &str) {
    window.get_by_role_and_label(role, name).focus();
    window.run();
    window.event(egui::Event::Paste(text.into()));
    window.run();
}

fn value(window: &Window, role: Role, name: &str) -> String {
    let field = window.get_by_role_and_label(role, name);
    field.accesskit_node().value().unwrap_or_default()
}

#[test]
fn a_name_and_a_password_sign_in_and_a_password_that_is_wrong_is_typed_anew() {
    let mut state = signed_out();
    state.settings.signs_in_with_token = false;
    let mut window = window(state);
    press(&mut window, "Sign in");
    window.get_by_label("Type your user name and your password first.");
    fill(
        &mut window,
        Role::TextInput,
        "User name or email",
        " front.desk ",
    );
    fill(&mut window, Role::PasswordInput, "Password", "pass word ");
    window.key_press(Key::Enter);
    window.run();
    let sent = std::mem::take(&mut window.state_mut().actions);
    let [
        Action::SignIn {
            with:
                SignInWith::Password {
                    user_name,
                    password,
                },
            ..
        },
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    assert_eq!(user_name, " front.desk ");
    assert_eq!(password.expose(), "pass word ");
    let drafts = format!("{:?} {sent:?}", window.state().drafts);
    assert!(!drafts.contains("pass word"), "{drafts}");
    // It is wiped behind the call, whatever came of that.
    for (kind, again) in [
        (FailureKind::NoAnswer, true),
        (FailureKind::PasswordNotAccepted, false),
    ] {
        for (trying, failure) in [(true, None), (false, Some(kind.clone()))] {
            window.state_mut().state.sign_in = SignIn::Out {
                because: SignedOutBecause::NoToken,
                attempt: Attempt {
                    trying,
                    failure: failure.map(|kind| Failure::new(kind, now(), "")),
                },
            };
            window.run();
        }
        let typed = value(&window, Role::PasswordInput, "Password");
        assert_eq!(typed, "", "{kind:?}");
        // What is missing is said beside what failed.
        press(&mut window, "Sign in");
        window.get_by_label("Type your user name and your password first.");
        assert_eq!(
            value(&window, Role::TextInput, "User name or email"),
            " front.desk "
        );
        if again {
            fill(&mut window, Role::PasswordInput, "Password", "another");
            window.state_mut().state.sign_in = signed_out().sign_in;
            window.run();
            press(&mut window, "Sign in");
        }
    }
    let password = window.get_by_role_and_label(Role::PasswordInput, "Password");
    assert!(password.accesskit_node().is_focused());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(value(&window, Role::PasswordInput, "Password"), "");
    fill(&mut window, Role::PasswordInput, "Password", "another");
    press(&mut window, "Use an access token from IT");
    window.get_by_role_and_label(Role::PasswordInput, "Access token");
    press(&mut window, "Use a user name and password");
    assert_eq!(
        value(&window, Role::TextInput, "User name or email"),
        " front.desk "
    );
    assert_eq!(value(&window, Role::PasswordInput, "Password"), "");
    // Whose sign-in has ended is likely to sign in again; after a sign-out it may be somebody else.
    for (because, kept) in [
        (SignedOutBecause::Ended, " front.desk "),
        (SignedOutBecause::SignOut(None), ""),
    ] {
        window.state_mut().state.sign_in = signed_in().sign_in;
        window.run();
        window.state_mut().state.sign_in = SignIn::Out {
            because,
            attempt: Attempt::default(),
        };
        window.run();
        assert_eq!(value(&window, Role::TextInput, "User name or email"), kept);
    }
}

#[test]
fn a_wrong_address_is_refused_and_the_token_stays() {
    let mut window = window(signed_out());
    press(&mut window, "Change…");
    let field = window.get_by_role_and_label(Role::TextInput, "Service address");
    field.focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    let field = window.get_by_role_and_label(Role::TextInput, "Service address");
    field.type_text("http://example.com");
    window.run();
    let field = window.get_by_role_and_label(Role::PasswordInput, "Access token");
    field.focus();
    window.run();
    window.event(egui::Event::Paste("abc".into()));
    window.run();
    press(&mut window, "Sign in");
    let actions = std::mem::take(&mut window.state_mut().actions);
    assert!(
        matches!(&actions[..], [Action::SetAddress(address)] if address == "http://example.com"),
        "{actions:?}"
    );
    for action in actions {
        window.state_mut().state.update(action);
    }
    window.run();
    window
        .get_by_label("The address must begin with https://, so that recordings travel protected.");
    let field = window.get_by_role_and_label(Role::PasswordInput, "Access token");
    assert!(
        !field
            .accesskit_node()
            .value()
            .unwrap_or_default()
            .is_empty()
    );
}

/// Takes in what the engine tells.
fn tell(window: &mut Window, event: Event) {
    let generation = 1;
    window
        .state_mut()
        .state
        .apply(Envelope { generation, event });
    window.run();
}

/// What the person did since, which the state has taken in.
fn done(window: &mut Window) -> Vec<Action> {
    std::mem::take(&mut window.state_mut().actions)
}

fn ends(window: &mut Window) {
    tell(window, Event::SignedOut(SignedOutBecause::Ended));
    assert!(asks(window));
}

/// Whether the question stands.
fn asks(window: &Window) -> bool {
    let mut titles = window.query_all_by_label("Please sign in again");
    titles.next().is_some()
}

/// The same person, or somebody else, has signed in.
fn signs_in(window: &mut Window, goes_on: bool) {
    let SignIn::In(account) = signed_in().sign_in else {
        panic!("nobody is signed in")
    };
    let keychain = None;
    tell(
        window,
        Event::SignedIn {
            account,
            goes_on,
            keychain,
            by_hand: true,
            is_locked: false,
        },
    );
}

#[test]
fn a_sign_in_that_has_ended_asks_for_its_password_only_and_again_after_a_wrong_one() {
    let mut window = window(downloading());
    ends(&mut window);
    window.get_by_label("front.desk");
    let field = window.get_by_role_and_label(Role::PasswordInput, "Password");
    assert!(field.accesskit_node().is_focused());
    assert!(window.query_by_label("User name or email").is_none());
    assert!(
        window
            .query_by_label("Stay signed in on this computer")
            .is_none()
    );
    for (typed, kind) in [
        ("wrong", Some(FailureKind::PasswordNotAccepted)),
        ("right", None),
    ] {
        fill(&mut window, Role::PasswordInput, "Password", typed);
        window.key_press(Key::Enter);
        window.run();
        match &done(&mut window)[..] {
            [
                Action::SignIn {
                    address,
                    with:
                        SignInWith::Password {
                            user_name,
                            password,
                        },
                    stay: true,
                },
            ] => {
                assert_eq!(address, "https://api.nuxera.ai");
                assert_eq!(
                    (user_name.as_str(), password.expose()),
                    ("front.desk", typed)
                );
            }
            other => panic!("{other:?}"),
        }
        match kind {
            Some(kind) => {
                let failure = Failure::new(kind, now(), "");
                tell(&mut window, Event::SignInFailed(failure));
                let said = "The service doesn't know this user name with this password.";
                window.get_by_label_contains(said);
                assert_eq!(value(&window, Role::PasswordInput, "Password"), "");
            }
            None => signs_in(&mut window, true),
        }
    }
    assert!(!asks(&window));
    assert!(!format!("{:?}", window.state().drafts).contains("right"));
}

#[test]
fn only_a_sign_in_or_a_sign_out_closes_the_question_and_nothing_behind_it_is_pressed() {
    let mut window = window(downloading());
    ends(&mut window);
    window.key_press(Key::Escape);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    assert!(asks(&window));
    let state = &mut window.state_mut().state;
    for action in [
        Action::CloseModal,
        Action::CheckAll,
        Action::AskDelete(name("Dr. Priya Nair")),
        Action::ConfirmClose,
    ] {
        assert!(state.update(action).is_empty());
    }
    assert_eq!(state.modals.len(), 1);
    done(&mut window);
    press(&mut window, "Sign out");
    assert!(matches!(done(&mut window)[..], [Action::SignOut]));
}

#[test]
fn somebody_else_types_a_name_and_may_stay_signed_in() {
    let mut window = window(signed_in());
    ends(&mut window);
    press(&mut window, "Someone else");
    let field = window.get_by_role_and_label(Role::TextInput, "User name or email");
    assert!(field.accesskit_node().is_focused());
    assert_eq!(value(&window, Role::TextInput, "User name or email"), "");
    window.get_by_label("Stay signed in on this computer");
    press(&mut window, "Sign in");
    window.get_by_label("Type your user name and your password first.");
    fill(
        &mut window,
        Role::TextInput,
        "User name or email",
        "back.office",
    );
    fill(&mut window, Role::PasswordInput, "Password", "pw");
    press(&mut window, "Sign in");
    let sent = done(&mut window);
    let [Action::SignIn { with, .. }] = &sent[..] else {
        panic!("{sent:?}")
    };
    let SignInWith::Password { user_name, .. } = with else {
        panic!("{with:?}")
    };
    assert_eq!(user_name, "back.office");
    // The next time whose it is is asked first.
    signs_in(&mut window, false);
    ends(&mut window);
    window.get_by_label("front.desk");
}

#[test]
fn what_was_typed_and_asked_stays_for_the_same_person_and_for_nobody_else() {
    for goes_on in [true, false] {
        let mut window = window(signed_in());
        fill(&mut window, Role::TextInput, "Doctor", "Dr. Chi");
        let asked = vec![Modal::DeleteOne {
            doctor: name("Dr. Priya Nair"),
            survey: None,
        }];
        window.state_mut().state.modals.clone_from(&asked);
        window.run();
        ends(&mut window);
        signs_in(&mut window, goes_on);
        let stays = if goes_on { asked } else { Vec::new() };
        assert_eq!(window.state().state.modals, stays);
        window.state_mut().state.modals.clear();
        window.run();
        let typed = if goes_on { "Dr. Chi" } else { "" };
        assert_eq!(value(&window, Role::TextInput, "Doctor"), typed);
    }
}

#[test]
fn after_five_wrong_passwords_the_next_has_to_wait() {
    let mut window = window(signed_in());
    ends(&mut window);
    for _ in 0..5 {
        let failure = Failure::new(FailureKind::PasswordNotAccepted, now(), "");
        tell(&mut window, Event::SignInFailed(failure));
    }
    window.get_by_label("Too many passwords were wrong. Wait 30 seconds before the next try.");
    fill(&mut window, Role::PasswordInput, "Password", "pw");
    window.key_press(Key::Enter);
    window.run();
    press(&mut window, "Sign in");
    assert!(done(&mut window).is_empty());
    window.state_mut().state.now += jiff::SignedDuration::from_secs(30);
    window.run();
    press(&mut window, "Sign in");
    assert_eq!(done(&mut window).len(), 1);
}

#[test]
fn a_keychain_that_was_not_there_does_not_turn_stay_off() {
    let mut state = signed_in();
    if let SignIn::In(account) = &mut state.sign_in {
        account.keeping = audio_housekeeper::domain::TokenKeeping::MemoryInstead;
    }
    let mut window = window(state);
    ends(&mut window);
    fill(&mut window, Role::PasswordInput, "Password", "pw");
    window.key_press(Key::Enter);
    window.run();
    let sent = done(&mut window);
    assert!(
        matches!(&sent[..], [Action::SignIn { stay: true, .. }]),
        "{sent:?}"
    );
}
