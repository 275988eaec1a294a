//! What a computer asks of a delete: changed, recorded, held to, and put back where something else
//! changed it.

use std::time::Duration;

use audio_housekeeper::domain::{
    Approval, AuditAction, AuditOutcome, Confirmation, DeletionChoice, DeletionOutcome,
    DeletionPlan, DeletionRule, DeletionRules, DoctorTally, Failure, FailureKind, RuleChange,
    Secret, SignInWith,
};
use audio_housekeeper::engine::{Command, Event, JobKind};
use audio_housekeeper::keychain::TokenStore as _;
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig, PracticeUser};
use audio_housekeeper::store::Store;
use jiff::Timestamp;
use support::desk::{Desk, holding_nothing};
use support::{AMELIA, run};

const PASSWORD: &str = "front's own";
const ANOTHERS: &str = "colleague's own";

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

/// A desk of two people, signed in by name as the first of them.
async fn desk() -> Desk {
    let users = [("front", PASSWORD), ("colleague", ANOTHERS)];
    let config = PracticeConfig {
        users: users
            .map(|(name, password)| PracticeUser::new(name, secret(password)))
            .into(),
        ..holding_nothing()
    };
    let mut desk = Desk::with(config, Duration::from_millis(50)).await;
    by_name(&mut desk).await;
    desk
}

async fn by_name(desk: &mut Desk) {
    let with = SignInWith::Password {
        user_name: "front".into(),
        password: secret(PASSWORD),
    };
    sign_in(desk, with).await;
}

async fn by_token(desk: &mut Desk) {
    let with = SignInWith::Token(desk.service.token());
    sign_in(desk, with).await;
}

async fn sign_in(desk: &mut Desk, with: SignInWith) {
    let (origin, stay) = (desk.origin(), true);
    desk.send(Command::SignIn { origin, with, stay });
    desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
        .await;
}

/// The rules that hold by now.
async fn told(desk: &mut Desk) -> DeletionRules {
    desk.until(|event| match event {
        Event::DeletionRules(rules) => Some(rules.clone()),
        _ => None,
    })
    .await
}

async fn change(
    desk: &mut Desk,
    change: RuleChange,
    password: Option<&str>,
) -> Result<DeletionRules, FailureKind> {
    desk.send(Command::ChangeRule(change, password.map(secret)));
    desk.until(|event| match event {
        Event::DeletionRules(rules) => Some(Ok(rules.clone())),
        Event::RulesNotChanged(failure) => Some(Err(failure.kind.clone())),
        _ => None,
    })
    .await
}

/// Switches these on.
async fn set(desk: &mut Desk, rules: &DeletionRules) {
    let time = RuleChange::TimeToStop(rules.time_to_stop());
    let on = DeletionRule::ALL
        .into_iter()
        .filter(|rule| rules.has(*rule));
    let on = on.map(|rule| RuleChange::Rule(rule, true));
    for next in on.chain([time]) {
        change(desk, next, None).await.unwrap();
    }
}

fn one(rule: DeletionRule) -> DeletionRules {
    DeletionRules::default().with(rule)
}

fn everything() -> Confirmation {
    Confirmation::Everything {
        tally: DoctorTally::default(),
        phrase: DeletionPlan::PHRASE.to_owned(),
        shown_at: Timestamp::now(),
        reason: None,
    }
}

async fn without_backup(desk: &mut Desk) -> Confirmation {
    Confirmation::Doctor {
        survey: Box::new(desk.survey(AMELIA).await),
        choice: DeletionChoice::WithoutBackup,
        reason: None,
    }
}

/// Confirms, and says whether the delete began.
async fn confirm(
    desk: &mut Desk,
    confirmation: Confirmation,
    approval: Approval,
) -> Result<(), Failure> {
    let plan = Box::new(DeletionPlan::new(confirmation, Timestamp::now()).unwrap());
    desk.clock.stop();
    desk.send(Command::Delete { plan, approval });
    desk.until(|event| match event {
        Event::JobStarted {
            kind: JobKind::Delete(_) | JobKind::DeleteAll,
            ..
        } => Some(Ok(())),
        Event::DeletionNotApproved { failure, .. } => Some(Err(failure.clone())),
        _ => None,
    })
    .await
}

/// What the keychain keeps.
fn kept(desk: &Desk) -> String {
    let token = desk.tokens.read(&desk.tokens.keys()[0]).unwrap().unwrap();
    token.expose().to_owned()
}

fn password(text: &str) -> Approval {
    Approval {
        password: Some(secret(text)),
        second: None,
    }
}

fn second(user_name: &str, password: &str) -> Approval {
    Approval {
        password: None,
        second: Some((user_name.into(), secret(password))),
    }
}

#[test]
fn rules_are_recorded_and_hold_at_the_next_start() {
    run(async {
        let mut desk = desk().await;
        let rules = one(DeletionRule::Password)
            .with(DeletionRule::Backup)
            .with_time_to_stop(30);
        set(&mut desk, &rules).await;
        let record = desk.record().await;
        let draft = &record.last().unwrap().draft;
        assert_eq!(draft.action, AuditAction::ChangeRules);
        assert_eq!(draft.outcome, AuditOutcome::Done);
        assert_eq!(
            draft.plan.as_deref(),
            Some("password, backup; 30 s to stop")
        );
        assert_eq!(
            draft.note.as_deref(),
            Some("before: password, backup; 8 s to stop")
        );
        assert_eq!(draft.who.person.as_deref(), Some("front"));
        let mut desk = desk.restart().await;
        assert_eq!(told(&mut desk).await, rules);
        let story = desk.story().await;
        assert_eq!(
            story.iter().filter(|words| words.contains("rules")).count(),
            3
        );
    });
}

#[test]
fn less_is_asked_of_a_delete_only_for_the_password() {
    run(async {
        let mut desk = desk().await;
        let rules = one(DeletionRule::Backup).with_time_to_stop(15);
        set(&mut desk, &rules).await;
        let logins = desk.requests(Call::Login);
        let refused = Err(FailureKind::PasswordNotAccepted);
        let less = [
            RuleChange::Rule(DeletionRule::Backup, false),
            RuleChange::TimeToStop(8),
        ];
        for next in less {
            assert_eq!(change(&mut desk, next, None).await, refused);
            for wrong in ["wrong", ANOTHERS] {
                assert_eq!(change(&mut desk, next, Some(wrong)).await, refused);
            }
        }
        // One call a try, and none without a password.
        assert_eq!(desk.requests(Call::Login), logins + 4);
        for next in less {
            change(&mut desk, next, Some(PASSWORD)).await.unwrap();
        }
        assert_eq!(desk.requests(Call::Login), logins + 6);
        // What changes nothing asks for nothing.
        let none = change(&mut desk, less[0], None).await;
        assert_eq!(none, Ok(DeletionRules::default()));
    });
}

#[test]
fn a_token_switches_no_password_on_and_nothing_off_and_deletes_nothing_behind_one() {
    run(async {
        let mut desk = desk().await;
        by_token(&mut desk).await;
        let refused = Err(FailureKind::RuleNeedsUserName);
        for rule in DeletionRule::ALL {
            let set = change(&mut desk, RuleChange::Rule(rule, true), None).await;
            if rule.asks_for_a_password() {
                assert_eq!(set, refused, "{rule:?}");
            } else {
                assert!(set.unwrap().has(rule), "{rule:?}");
            }
        }
        let less = RuleChange::Rule(DeletionRule::Backup, false);
        assert_eq!(change(&mut desk, less, Some(PASSWORD)).await, refused);
        by_name(&mut desk).await;
        change(&mut desk, less, Some(PASSWORD)).await.unwrap();
        set(&mut desk, &one(DeletionRule::Password)).await;
        by_token(&mut desk).await;
        let confirmation = without_backup(&mut desk).await;
        let failure = confirm(&mut desk, confirmation, password(PASSWORD)).await;
        assert_eq!(failure.unwrap_err().kind, FailureKind::RuleNeedsUserName);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn what_the_rules_forbid_does_not_begin() {
    run(async {
        let mut desk = desk().await;
        desk.download(AMELIA, "a.wav").await.unwrap();
        set(&mut desk, &one(DeletionRule::Backup)).await;
        let not_checked = Confirmation::Everything {
            tally: DoctorTally {
                not_backed_up: vec![support::name(AMELIA)],
                ..DoctorTally::default()
            },
            phrase: DeletionPlan::PHRASE.to_owned(),
            shown_at: Timestamp::now(),
            reason: None,
        };
        let keeping = Confirmation::Doctor {
            survey: Box::new(desk.survey(AMELIA).await),
            choice: DeletionChoice::KeepingBackup,
            reason: None,
        };
        // The service says nothing by which the backup could be held against what is there.
        for confirmation in [keeping, not_checked] {
            let failure = confirm(&mut desk, confirmation, Approval::default()).await;
            assert_eq!(failure.unwrap_err().kind, FailureKind::RuleForbids);
        }
        let rules = one(DeletionRule::Backup).with(DeletionRule::NeverAll);
        set(&mut desk, &rules).await;
        let failure = confirm(&mut desk, everything(), Approval::default()).await;
        assert_eq!(failure.unwrap_err().kind, FailureKind::RuleForbids);
        assert_eq!(
            desk.requests(Call::Delete) + desk.requests(Call::DeleteAll),
            0
        );
        assert!(desk.service.holds(AMELIA));
    });
}

#[test]
fn a_delete_begins_with_the_password_and_the_record_says_that_it_was_asked_for() {
    run(async {
        let mut desk = desk().await;
        set(&mut desk, &one(DeletionRule::Password)).await;
        for wrong in [Approval::default(), password("wrong"), password(ANOTHERS)] {
            let confirmation = without_backup(&mut desk).await;
            let failure = confirm(&mut desk, confirmation, wrong).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::PasswordNotAccepted);
        }
        assert_eq!(desk.deletes_received(), 0);
        let confirmation = without_backup(&mut desk).await;
        confirm(&mut desk, confirmation, password(PASSWORD))
            .await
            .unwrap();
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        let record = desk.record().await;
        let intents = record
            .iter()
            .filter(|entry| entry.draft.outcome == AuditOutcome::Intended);
        let notes: Vec<_> = intents.map(|entry| entry.draft.note.clone()).collect();
        assert_eq!(notes, [Some("the password was asked for".to_owned())]);
    });
}

#[test]
fn everything_is_deleted_only_where_a_second_person_agrees() {
    run(async {
        let mut desk = desk().await;
        set(&mut desk, &one(DeletionRule::TwoPeople)).await;
        for (approval, kind) in [
            (Approval::default(), FailureKind::PasswordNotAccepted),
            (
                second("colleague", PASSWORD),
                FailureKind::PasswordNotAccepted,
            ),
            (second("front", PASSWORD), FailureKind::SamePerson),
        ] {
            let failure = confirm(&mut desk, everything(), approval).await;
            assert_eq!(failure.unwrap_err().kind, kind);
        }
        assert_eq!(desk.requests(Call::DeleteAll), 0);
        let kept = kept(&desk);
        confirm(&mut desk, everything(), second("colleague", ANOTHERS))
            .await
            .unwrap();
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
        let record = desk.record().await;
        let mut entries = record.iter().map(|entry| &entry.draft);
        let intent = entries
            .find(|draft| draft.outcome == AuditOutcome::Intended)
            .unwrap();
        assert_eq!(intent.who.person.as_deref(), Some("front"));
        let note = intent.note.as_deref();
        assert_eq!(note, Some("agreed to by colleague (colleague, id 2)"));
        // Nobody was signed in by it.
        assert_eq!(self::kept(&desk), kept);
        assert!(entries.all(|draft| draft.who.person.as_deref() == Some("front")));
    });
}

#[test]
fn rules_that_something_else_changed_are_put_back_said_and_recorded() {
    for sql in [
        "UPDATE deletion_rules SET words = 'none; 8 s to stop'",
        "UPDATE deletion_rules SET words = 'anything'",
        "DELETE FROM deletion_rules",
        "DROP TABLE deletion_rules",
        "DELETE FROM acts WHERE action = 'change-rules'; DELETE FROM deletion_rules",
        "DROP TABLE acts; UPDATE deletion_rules SET words = 'none; 8 s to stop'",
        "DROP TRIGGER audit_is_never_changed; UPDATE audit SET canonical = 'no entry'
         WHERE number = (SELECT max(number) FROM audit WHERE canonical LIKE '%change-rules%')",
        "DROP TRIGGER audit_is_never_changed;
         UPDATE audit SET canonical = replace(canonical, '60 s', '5 s')
         WHERE number = (SELECT max(number) FROM audit WHERE canonical LIKE '%change-rules%');
         UPDATE deletion_rules SET words = 'never-all; 60 s to stop'",
    ] {
        run(async {
            let mut desk = desk().await;
            let rules = one(DeletionRule::NeverAll).with_time_to_stop(60);
            set(&mut desk, &rules).await;
            desk.record().await;
            let file = desk.folder.path().join(Store::FILE_NAME);
            let outsider = rusqlite::Connection::open(file).unwrap();
            outsider.execute_batch(sql).unwrap();
            drop(outsider);
            let mut desk = desk.restart().await;
            desk.until(|event| matches!(event, Event::RulesWereChanged).then_some(()))
                .await;
            let record = desk.record().await;
            let is_put_back = |draft: &&audio_housekeeper::domain::AuditDraft| {
                draft.action == AuditAction::ChangeRules && draft.outcome == AuditOutcome::PutBack
            };
            let put_back = record.iter().map(|entry| &entry.draft).find(is_put_back);
            let words = rules.to_words();
            assert_eq!(put_back.unwrap().plan.as_ref(), Some(&words), "{sql}");
            let mut desk = desk.restart().await;
            assert_eq!(told(&mut desk).await, rules, "{sql}");
            let record = desk.record().await;
            let put_back = record.iter().map(|entry| &entry.draft).filter(is_put_back);
            assert_eq!(put_back.count(), 1, "{sql}");
        });
    }
}

/// Confirms what takes a while to be approved, as the service takes its time.
async fn begin_slowly(desk: &mut Desk) {
    set(desk, &one(DeletionRule::Password)).await;
    let slow = Effect::StallBeforeHead(Duration::from_mins(1));
    desk.service.set_faults(vec![Fault::on(Call::Login, slow)]);
    let confirmation = without_backup(desk).await;
    let plan = Box::new(DeletionPlan::new(confirmation, Timestamp::now()).unwrap());
    let logins = desk.requests(Call::Login);
    let approval = password(PASSWORD);
    desk.send(Command::Delete { plan, approval });
    while desk.requests(Call::Login) == logins {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn a_question_that_is_closed_while_the_password_is_checked_deletes_nothing() {
    run(async {
        let mut desk = desk().await;
        begin_slowly(&mut desk).await;
        desk.send(Command::StopApproving);
        // It is taken before what is asked after it.
        desk.record().await;
        desk.service.end_stalls(Call::Login);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let story = desk.story().await;
        assert!(
            !story.iter().any(|words| words.contains("delete")),
            "{story:?}"
        );
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn what_one_person_confirmed_does_not_begin_in_the_name_of_another() {
    run(async {
        let mut desk = desk().await;
        begin_slowly(&mut desk).await;
        let token = desk.service.tokens().nth(1).unwrap().1.clone();
        sign_in(&mut desk, SignInWith::Token(token)).await;
        desk.service.end_stalls(Call::Login);
        let failure = desk
            .until(|event| match event {
                Event::DeletionNotApproved { failure, .. } => Some(failure.clone()),
                _ => None,
            })
            .await;
        // Who is signed in now came by a token, and would have to give a password.
        assert_eq!(failure.kind, FailureKind::RuleNeedsUserName);
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
    });
}

#[test]
fn everything_is_not_deleted_at_once_where_a_backup_is_wanted_of_each() {
    run(async {
        let mut desk = desk().await;
        set(&mut desk, &one(DeletionRule::Backup)).await;
        let failure = confirm(&mut desk, everything(), Approval::default()).await;
        assert_eq!(failure.unwrap_err().kind, FailureKind::RuleForbids);
        assert_eq!(desk.requests(Call::DeleteAll), 0);
    });
}
