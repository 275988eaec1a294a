//! Asking which version is the newest: who has to want it, when it is asked, and that nothing waits for it.
//! The clock is the test's own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use audio_housekeeper::domain::{
    NewestVersion, ServiceOrigin, SignInWith, UpdateAddress, UpdatePolicy, UpdateSource, Version,
};
use audio_housekeeper::engine::{self, Command, Event, Handle, JobId, Opening, Setup};
use audio_housekeeper::keychain::MemoryTokens;
use audio_housekeeper::practice::{PracticeConfig, PracticeService};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::store::Store;
use support::clock::TestClock;
use support::desk::setup;
use support::run;
use support::server::{Server, Step, answer};

const FIRST: u64 = 10;
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const NEWEST: Version = Version::new(9, 8, 7);

struct Bench {
    server: Server,
    service: PracticeService,
    clock: TestClock,
    engine: Handle,
    told: Vec<Event>,
    _folder: tempfile::TempDir,
}

/// Whose address it is.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    Nobodys,
    Administrators,
    Builders,
}

impl Bench {
    async fn new(whose: Whose, is_wanted: bool, said: Vec<Step>) -> Self {
        Self::start(whose, is_wanted, said, false).await
    }

    async fn start(whose: Whose, is_wanted: bool, said: Vec<Step>, practice: bool) -> Self {
        let server = Server::saying(said).await;
        let address = UpdateAddress::parse(&server.origin()).unwrap();
        let updates = match whose {
            Whose::Nobodys => UpdateSource::Nowhere,
            Whose::Administrators => UpdateSource::Administrator(Some(address)),
            Whose::Builders => UpdateSource::Builder(address),
        };
        let service = PracticeService::start(PracticeConfig::default());
        let service = service.await.unwrap();
        let origin = ServiceOrigin::parse(&service.origin()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = TestClock::default();
        clock.stop();
        let store = Store::open(folder.path()).unwrap();
        let tokens = Arc::new(MemoryTokens::default());
        let usual = setup(&origin, folder.path(), tokens, store, Duration::ZERO);
        let opening = if practice {
            Opening::Practice {
                origin,
                with: SignInWith::Token(service.token()),
                names: Vec::new(),
            }
        } else {
            Opening::Kept(origin)
        };
        let engine = engine::start(Setup {
            opening,
            updates,
            tells_of_newer_version: is_wanted,
            clock: clock.clock(),
            ..usual
        });
        let mut bench = Self {
            server,
            service,
            clock,
            engine,
            told: Vec::new(),
            _folder: folder,
        };
        bench
            .until(|event| matches!(event, Event::SignedOut(_) | Event::SignedIn { .. }))
            .await;
        bench
    }

    /// Waits for such an event.
    async fn until(&mut self, is_it: impl Fn(&Event) -> bool) {
        let waiting = async {
            while !self.told.last().is_some_and(&is_it) {
                self.told
                    .push(self.engine.wait_for_event().await.unwrap().event);
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting)
            .await
            .expect("waited in vain");
    }

    /// Waits for what is known next.
    async fn newest(&mut self) -> NewestVersion {
        self.told.clear();
        self.until(|event| matches!(event, Event::NewestVersion(_)))
            .await;
        let Some(Event::NewestVersion(newest)) = self.told.pop() else {
            unreachable!()
        };
        newest
    }

    /// Lets so many seconds pass, and the engine look at the clock.
    fn pass(&self, seconds: u64) {
        self.clock.jump(seconds.try_into().unwrap(), seconds);
        self.look();
    }

    /// Has the engine's loop go round.
    fn look(&self) {
        self.engine.send(Command::NoStop(JobId(9_999))).unwrap();
    }

    fn want(&self, is_wanted: bool) {
        let settings = Settings {
            tells_of_newer_version: is_wanted,
            ..Settings::default()
        };
        self.engine.send(Command::SaveSettings(settings)).unwrap();
    }

    /// Waits until it was asked so often, and a little longer for more.
    async fn asked(&self, times: usize) {
        let begun = Instant::now();
        while self.server.requests().len() < times {
            assert!(begun.elapsed() < Duration::from_secs(20), "too seldom");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(self.server.connections(), times);
        assert_eq!(self.server.requests().len(), times);
    }
}

fn newest() -> Vec<Step> {
    vec![Step::Send(answer("200 OK", "", NEWEST.to_string()))]
}

#[test]
fn nobody_is_asked_where_nobody_wants_it_and_never_while_somebody_practises() {
    run(async {
        for (whose, is_wanted, practice) in [
            (Whose::Nobodys, true, false),
            (Whose::Builders, false, false),
            (Whose::Builders, true, true),
            (Whose::Administrators, true, true),
        ] {
            let mut bench = Bench::start(whose, is_wanted, newest(), practice).await;
            for seconds in [0, FIRST, HOUR, DAY, 30 * DAY] {
                bench.pass(seconds);
            }
            if practice || whose == Whose::Nobodys {
                bench.want(false);
                bench.want(true);
            }
            bench.asked(0).await;
            while let Some(envelope) = bench.engine.next_event() {
                bench.told.push(envelope.event);
            }
            let is_told =
                |event: &Event| matches!(event, Event::UpdateSource(_) | Event::NewestVersion(_));
            let told = bench.told.iter().filter(|event| is_told(event)).count();
            // That it could be asked, where the person can choose.
            let can_choose = whose == Whose::Builders && !practice;
            assert_eq!(told, usize::from(can_choose));
            bench.engine.close().await;
        }
    });
}

#[test]
fn it_is_asked_some_seconds_after_the_start_and_then_once_a_day() {
    run(async {
        for (whose, is_wanted) in [(Whose::Administrators, false), (Whose::Builders, true)] {
            let mut bench = Bench::new(whose, is_wanted, newest()).await;
            bench.pass(FIRST - 1);
            bench.asked(0).await;
            bench.pass(1);
            assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
            bench.pass(DAY - 1);
            bench.asked(1).await;
            bench.pass(1);
            assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
            // Asleep for a day, and the clock set back.
            bench.clock.jump(DAY.try_into().unwrap(), 0);
            bench.look();
            assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
            bench.clock.jump(-3_600, DAY);
            bench.look();
            assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
            bench.asked(4).await;
            bench.engine.close().await;
        }
    });
}

#[test]
fn where_no_answer_came_it_is_asked_again_in_an_hour() {
    run(async {
        let refusal = vec![Step::Send(answer("404 Not Found", "", "9.8.7"))];
        let mut bench = Bench::new(Whose::Administrators, false, refusal).await;
        bench.pass(FIRST);
        assert_eq!(bench.newest().await, NewestVersion::NotKnown);
        bench.pass(HOUR - 1);
        bench.asked(1).await;
        bench.pass(1);
        assert_eq!(bench.newest().await, NewestVersion::NotKnown);
        let said: Vec<_> = bench.told.iter().collect();
        let is_quiet = |event: &&&Event| !matches!(event, Event::Failed { .. });
        assert!(said.iter().all(|event| is_quiet(&event)), "{said:?}");
        bench.engine.close().await;
    });
}

#[test]
fn who_switches_it_on_has_it_asked_at_once_and_who_switches_it_off_hears_no_more() {
    run(async {
        let mut bench = Bench::new(Whose::Builders, false, newest()).await;
        bench.want(true);
        assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
        // Settings that are kept for another reason change nothing.
        bench.want(true);
        bench.asked(1).await;
        bench.want(false);
        bench.pass(2 * DAY);
        bench.asked(1).await;
        bench.want(true);
        assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
        bench.asked(2).await;
        bench.engine.close().await;

        let slow = [vec![Step::Pause(Duration::from_secs(4))], newest()].concat();
        let mut bench = Bench::new(Whose::Builders, true, slow).await;
        bench.pass(FIRST);
        bench.asked(1).await;
        bench.want(false);
        tokio::time::sleep(Duration::from_secs(5)).await;
        while let Some(envelope) = bench.engine.next_event() {
            let event = envelope.event;
            assert!(!matches!(event, Event::NewestVersion(_)), "{event:?}");
        }
        bench.engine.close().await;
    });
}

#[test]
fn an_administrators_choice_is_none_of_the_persons() {
    run(async {
        let mut bench = Bench::new(Whose::Administrators, true, newest()).await;
        bench.want(false);
        bench.want(true);
        bench.asked(0).await;
        bench.want(false);
        bench.pass(FIRST);
        assert_eq!(bench.newest().await, NewestVersion::Is(NEWEST));
        bench.engine.close().await;
    });
}

#[test]
fn an_answer_is_heard_by_who_signed_in_meanwhile() {
    run(async {
        let slow = [vec![Step::Pause(Duration::from_secs(4))], newest()].concat();
        let mut bench = Bench::new(Whose::Administrators, false, slow).await;
        bench.pass(FIRST);
        bench.asked(1).await;
        let sign_in = Command::SignIn {
            origin: ServiceOrigin::parse(&bench.service.origin()).unwrap(),
            with: SignInWith::Token(bench.service.token()),
            stay: false,
        };
        bench.engine.send(sign_in).unwrap();
        let mut generation = 0;
        let waiting = async {
            loop {
                let envelope = bench.engine.wait_for_event().await.unwrap();
                match envelope.event {
                    Event::SignedIn { .. } => generation = envelope.generation,
                    Event::NewestVersion(newest) => {
                        assert_eq!(newest, NewestVersion::Is(NEWEST));
                        return envelope.generation;
                    }
                    _ => {}
                }
            }
        };
        let of_the_answer = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        assert_eq!(of_the_answer.unwrap(), generation);
        assert!(generation > 0);
        bench.engine.close().await;
    });
}

#[test]
fn an_address_that_hangs_keeps_nobody_from_signing_in_or_leaving() {
    run(async {
        let hangs = vec![Step::Pause(Duration::from_hours(1))];
        let mut bench = Bench::new(Whose::Administrators, false, hangs).await;
        bench.pass(FIRST);
        bench.asked(1).await;
        let sign_in = Command::SignIn {
            origin: ServiceOrigin::parse(&bench.service.origin()).unwrap(),
            with: SignInWith::Token(bench.service.token()),
            stay: false,
        };
        bench.engine.send(sign_in).unwrap();
        bench
            .until(|event| matches!(event, Event::Doctors(_)))
            .await;
        let begun = Instant::now();
        bench.engine.close().await;
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{:?}",
            begun.elapsed()
        );
    });
}

#[test]
fn what_the_administrator_wrote_and_is_no_address_is_told_and_nobody_is_asked() {
    run(async {
        let written = UpdatePolicy::of("http://updates.clinic.example/newest");
        let built_with = Server::saying(newest()).await;
        let source = UpdateSource::choose(written, Some(&built_with.origin()));
        assert_eq!(source, UpdateSource::Administrator(None));
        let folder = tempfile::tempdir().unwrap();
        let origin = ServiceOrigin::parse("http://127.0.0.1:1").unwrap();
        let store = Store::open(folder.path()).unwrap();
        let tokens = Arc::new(MemoryTokens::default());
        let clock = TestClock::default();
        let mut engine = engine::start(Setup {
            updates: source.clone(),
            tells_of_newer_version: true,
            clock: clock.clock(),
            ..setup(&origin, folder.path(), tokens, store, Duration::ZERO)
        });
        loop {
            if let Event::UpdateSource(told) = engine.wait_for_event().await.unwrap().event {
                assert_eq!(told, source);
                break;
            }
        }
        clock.jump(FIRST.try_into().unwrap(), FIRST);
        engine.send(Command::NoStop(JobId(9_999))).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(built_with.connections(), 0);
        engine.close().await;
    });
}
