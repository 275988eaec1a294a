//! What the window says of work whose sign-in ended before it did.

use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditOutcome, DeletionChoice, DeletionOutcome, DoctorName, FailureKind, Secret,
    SignInWith,
};
use audio_housekeeper::engine::{
    CheckAllReport, Command, DeletionReport, Event, JobEnding, JobId, JobProgress, SavePurpose,
    SignedOutBecause, Unfinished,
};
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeConfig, PracticeUser};
use axum::http::StatusCode;
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::retries::failure_of;

pub const BENOIT: &str = "Dr. Benoit";
const CHIARA: &str = "Dr. Chiara";

/// The front desk's colleague, by the token.
pub const COLLEAGUE: usize = 1;

/// A desk that two people share, with three recordings.
pub async fn shared_desk() -> Desk {
    let users = ["front", "colleague"];
    let users = users.map(|name| PracticeUser::new(name, Secret::new("password".into())));
    let config = PracticeConfig {
        users: users.into(),
        ..empty()
    };
    let desk = Desk::with(config, Duration::from_millis(100)).await;
    desk.service.put(BENOIT, "b.wav", wav(50_000, 2));
    desk.service.put(CHIARA, "c.wav", wav(60_000, 3));
    desk
}

/// A service that holds nothing at first.
pub fn empty() -> PracticeConfig {
    holding_nothing()
}

pub fn sign_in(desk: &Desk, who: usize) {
    let token = desk
        .service
        .tokens()
        .nth(who)
        .map(|(_, token)| token.clone());
    desk.send(Command::SignIn {
        origin: desk.origin(),
        with: SignInWith::Token(token.unwrap_or_else(|| desk.service.token())),
        stay: true,
    });
}

/// Waits until the sign-in has ended.
pub async fn ended(desk: &mut Desk) {
    let because = desk
        .until(|event| match event {
            Event::SignedOut(because) => Some(because.clone()),
            _ => None,
        })
        .await;
    assert_eq!(because, SignedOutBecause::Ended);
}

/// What the service answers where it knows no such call.
fn knows_nobody() -> Fault {
    Fault::on(Call::Me, Effect::status(StatusCode::NOT_FOUND))
}

struct Ends {
    downloads: Vec<DoctorName>,
    checks: CheckAllReport,
    delete: DeletionReport,
    /// How often a sign-in was said to have ended.
    said: usize,
}

/// Two downloads, a check of all and a waiting delete, then 401 to every call; then `who` signs in,
/// with these faults left.
async fn go_on_after(desk: &mut Desk, who: usize, faults: Vec<Fault>) -> Ends {
    desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
        .await;
    desk.service
        .add_fault(Fault::on(Call::Download, Effect::token_ended()));
    desk.ask_download(BENOIT, "b.wav");
    desk.ask_download(CHIARA, "c.wav");
    desk.send(Command::CheckAll(
        [AMELIA, BENOIT, CHIARA].map(name).to_vec(),
    ));
    ended(desk).await;
    let waits = |now: &&JobProgress| **now == JobProgress::WaitingForSignIn;
    while desk.see_progress().values().filter(waits).count() < 4 {
        desk.pass_time().await;
    }
    desk.service.set_faults(faults);
    desk.clock.run();
    sign_in(desk, who);
    let (mut downloads, mut checks, mut delete, mut said) = (Vec::new(), None, None, 1);
    while downloads.len() < 2 || checks.is_none() || delete.is_none() {
        let ending = desk
            .until(|event| match event {
                Event::SignedOut(_) => Some(None),
                Event::JobEnded { ending, .. } => Some(Some((**ending).clone())),
                _ => None,
            })
            .await;
        match ending {
            None => said += 1,
            Some(JobEnding::Download { doctor, result }) => {
                result.unwrap();
                downloads.push(doctor);
            }
            Some(JobEnding::CheckAll(report)) => checks = Some(report),
            Some(JobEnding::Delete { report, .. }) => delete = Some(report),
            Some(other) => panic!("{other:?}"),
        }
    }
    downloads.sort();
    Ends {
        downloads,
        checks: checks.unwrap(),
        delete: delete.unwrap(),
        said,
    }
}

#[test]
fn what_runs_when_a_sign_in_ends_goes_on_in_the_next_one_of_the_same_person() {
    run(async {
        for me_is_missing in [false, true] {
            let mut desk = shared_desk().await;
            let faults = if me_is_missing {
                vec![knows_nobody()]
            } else {
                Vec::new()
            };
            desk.service.set_faults(faults.clone());
            desk.sign_in(true).await;
            // The same token is the same person's also where nobody tells whose it is.
            let ends = go_on_after(&mut desk, 0, faults).await;
            assert_eq!(ends.said, 1);
            assert_eq!(ends.downloads, [BENOIT, CHIARA].map(name));
            assert_eq!((ends.checks.checked, ends.checks.not_checked), (3, 0));
            assert_eq!(ends.delete.outcome, DeletionOutcome::Gone);
            assert_eq!(desk.requests(Call::Delete), 1);
            let mut story = desk.story().await;
            story.retain(|entry| !entry.starts_with("sign-in"));
            story.sort();
            assert_eq!(
                story,
                [
                    "delete answered",
                    "delete gone",
                    "delete intended",
                    "download saved-and-checked",
                    "download saved-and-checked",
                ]
            );
        }
    });
}

#[test]
fn a_delete_that_waits_is_dropped_where_another_person_signs_in_or_it_is_not_known_who() {
    run(async {
        for me_is_missing in [false, true] {
            let mut desk = shared_desk().await;
            let faults = if me_is_missing {
                vec![knows_nobody()]
            } else {
                Vec::new()
            };
            desk.service.set_faults(faults.clone());
            desk.sign_in(true).await;
            let ends = go_on_after(&mut desk, COLLEAGUE, faults).await;
            assert_eq!(ends.said, 1);
            assert_eq!(ends.downloads, [BENOIT, CHIARA].map(name));
            assert_eq!((ends.checks.checked, ends.checks.not_checked), (3, 0));
            assert_eq!(ends.delete.outcome, DeletionOutcome::NotSent);
            let known = !me_is_missing;
            let kind = ends.delete.failure.unwrap().kind;
            assert_eq!(kind, FailureKind::ConfirmedByAnother { known });
            assert_eq!(desk.deletes_received(), 0);
            let record = desk.record().await;
            let mut entries = record.iter().map(|entry| &entry.draft);
            let whose = if known {
                "colleague"
            } else {
                "a person who is not known"
            };
            let downloads = entries.clone();
            for draft in downloads.filter(|draft| draft.action == AuditAction::Download) {
                assert_eq!(draft.who.person, known.then(|| "front".to_owned()));
                let note = draft.note.as_deref().unwrap();
                let expected = format!("in the sign-in of {whose}; ");
                assert!(note.starts_with(&expected), "{note}");
            }
            let dropped = entries.find(|draft| draft.action == AuditAction::Delete);
            let dropped = dropped.unwrap();
            assert_eq!(dropped.outcome, AuditOutcome::AnotherPerson);
            // It was the first person's act.
            let person = known.then(|| "front".to_owned());
            assert_eq!(dropped.who.person, person);
        }
    });
}

#[test]
fn what_a_sign_out_ends_is_recorded_as_ended_by_it_and_not_by_stop() {
    run(async {
        let mut desk = shared_desk().await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let stall = Effect::StallAfter {
            bytes: 9_000,
            duration: Duration::from_mins(1),
        };
        let stall = Fault::on(Call::Download, stall);
        desk.service.add_fault(stall.for_doctor(BENOIT));
        desk.ask_download(BENOIT, "b.wav");
        while desk.requests(Call::Download) < 2 {
            desk.pass_time().await;
        }
        desk.send(Command::SignOut);
        for _ in 0..2 {
            desk.until(|event| matches!(event, Event::JobEnded { .. }).then_some(()))
                .await;
        }
        desk.service.set_faults(Vec::new());
        desk.sign_in(true).await;
        let mut story = desk.story().await;
        story.retain(|entry| !entry.starts_with("sign-"));
        story.sort();
        assert_eq!(story, ["delete signed-out", "download signed-out"]);
        assert_eq!(desk.deletes_received(), 0);
    });
}

/// Has the service end the sign-in, by a check of somebody else.
pub async fn end_sign_in(desk: &mut Desk) {
    let refused = Fault::on(Call::Download, Effect::token_ended());
    desk.service.add_fault(refused.for_doctor(BENOIT));
    desk.send(Command::Check(name(BENOIT)));
    ended(desk).await;
}

pub async fn waits_for_sign_in(desk: &mut Desk, id: JobId) {
    desk.progress(id, |now| *now == JobProgress::WaitingForSignIn)
        .await;
}

async fn job_started(desk: &mut Desk) -> JobId {
    desk.begun().await
}

#[test]
fn a_call_that_is_refused_in_two_sign_ins_ends_no_third() {
    run(async {
        let mut desk = shared_desk().await;
        let refused = Fault::on(Call::Download, Effect::token_ended());
        desk.service.add_fault(refused.for_doctor(BENOIT));
        desk.ask_download(BENOIT, "b.wav");
        ended(&mut desk).await;
        sign_in(&desk, 0);
        let failure = failure_of(desk.end_of_download().await);
        assert_eq!(failure.kind, FailureKind::SignInNotAccepted);
        // Everything else is answered.
        assert!(desk.download(CHIARA, "c.wav").await.is_ok());
    });
}

#[test]
fn what_a_person_waited_for_at_the_window_ends_with_the_sign_in() {
    run(async {
        let mut desk = shared_desk().await;
        desk.service
            .add_fault(Fault::on(Call::Download, Effect::token_ended()));
        desk.send(Command::PrepareDownload {
            doctor: name(BENOIT),
            purpose: SavePurpose::Download,
        });
        let failure = desk
            .until(|event| match event {
                Event::DownloadNotReady { failure, .. } => Some(failure.clone()),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::SignInNotAccepted);
    });
}

#[test]
fn a_download_that_waits_for_a_sign_in_is_named_at_the_next_start() {
    run(async {
        for had_ended in [false, true] {
            let mut desk = shared_desk().await;
            if had_ended {
                end_sign_in(&mut desk).await;
            } else {
                let refused = Fault::on(Call::Download, Effect::token_ended());
                desk.service.add_fault(refused.for_doctor(CHIARA));
            }
            desk.ask_download(CHIARA, "c.wav");
            let id = job_started(&mut desk).await;
            waits_for_sign_in(&mut desk, id).await;
            let mut desk = desk.restart().await;
            desk.service.set_faults(Vec::new());
            let found = desk
                .until(|event| match event {
                    Event::FoundAtStart(found) => Some(found.clone()),
                    _ => None,
                })
                .await;
            let doctor = name(CHIARA);
            let destination = desk.file("c.wav");
            let download = Unfinished::Download {
                doctor,
                destination,
            };
            assert_eq!(found, [download]);
        }
    });
}

#[test]
fn looks_that_wait_are_shown_as_waiting_until_the_last_of_them_goes_on() {
    run(async {
        let mut desk = shared_desk().await;
        desk.service
            .add_fault(Fault::on(Call::Download, Effect::token_ended()));
        let all = [AMELIA, BENOIT, CHIARA].map(name).to_vec();
        desk.send(Command::CheckAll(all));
        let id = job_started(&mut desk).await;
        ended(&mut desk).await;
        waits_for_sign_in(&mut desk, id).await;
        let slow = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service
            .set_faults(vec![Fault::on(Call::Download, slow)]);
        sign_in(&desk, 0);
        desk.progress(id, |now| {
            matches!(now, JobProgress::Counting { done: 0, .. })
        })
        .await;
    });
}

/// How many sign-ins end, each followed by another, until the job has.
async fn ends_until_checked(desk: &mut Desk) -> (usize, CheckAllReport) {
    let mut ends = 0;
    loop {
        let report = desk
            .until(|event| match event {
                Event::SignedOut(_) => Some(None),
                Event::JobEnded { ending, .. } => match &**ending {
                    JobEnding::CheckAll(report) => Some(Some(report.clone())),
                    _ => None,
                },
                _ => None,
            })
            .await;
        if let Some(report) = report {
            return (ends, report);
        }
        ends += 1;
        sign_in(desk, 0);
    }
}

#[test]
fn a_service_that_refuses_many_doctors_so_ends_one_sign_in_and_no_more() {
    run(async {
        let mut desk = shared_desk().await;
        let refused: Vec<String> = (10..40).map(|number| format!("Dr. {number}")).collect();
        let faults = refused
            .iter()
            .map(|doctor| Fault::on(Call::Download, Effect::token_ended()).for_doctor(doctor));
        desk.service.set_faults(faults.collect());
        let doctors = refused.iter().map(String::as_str).chain([BENOIT, CHIARA]);
        let doctors: Vec<_> = doctors.map(name).collect();
        desk.send(Command::CheckAll(doctors.clone()));
        let (ends, report) = ends_until_checked(&mut desk).await;
        assert_eq!(ends, 1);
        assert_eq!((report.checked, report.not_checked), (2, refused.len()));
        // Nor does another check of them, or of one.
        desk.send(Command::CheckAll(doctors));
        assert_eq!(ends_until_checked(&mut desk).await, (0, report));
        desk.send(Command::Check(name(&refused[0])));
        let failure = desk
            .until(|event| match event {
                Event::CheckEnded { failure, .. } => Some(failure.clone()),
                Event::SignedOut(because) => panic!("{because:?}"),
                _ => None,
            })
            .await;
        assert_eq!(failure.unwrap().kind, FailureKind::SignInNotAccepted);

        // One that has ended is noticed all the same, once.
        desk.service.set_faults(
            [Call::Download, Call::Me]
                .map(|call| Fault::on(call, Effect::token_ended()))
                .to_vec(),
        );
        desk.send(Command::CheckAll([BENOIT, CHIARA].map(name).to_vec()));
        ended(&mut desk).await;
        desk.service.set_faults(Vec::new());
        sign_in(&desk, 0);
        let (ends, report) = ends_until_checked(&mut desk).await;
        assert_eq!((ends, report.checked, report.not_checked), (0, 2, 0));
    });
}

#[test]
fn a_doctor_who_is_refused_in_the_next_sign_in_too_ends_no_more_of_them_by_a_check() {
    run(async {
        let mut desk = shared_desk().await;
        end_sign_in(&mut desk).await;
        sign_in(&desk, 0);
        desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
        desk.send(Command::Check(name(BENOIT)));
        desk.until(|event| match event {
            Event::CheckEnded { .. } => Some(()),
            Event::SignedOut(because) => panic!("{because:?}"),
            _ => None,
        })
        .await;
    });
}
