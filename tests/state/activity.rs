//! The record on its screen: what is asked for, and which answers count.

use audio_housekeeper::domain::{
    Act, ActChoices, ActFilter, DamagedEntry, DoctorName, Failure, FailureKind, Period,
};
use audio_housekeeper::engine::{
    ActivityPage, ActivityQuestion, Command, Envelope, Event, JobId, JobKind, JobProgress,
    SignedOutBecause,
};
use audio_housekeeper::state::{Action, Modal, Screen, SideEffect, State};

use jiff::{SignedDuration, Timestamp};

use crate::{commands, sign_in, signed_in, tell};

/// What the window asks the engine.
fn asked(effects: &[SideEffect]) -> ActivityQuestion {
    match commands(effects)[..] {
        [Command::LoadActivity(question)] => (**question).clone(),
        _ => panic!("{effects:?}"),
    }
}

fn act(first: u64) -> Act {
    Act {
        first,
        steps: vec![Err(DamagedEntry { number: first })],
    }
}

fn page(question: &ActivityQuestion, firsts: &[u64], more: bool) -> Event {
    Event::Activity(Box::new(ActivityPage {
        question: question.number,
        acts: firsts.iter().copied().map(act).collect(),
        more,
        choices: None,
    }))
}

fn not_read(question: &ActivityQuestion) -> Event {
    Event::ActivityNotRead {
        question: question.number,
        failure: Failure::new(FailureKind::StoreTrouble, Timestamp::UNIX_EPOCH, ""),
    }
}

fn shown(state: &State) -> Vec<u64> {
    state.activity.acts.iter().map(|act| act.first).collect()
}

fn today() -> Action {
    Action::FilterActivity(Box::new(ActFilter {
        period: Period::Today,
        ..ActFilter::default()
    }))
}

#[test]
fn the_activity_is_read_anew_each_time_it_is_shown() {
    let mut state = signed_in();
    for acts in [[9, 8], [12, 9]] {
        let question = asked(&state.update(Action::Show(Screen::Activity)));
        assert_eq!(
            (question.before, &question.filter),
            (None, &ActFilter::default())
        );
        assert!(state.activity.loading);
        tell(&mut state, 1, page(&question, &acts, true));
        assert!(!state.activity.loading);
        assert_eq!(shown(&state), acts);
    }
}

#[test]
fn older_acts_come_behind_those_that_are_there_and_are_asked_for_once() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    assert!(state.update(Action::LoadMoreActivity).is_empty());
    tell(&mut state, 1, page(&question, &[9, 8], true));
    let question = asked(&state.update(Action::LoadMoreActivity));
    assert_eq!(question.before, Some(8));
    assert!(state.update(Action::LoadMoreActivity).is_empty());
    tell(&mut state, 1, page(&question, &[7, 5], false));
    assert_eq!(shown(&state), [9, 8, 7, 5]);
    assert!(state.update(Action::LoadMoreActivity).is_empty());
}

fn check_ended() -> Envelope {
    let event = Event::CheckEnded {
        doctor: DoctorName::parse("Dr. Amelia Smith").unwrap(),
        failure: None,
    };
    Envelope {
        generation: 1,
        event,
    }
}

#[test]
fn what_is_recorded_while_somebody_looks_is_read_without_being_asked_for() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    // However much comes before the answer, it is asked for once more.
    assert!(state.apply(check_ended()).is_empty());
    assert!(state.apply(check_ended()).is_empty());
    let answer = Envelope {
        generation: 1,
        event: page(&question, &[8], false),
    };
    let question = asked(&state.apply(answer));
    assert_eq!(shown(&state), [8], "what was there stays until then");
    assert!(state.apply(check_ended()).is_empty());
    assert!(state.apply(check_ended()).is_empty());
    let answer = Envelope {
        generation: 1,
        event: page(&question, &[8], false),
    };
    let question = asked(&state.apply(answer));
    tell(&mut state, 1, page(&question, &[9, 8], false));
    assert_eq!(shown(&state), [9, 8]);
    assert_eq!(state.activity.came_above, 1);
    assert!(!state.activity.loading);
    let filter = today();
    let question = asked(&state.update(filter));
    tell(&mut state, 1, page(&question, &[9], false));
    let question = asked(&state.apply(check_ended()));
    assert_eq!(question.filter.period, Period::Today);
    tell(&mut state, 1, page(&question, &[11, 10, 9], false));
    assert_eq!(shown(&state), [11, 10, 9]);
    assert_eq!(state.activity.came_above, 3);
    // What the person asks for comes above nothing.
    let question = asked(&state.update(Action::FilterActivity(Box::default())));
    tell(&mut state, 1, page(&question, &[12, 11, 10, 9], false));
    assert_eq!(state.activity.came_above, 3);
}

#[test]
fn what_is_recorded_is_not_read_where_nobody_looks() {
    let mut state = signed_in();
    assert!(state.apply(check_ended()).is_empty());
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9, 8], true));
    state.update(Action::Show(Screen::Recordings));
    assert!(state.apply(check_ended()).is_empty());
}

/// Numbers of acts, newest first.
fn down_from(newest: u64, count: u64) -> Vec<u64> {
    (0..count).map(|back| newest - back).collect()
}

#[test]
fn what_is_read_anew_takes_no_older_acts_away() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &down_from(1_000, 200), true));
    let older = asked(&state.update(Action::LoadMoreActivity));
    assert!(state.apply(check_ended()).is_empty(), "one at a time");
    let answer = Envelope {
        generation: 1,
        event: page(&older, &down_from(800, 200), true),
    };
    let anew = asked(&state.apply(answer));
    assert_eq!((anew.before, anew.limit), (None, 600));
    tell(&mut state, 1, page(&anew, &down_from(1_150, 600), true));
    assert_eq!(shown(&state), down_from(1_150, 550));
    assert_eq!(state.activity.came_above, 150);
    assert!(state.activity.more);
    // Older ones that are asked for meanwhile come first.
    asked(&state.apply(check_ended()));
    let older = asked(&state.update(Action::LoadMoreActivity));
    assert_eq!(older.before, Some(601));
    let answer = Envelope {
        generation: 1,
        event: page(&older, &down_from(600, 100), false),
    };
    let anew = asked(&state.apply(answer));
    tell(&mut state, 1, page(&anew, &down_from(1_151, 651), false));
    assert_eq!(shown(&state), down_from(1_151, 651));
    assert!(!state.activity.more);
}

#[test]
fn what_was_recorded_is_read_although_older_acts_could_not_be() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9, 8], true));
    asked(&state.apply(check_ended()));
    // The answer to that is void now.
    let older = asked(&state.update(Action::LoadMoreActivity));
    tell(&mut state, 1, not_read(&older));
    let older = asked(&state.update(Action::LoadMoreActivity));
    let answer = Envelope {
        generation: 1,
        event: page(&older, &[7], true),
    };
    let anew = asked(&state.apply(answer));
    tell(&mut state, 1, page(&anew, &[10, 9, 8, 7], true));
    assert_eq!(shown(&state), [10, 9, 8, 7]);
    // That older ones can't be read stands until there are none.
    let older = asked(&state.update(Action::LoadMoreActivity));
    tell(&mut state, 1, not_read(&older));
    let anew = asked(&state.apply(check_ended()));
    tell(&mut state, 1, page(&anew, &[11, 10, 9, 8, 7], true));
    assert!(state.activity.failed.is_some());
    let anew = asked(&state.apply(check_ended()));
    tell(&mut state, 1, page(&anew, &[11, 10, 9, 8, 7], false));
    assert!(state.activity.failed.is_none());
}

#[test]
fn an_act_that_comes_between_others_takes_none_away() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    let mut acts = down_from(300, 201);
    acts.remove(10);
    tell(&mut state, 1, page(&question, &acts, false));
    // A delete that ended is among those that are gone now.
    let anew = asked(&state.apply(check_ended()));
    tell(&mut state, 1, page(&anew, &down_from(300, 201), false));
    assert_eq!(shown(&state), down_from(300, 201));
    assert!(!state.activity.more);
    assert_eq!(state.activity.came_above, 0);
}

#[test]
fn of_very_many_acts_the_newest_are_read_anew_and_the_others_stay() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(
        &mut state,
        1,
        page(&question, &down_from(9_000, 5_000), true),
    );
    let anew = asked(&state.apply(check_ended()));
    assert_eq!(anew.limit, 2_200);
    tell(&mut state, 1, page(&anew, &down_from(9_001, 2_200), true));
    assert_eq!(shown(&state), down_from(9_001, 5_001));
    // Between what comes and what is shown nothing is left out.
    let anew = asked(&state.apply(check_ended()));
    tell(&mut state, 1, page(&anew, &down_from(20_000, 2_200), true));
    assert_eq!(shown(&state), down_from(20_000, 200));
    assert!(state.activity.more);
    assert_eq!(state.activity.came_above, 1);
}

#[test]
fn what_a_job_on_many_doctors_records_is_read_once_a_second() {
    let mut state = signed_in();
    let (id, kind) = (JobId(1), JobKind::CheckAll);
    tell(&mut state, 1, Event::JobStarted { id, kind });
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9], false));
    let mut reads = 0;
    for tenth in 0..=30 {
        state.tick(Timestamp::UNIX_EPOCH + SignedDuration::from_millis(100 * tenth));
        let counted = JobProgress::Counting {
            done: usize::try_from(tenth).unwrap(),
            of: 60,
        };
        let effects = state.apply_progress(&[(id, counted.clone())].into());
        assert!(state.apply_progress(&[(id, counted)].into()).is_empty());
        if !effects.is_empty() {
            tell(&mut state, 1, page(&asked(&effects), &[10, 9], false));
            reads += 1;
        }
    }
    assert_eq!(reads, 4);
}

#[test]
fn what_can_not_be_read_without_being_asked_for_takes_nothing_away_and_says_nothing() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9, 8], true));
    let question = asked(&state.apply(check_ended()));
    assert!(!state.activity.loading, "nobody waits for it");
    tell(&mut state, 1, not_read(&question));
    assert_eq!(shown(&state), [9, 8]);
    assert!(state.activity.more && state.activity.failed.is_none());
    // The next is asked for as ever, and older ones need not wait for it.
    let again = asked(&state.apply(check_ended()));
    let older = asked(&state.update(Action::LoadMoreActivity));
    tell(&mut state, 1, page(&again, &[10, 9], true));
    tell(&mut state, 1, page(&older, &[7], false));
    assert_eq!(shown(&state), [9, 8, 7]);
}

#[test]
fn only_the_newest_question_is_answered() {
    let mut state = signed_in();
    let all = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&all, &[9, 8], true));
    let older = asked(&state.update(Action::LoadMoreActivity));
    let filtered = asked(&state.update(today()));
    assert_eq!(
        (filtered.before, filtered.filter.period),
        (None, Period::Today)
    );
    tell(&mut state, 1, page(&older, &[7], false));
    assert!(shown(&state).is_empty(), "they are no answer to it");
    assert!(state.activity.loading && !state.activity.more);
    tell(&mut state, 1, page(&filtered, &[8], false));
    assert_eq!(shown(&state), [8]);
    assert!(!state.activity.loading);
    assert!(
        state.update(today()).is_empty(),
        "nothing else is asked for"
    );
}

#[test]
fn whom_acts_can_be_chosen_by_stays_known_while_they_are_filtered() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    let choices = ActChoices {
        doctors: Vec::new(),
        people: vec!["Front Desk".into()],
    };
    let told = ActivityPage {
        question: question.number,
        acts: Vec::new(),
        more: false,
        choices: Some(choices.clone()),
    };
    tell(&mut state, 1, Event::Activity(Box::new(told)));
    let question = asked(&state.update(today()));
    tell(&mut state, 1, page(&question, &[1], false));
    assert_eq!(state.activity.choices, choices);
}

#[test]
fn an_act_is_opened_over_the_others_and_closed_again() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9, 8], false));
    state.update(Action::ShowAct(8));
    assert_eq!(state.modals, [Modal::Act(Box::new(act(8)))]);
    state.update(Action::CloseModal);
    assert!(state.modals.is_empty());
    state.update(Action::ShowAct(77));
    assert!(state.modals.is_empty());
}

#[test]
fn older_acts_that_can_not_be_read_are_asked_for_once_more_where_the_person_says_so() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9, 8], true));
    for _ in 0..2 {
        let question = asked(&state.update(Action::LoadMoreActivity));
        assert_eq!(question.before, Some(8));
        assert!(state.activity.failed.is_none());
        tell(&mut state, 1, not_read(&question));
        assert!(!state.activity.loading && state.activity.failed.is_some());
        assert_eq!(shown(&state), [9, 8]);
    }
    assert!(state.toasts.is_empty(), "the list says it");
    let question = asked(&state.update(Action::LoadMoreActivity));
    tell(&mut state, 1, page(&question, &[7], false));
    assert!(state.activity.failed.is_none());
    assert_eq!(shown(&state), [9, 8, 7]);
}

#[test]
fn where_the_newest_acts_can_not_be_read_older_ones_do_not_stand_for_them() {
    let mut state = signed_in();
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, page(&question, &[9, 8], true));
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 1, not_read(&question));
    assert!(shown(&state).is_empty() && state.activity.failed.is_some());
    let question = asked(&state.update(Action::LoadMoreActivity));
    assert_eq!(question.before, None);
    tell(&mut state, 1, page(&question, &[10, 9], true));
    assert_eq!(shown(&state), [10, 9]);
}

#[test]
fn that_an_earlier_question_failed_says_nothing_of_the_newest() {
    let mut state = signed_in();
    let all = asked(&state.update(Action::Show(Screen::Activity)));
    let filtered = asked(&state.update(today()));
    tell(&mut state, 1, not_read(&all));
    assert!(state.activity.loading && state.activity.failed.is_none());
    tell(&mut state, 1, page(&filtered, &[8], false));
    assert_eq!(shown(&state), [8]);
}

#[test]
fn no_question_of_the_next_person_has_the_number_of_an_earlier_one() {
    let mut state = signed_in();
    let earlier = asked(&state.update(Action::Show(Screen::Activity)));
    tell(&mut state, 2, Event::SignedOut(SignedOutBecause::Ended));
    sign_in(&mut state, 2);
    tell(&mut state, 2, page(&earlier, &[9], false));
    assert!(shown(&state).is_empty());
    let question = asked(&state.update(Action::Show(Screen::Activity)));
    assert!(question.number > earlier.number);
    tell(&mut state, 2, page(&earlier, &[9], false));
    assert!(shown(&state).is_empty() && state.activity.loading);
}
