//! Acts of the record, as the window asks for them.

use audio_housekeeper::domain::{
    ActFilter, AuditAction, AuditDraft, AuditOutcome, AuditWho, OperationId,
};
use audio_housekeeper::engine::{ActivityPage, ActivityQuestion, Command, Event};
use audio_housekeeper::store::Store;
use support::desk::Desk;
use support::run;

fn ask(desk: &Desk, number: u64, filter: ActFilter, before: Option<u64>) {
    desk.send(Command::LoadActivity(Box::new(ActivityQuestion {
        number,
        filter,
        before,
        limit: 200,
    })));
}

async fn next_page(desk: &mut Desk) -> ActivityPage {
    desk.until(|event| match event {
        Event::Activity(page) => Some((**page).clone()),
        _ => None,
    })
    .await
}

fn searched(text: &str) -> ActFilter {
    ActFilter {
        text: text.into(),
        ..ActFilter::default()
    }
}

/// A desk whose record has so many acts more than a sign-in makes.
async fn with_acts(count: u64) -> Desk {
    let desk = Desk::new().await;
    let store = Store::open(desk.folder.path()).unwrap();
    for number in 1..=count {
        let draft = AuditDraft {
            time: jiff::Timestamp::now(),
            action: AuditAction::Check,
            outcome: AuditOutcome::Found,
            operation: OperationId::from_bytes(u128::from(number).to_be_bytes()),
            who: AuditWho::default(),
            doctor: None,
            reason: None,
            plan: None,
            backup: None,
            answer: None,
            note: None,
        };
        store.append(draft).await.unwrap();
    }
    desk
}

#[test]
fn acts_come_page_by_page_and_with_the_first_whom_they_can_be_chosen_by() {
    run(async {
        let mut desk = with_acts(250).await;
        ask(&desk, 1, ActFilter::default(), None);
        let first = next_page(&mut desk).await;
        assert_eq!(
            (first.question, first.acts.len(), first.more),
            (1, 200, true)
        );
        assert!(!first.choices.unwrap().people.is_empty());
        ask(
            &desk,
            2,
            ActFilter::default(),
            first.acts.last().map(|act| act.first),
        );
        let second = next_page(&mut desk).await;
        assert_eq!((second.question, second.more), (2, false));
        assert!(second.acts.len() > 50 && second.choices.is_none());
        let together: Vec<_> = first.acts.iter().chain(&second.acts).collect();
        assert!(together.is_sorted_by(|one, next| one.first > next.first));
    });
}

#[test]
fn a_search_is_given_up_where_another_question_comes() {
    run(async {
        let mut desk = with_acts(2_000).await;
        // One may be done before the next comes.
        let mut rounds = 0;
        loop {
            rounds += 1;
            assert!(rounds <= 20, "they are not given up");
            for number in 1..=8 {
                ask(&desk, number, searched("stands nowhere"), None);
            }
            ask(&desk, 9, searched("sign"), None);
            let mut answered = vec![next_page(&mut desk).await.question];
            while answered.last() != Some(&9) {
                answered.push(next_page(&mut desk).await.question);
            }
            if answered == [9] {
                break;
            }
        }
        ask(&desk, 10, searched("stands nowhere"), None);
        let page = next_page(&mut desk).await;
        assert_eq!((page.question, page.acts.len()), (10, 0));
    });
}
