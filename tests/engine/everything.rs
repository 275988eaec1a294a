//! The looks for the question whether everything is to be deleted: each backup that counts is the
//! very file that was verified.

use std::fs;

use audio_housekeeper::domain::{DoctorState, DoctorTally, KnownDoctor};
use audio_housekeeper::engine::{Command, Event, JobEnding};
use audio_housekeeper::practice::{Etags, PracticeConfig};
use audio_housekeeper::store::Store;
use jiff::Timestamp;
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, name, run};

async fn desk() -> Desk {
    let config = PracticeConfig {
        etags: Etags::All,
        ..holding_nothing()
    };
    let mut desk = Desk::with(config, std::time::Duration::ZERO).await;
    desk.download(AMELIA, "a.wav").await.unwrap();
    desk
}

/// Looks at all; what is known of the one doctor then.
async fn survey(desk: &mut Desk) -> KnownDoctor {
    desk.send(Command::SurveyAll(vec![name(AMELIA)]));
    desk.until(|event| match event {
        Event::JobEnded { ending, .. } => matches!(**ending, JobEnding::CheckAll(_)).then_some(()),
        _ => None,
    })
    .await;
    let store = Store::open(desk.folder.path()).unwrap();
    let service = desk.origin().ascii();
    store
        .doctor(&service, &name(AMELIA))
        .await
        .unwrap()
        .unwrap()
}

#[test]
fn a_backup_that_was_written_to_is_read_again_before_it_counts() {
    run(async {
        let mut desk = desk().await;
        let path = desk.file("a.wav");
        let known = survey(&mut desk).await;
        assert_eq!(known.state(), DoctorState::BackedUp);
        let seen = known.backup.unwrap().seen;
        assert!(seen.is_some());
        // Touched, with the same contents: read, and known by what it is now.
        fs::write(&path, wav(100_000, 1)).unwrap();
        let known = survey(&mut desk).await;
        assert_eq!(known.state(), DoctorState::BackedUp);
        assert_ne!(known.backup.unwrap().seen, seen);
        // As long as before, and another one.
        fs::write(&path, wav(100_000, 2)).unwrap();
        let since = Timestamp::now();
        let known = survey(&mut desk).await;
        assert_eq!(known.state(), DoctorState::BackupAltered);
        let tally = DoctorTally::of([&known], since, since, Timestamp::now());
        assert_eq!((tally.backed_up, tally.not_backed_up.len()), (0, 1));
        // Another file that was put in its place with the right contents is one again.
        fs::remove_file(&path).unwrap();
        fs::write(&path, wav(100_000, 1)).unwrap();
        assert_eq!(survey(&mut desk).await.state(), DoctorState::BackedUp);
    });
}
