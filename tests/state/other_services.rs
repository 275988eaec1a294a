//! What is on show of one service's deletes when somebody signs in at another.

use audio_housekeeper::domain::{
    Account, DeletionOutcome, OperationId, ServiceOrigin, TokenKeeping,
};
use audio_housekeeper::engine::{DeletionReport, Event, JobEnding, JobId, SignedOutBecause};
use audio_housekeeper::state::{ResultKind, State};

use crate::{name, signed_in, tell};

fn operation() -> OperationId {
    OperationId::from_bytes([1; 16])
}

fn origin(address: &str) -> ServiceOrigin {
    ServiceOrigin::parse(address).unwrap()
}

fn sign_in(state: &mut State, generation: u64, origin: &ServiceOrigin) {
    let account = Account {
        origin: origin.clone(),
        person: None,
        keeping: TokenKeeping::Memory,
    };
    let keychain = None;
    tell(state, generation, Event::SignedIn { account, keychain });
}

fn deleted(outcome: DeletionOutcome) -> Event {
    let ending = Box::new(JobEnding::Delete {
        doctor: name("Dr. A"),
        operation: operation(),
        report: DeletionReport {
            outcome,
            failure: None,
            gone: Vec::new(),
            still_there: Vec::new(),
            not_known: Vec::new(),
        },
        backup: None,
    });
    Event::JobEnded {
        id: JobId(1),
        ending,
    }
}

#[test]
fn what_is_not_known_of_a_delete_stays_as_of_its_own_service_and_is_at_home_there_again() {
    let mut state = signed_in();
    let (home, other) = (
        origin(ServiceOrigin::DEFAULT),
        origin("https://other.example"),
    );
    tell(&mut state, 1, deleted(DeletionOutcome::NotKnown));
    state.results_are_seen();
    let shown = state.results[0].ending.clone();
    tell(&mut state, 2, Event::SignedOut(SignedOutBecause::Ended));
    for generation in [3, 4] {
        sign_in(&mut state, generation, &other);
        let elsewhere = ResultKind::Elsewhere {
            service: home.clone(),
            ending: Box::new(shown.clone()),
        };
        assert_eq!(state.results.len(), 1);
        assert_eq!(state.results[0].ending, elsewhere);
        assert!(state.results[0].needs_answer());
    }
    sign_in(&mut state, 5, &home);
    assert_eq!(state.results[0].ending, shown);
}

#[test]
fn the_end_of_a_delete_that_nobody_has_seen_does_not_go_with_a_sign_in_at_another_service() {
    for is_seen in [false, true] {
        let mut state = signed_in();
        tell(&mut state, 1, deleted(DeletionOutcome::Gone));
        if is_seen {
            state.results_are_seen();
        }
        sign_in(&mut state, 3, &origin("https://other.example"));
        assert_eq!(state.results.is_empty(), is_seen);
    }
}

#[test]
fn a_later_look_at_a_delete_of_another_service_is_put_where_that_delete_stands() {
    let mut state = signed_in();
    let home = origin(ServiceOrigin::DEFAULT);
    tell(&mut state, 1, deleted(DeletionOutcome::NotKnown));
    sign_in(&mut state, 3, &origin("https://other.example"));
    let Event::JobEnded { ending, .. } = deleted(DeletionOutcome::Gone) else {
        return;
    };
    let JobEnding::Delete { report, .. } = *ending.clone() else {
        return;
    };
    let looked_again = Event::LookedAgain {
        operation: operation(),
        doctor: Some(name("Dr. A")),
        report,
    };
    let event = Event::Elsewhere {
        service: home.clone(),
        event: Box::new(looked_again),
    };
    tell(&mut state, 3, event);
    let ending = Box::new(ResultKind::Ended(*ending));
    let service = home;
    assert_eq!(state.results.len(), 1);
    assert_eq!(
        state.results[0].ending,
        ResultKind::Elsewhere { service, ending }
    );
}
