//! What this computer asks of a delete: in the settings and in the questions.

use audio_housekeeper::domain::{
    BackupComparison, DeletionRule, DeletionRules, DeletionScope, Failure, FailureKind, RuleChange,
};
use audio_housekeeper::state::{Action, Approving, Attempt, Modal, Screen, SignIn, State};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::pictures::deleting_all;
use crate::stage::{MakeState, Window, asking, now, signed_in, window};

/// Every place in which the rules are seen.
pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("settings-rules", settings),
        ("settings-rules-by-token", || by_token(settings())),
        ("rules-loosen", loosening),
        ("delete-password", || {
            with_password(asking(BackupComparison::None))
        }),
        ("delete-password-by-token", || {
            by_token(with_password(asking(BackupComparison::None)))
        }),
        ("delete-all-two-people", two_people),
    ]
}

fn all() -> DeletionRules {
    let rules = DeletionRule::ALL.into_iter();
    rules.fold(DeletionRules::default(), |rules, rule| rules.with(rule))
}

fn settings() -> State {
    let mut state = signed_in();
    state.screen = Screen::Settings;
    state.rules = DeletionRules::default()
        .with(DeletionRule::Password)
        .with_time_to_stop(15);
    state
}

fn by_token(mut state: State) -> State {
    let SignIn::In(account) = &mut state.sign_in else {
        unreachable!("somebody is signed in")
    };
    account.user_name = None;
    state
}

fn wrong() -> Attempt {
    Attempt {
        trying: false,
        failure: Some(Failure::new(FailureKind::PasswordNotAccepted, now(), "401")),
    }
}

fn loosening() -> State {
    let mut state = settings();
    state.modals.push(Modal::LoosenRules {
        change: RuleChange::Rule(DeletionRule::Password, false),
        attempt: wrong(),
    });
    state
}

fn with_password(mut state: State) -> State {
    state.rules = all();
    state
}

fn two_people() -> State {
    let mut state = deleting_all();
    state.rules = DeletionRules::default().with(DeletionRule::TwoPeople);
    state.approval = Some(Approving {
        scope: DeletionScope::Everything,
        attempt: wrong(),
    });
    state
}

fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

fn paste(window: &mut Window, name: &str, text: &str) {
    window
        .get_by_role_and_label(Role::PasswordInput, name)
        .focus();
    window.run();
    window.event(egui::Event::Paste(text.into()));
    window.run();
}

#[test]
fn a_password_goes_out_once_and_stays_in_no_field() {
    let mut window = window(with_password(asking(BackupComparison::None)));
    press(&mut window, "Back up, then delete…");
    assert!(window.state().actions.is_empty(), "without a password");
    paste(&mut window, "Your password", "s3cret");
    let drafts = format!("{:?}", window.state().drafts);
    assert!(!drafts.contains("s3cret"), "{drafts}");
    press(&mut window, "Back up, then delete…");
    let sent = std::mem::take(&mut window.state_mut().actions);
    let [Action::ConfirmDelete { approval, .. }] = &sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(approval.password.as_ref().unwrap().expose(), "s3cret");
    assert!(!format!("{sent:?}").contains("s3cret"));
    let field = window.get_by_role_and_label(Role::PasswordInput, "Your password");
    assert_eq!(field.accesskit_node().value().unwrap_or_default(), "");
}

#[test]
fn return_sends_the_password_that_loosens_rules_and_nothing_empty() {
    let mut window = window(loosening());
    let field = window.get_by_role_and_label(Role::PasswordInput, "Your password");
    assert!(field.accesskit_node().is_focused());
    window.key_press(Key::Enter);
    window.run();
    assert!(window.state().actions.is_empty());
    paste(&mut window, "Your password", "s3cret");
    window.key_press(Key::Enter);
    window.run();
    let sent = std::mem::take(&mut window.state_mut().actions);
    assert!(
        matches!(&sent[..], [Action::LoosenRules(password)] if password.expose() == "s3cret"),
        "{sent:?}"
    );
    window.key_press(Key::Escape);
    window.run();
    let sent = std::mem::take(&mut window.state_mut().actions);
    assert!(matches!(sent[..], [Action::CloseModal]), "{sent:?}");
}

#[test]
fn a_box_asks_for_its_rule_and_each_time_for_itself() {
    let mut state = signed_in();
    state.screen = Screen::Settings;
    let mut window = window(state);
    let name = "Never delete everything at once";
    window.get_by_role_and_label(Role::CheckBox, name).click();
    window.run();
    let sent = std::mem::take(&mut window.state_mut().actions);
    let never = RuleChange::Rule(DeletionRule::NeverAll, true);
    assert!(
        matches!(&sent[..], [Action::ChangeRule(change)] if *change == never),
        "{sent:?}"
    );
    window.get_by_label("60 s").click();
    window.run();
    let sent = std::mem::take(&mut window.state_mut().actions);
    let minute = RuleChange::TimeToStop(60);
    assert!(
        matches!(&sent[..], [Action::ChangeRule(change)] if *change == minute),
        "{sent:?}"
    );
}
