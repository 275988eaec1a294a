//! What the window says of work whose sign-in ended before it did.

use audio_housekeeper::domain::{DeletionChoice, DeletionOutcome};
use audio_housekeeper::engine::{Command, Event, JobEnding};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Mode, ResultKind, SignIn, State};
use axum::http::StatusCode;
use jiff::Timestamp;

use crate::desk::{AMELIA, Desk, run};

async fn shown_until(desk: &mut Desk, state: &mut State, done: impl Fn(&State) -> bool) {
    let waiting = async {
        while !done(state) {
            let envelope = desk.next_event().await;
            state.apply(envelope);
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), waiting)
        .await
        .expect("waited in vain");
}

fn outcomes(state: &State) -> Vec<DeletionOutcome> {
    let outcomes = state
        .results
        .iter()
        .filter_map(|shown| match &shown.ending {
            ResultKind::Ended(JobEnding::Delete { report, .. }) => Some(report.outcome),
            _ => None,
        });
    outcomes.collect()
}

#[test]
fn what_came_of_a_delete_is_said_also_where_the_token_ends_before_it_is_known() {
    run(async {
        let mut desk = Desk::new().await;
        let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        // The look before the delete is still answered; those after it are not.
        let ended = Effect::status(StatusCode::UNAUTHORIZED);
        desk.service
            .add_fault(Fault::on(Call::Download, ended).from(2));
        shown_until(&mut desk, &mut state, |state| {
            matches!(state.sign_in, SignIn::Out { .. }) && !state.results.is_empty()
        })
        .await;
        assert_eq!(outcomes(&state), [DeletionOutcome::NotKnown]);

        // Signed in again, it still stands, and can be looked at again.
        desk.service.set_faults(Vec::new());
        desk.send(Command::SignIn {
            origin: desk.origin(),
            token: desk.service.token(),
            stay: true,
        });
        shown_until(&mut desk, &mut state, |state| {
            matches!(state.sign_in, SignIn::In(_))
        })
        .await;
        assert_eq!(outcomes(&state), [DeletionOutcome::NotKnown]);
    });
}

#[test]
fn a_delete_that_was_on_its_way_at_sign_out_is_told_of_afterwards() {
    run(async {
        let mut desk = Desk::new().await;
        let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
        let stall = Effect::StallBeforeHead(std::time::Duration::from_millis(700));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        desk.send(Command::SignOut);
        let envelope = loop {
            let envelope = desk.next_event().await;
            if matches!(envelope.event, Event::SignedOut(_)) {
                break envelope;
            }
        };
        state.apply(envelope);
        shown_until(&mut desk, &mut state, |state| !state.results.is_empty()).await;
        assert_eq!(outcomes(&state), [DeletionOutcome::Gone]);
    });
}
