//! A tour of the whole app, without a display: the real window, engine, store and practice
//! service, driven by what the window shows.
//!
//!     cargo run --example tour -- OUT_DIR
//!
//! It leaves pictures of every screen and question, the downloaded files, and the recorded
//! activity as `activity.jsonl` in the folder, and fails when anything it was told is not so. Then
//! `gave-up.png` and `gave-up.txt` show the window as it was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a tour that can't go on has failed"
)]

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use audio_housekeeper::engine::Waits;
use audio_housekeeper::practice::{Call, Effect, Fault, sample_doctors};
use audio_housekeeper::settings::ThemeChoice;
use audio_housekeeper::state::Mode;
use audio_housekeeper::store::Store;
use support::driver::{Driver, Stage};

const AMELIA: &str = "Dr. Amelia Smith";
const JUERGEN: &str = "Dr. Jürgen Müller";
const PRIYA: &str = "Dr. Priya Nair";

/// The looks that every picture is taken in: a name, the theme, width, height, text size.
const LOOKS: [(&str, ThemeChoice, f32, f32, u16); 6] = [
    ("light", ThemeChoice::Light, 1120.0, 760.0, 100),
    ("dark", ThemeChoice::Dark, 1120.0, 760.0, 100),
    ("light-small", ThemeChoice::Light, 800.0, 560.0, 100),
    ("dark-small", ThemeChoice::Dark, 800.0, 560.0, 100),
    ("light-200", ThemeChoice::Light, 1120.0, 760.0, 200),
    ("light-small-200", ThemeChoice::Light, 800.0, 560.0, 200),
];

/// How long the tour may take. It takes half a minute where nothing else runs.
const LIMIT: Duration = Duration::from_mins(10);

/// How long after that a step that does not come back is waited for.
const MERCY: Duration = Duration::from_mins(1);

struct Tour {
    driver: Driver,
    out: PathBuf,
    number: usize,
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program started by hand answers there"
)]
fn main() {
    let Some(out) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: tour OUT_DIR");
        process::exit(2);
    };
    for name in ["pictures", "downloads", "gave-up.png", "gave-up.txt"] {
        let left = out.join(name);
        if left.is_dir() {
            fs::remove_dir_all(&left).unwrap();
        } else if left.exists() {
            fs::remove_file(&left).unwrap();
        }
    }
    for name in ["pictures", "downloads"] {
        fs::create_dir_all(out.join(name)).unwrap();
    }
    let out = out.canonicalize().unwrap();
    thread::spawn(|| {
        thread::sleep(LIMIT + MERCY);
        eprintln!("The tour hangs in one of its steps, and is ended.");
        process::exit(1);
    });
    let data = tempfile::tempdir().unwrap();
    let mut tour = Tour::begin(data.path(), &out);
    if panic::catch_unwind(AssertUnwindSafe(|| tour.take())).is_err() {
        tour.give_up();
        eprintln!(
            "The tour gave up; gave-up.png shows where: {}",
            out.display()
        );
        process::exit(1);
    }
    let pictures = tour.end();
    let entries = keep_activity(&data.path().join("practice"), &out);
    println!(
        "{pictures} pictures, {entries} entries of activity: {}",
        out.display()
    );
}

impl Tour {
    fn begin(data: &Path, out: &Path) -> Self {
        let waits = Waits {
            one: Duration::from_secs(3),
            all: Duration::from_secs(3),
            ..Waits::default()
        };
        let stage = Stage {
            mode: Mode::Real,
            waits,
            ..Stage::practice(data)
        };
        Self {
            driver: Driver::open(stage).until(Instant::now() + LIMIT),
            out: out.to_owned(),
            number: 0,
        }
    }

    fn take(&mut self) {
        self.signs_in_to_practice();
        self.checks_and_downloads();
        self.stops_a_delete();
        self.backs_up_then_deletes();
        self.deletes_what_is_backed_up();
        self.asks_about_nothing_and_about_no_answer();
        self.opens_the_other_screens();
        self.deletes_all();
        self.leaves_practice_and_signs_in();
        self.is_asked_before_anything_is_cut_off();
    }

    /// Closes the window, and says how many pictures there are.
    fn end(self) -> usize {
        self.driver.close();
        self.number * LOOKS.len()
    }

    /// Keeps what the window shows, as a picture and in words.
    fn give_up(&mut self) {
        fs::write(self.out.join("gave-up.txt"), self.driver.listing() + "\n").unwrap();
        let picture = self.driver.window.render().unwrap();
        picture.save(self.out.join("gave-up.png")).unwrap();
    }

    fn signs_in_to_practice(&mut self) {
        self.driver.wait_for("Sign in to Nuxera");
        self.picture("sign-in");
        self.driver.click("Practise with samples");
        self.driver.wait_for("Practice. Sample recordings only");
        self.driver.wait_for(AMELIA);
        self.picture("practice");
    }

    fn checks_and_downloads(&mut self) {
        self.driver.click("Check all");
        self.driver.wait_for("Checked 10 doctors");
        self.driver.fill("Doctor", AMELIA);
        let file = self.download("amelia.flac");
        self.driver.click("Download…");
        self.driver.wait_for("Saved and checked");
        self.is_what_the_service_has(AMELIA, &file);
        self.picture("recordings");
    }

    fn stops_a_delete(&mut self) {
        self.driver.fill("Doctor", PRIYA);
        self.driver.click("Delete…");
        self.driver.wait_for("Delete without backup");
        self.picture("delete-not-backed-up");
        self.driver.click("Delete without backup");
        self.driver.wait_for("Deleting for Dr. Priya Nair in");
        self.driver.click("Stop");
        self.driver
            .wait_for("Stopped. Nothing was sent, and nothing was deleted.");
        assert!(self.driver.service.holds(PRIYA));
    }

    fn backs_up_then_deletes(&mut self) {
        self.driver.fill("Doctor", JUERGEN);
        self.driver.click("Delete…");
        let file = self.download("juergen.wav");
        let held = self.held(JUERGEN);
        self.driver.click("Back up, then delete…");
        self.driver.wait_for("Deleting for Dr. Jürgen Müller in");
        self.picture("delete-wait");
        self.driver
            .wait_for("Deleted. Nuxera has nothing under this name now.");
        assert_eq!(fs::read(file).unwrap(), held);
        assert!(!self.driver.service.holds(JUERGEN));
    }

    fn deletes_what_is_backed_up(&mut self) {
        self.dismiss_results();
        self.driver.fill("Doctor", AMELIA);
        self.driver.click("Delete…");
        self.driver.wait_for("same as on the server");
        self.picture("delete-backed-up");
        self.driver.key(egui::Key::Escape);
        self.driver.wait_until_gone("Delete the recordings of");
        assert!(self.driver.service.holds(AMELIA));
        self.driver.click("Delete…");
        self.driver.click("Delete");
        self.driver.wait_for("Deleting for Dr. Amelia Smith in");
        // Its look, its request and what was seen after it too.
        self.driver.wait_until_gone("Deleting for Dr. Amelia Smith");
        self.driver.wait_for("Wrong doctor?");
        assert!(!self.driver.service.holds(AMELIA));
        self.picture("deleted");
        self.driver.click("Wrong doctor?");
        self.driver.wait_for("amelia.flac");
        self.picture("wrong-doctor");
        self.driver.key(egui::Key::Escape);
    }

    fn asks_about_nothing_and_about_no_answer(&mut self) {
        self.driver.fill("Doctor", "Dr. Nobody");
        self.driver.click("Delete…");
        self.driver.wait_for("Forget this name");
        self.picture("delete-nothing-there");
        self.driver.click("Forget this name");
        self.driver
            .service
            .set_faults(vec![Fault::on(Call::Download, Effect::LoseBeforeActing)]);
        self.driver.fill("Doctor", PRIYA);
        self.driver.click("Delete…");
        self.driver.wait_for("Try again");
        self.picture("delete-could-not-be-checked");
        self.driver.click("Details");
        self.driver.wait_for("GET /api/download");
        self.picture("details");
        self.driver.key(egui::Key::Escape);
        self.driver.wait_for("Try again");
        self.driver.service.set_faults(Vec::new());
        self.driver.key(egui::Key::Escape);
        self.driver.wait_until_gone("Delete the recordings of");
    }

    fn opens_the_other_screens(&mut self) {
        self.dismiss_results();
        self.driver.click("Activity");
        self.driver.wait_for("Saved and checked");
        self.picture("activity");
        self.driver.click("Settings");
        self.driver.wait_for("Practice keeps no sign-in.");
        self.picture("settings");
        self.driver.click("Recordings");
        self.driver.wait_for("Delete all recordings…");
    }

    fn deletes_all(&mut self) {
        self.driver.click("Delete all recordings…");
        self.driver
            .wait_for("Delete every recording on the server?");
        self.driver.fill("Type DELETE ALL to continue", "DELETE AL");
        assert!(!self.driver.can_click("Delete all doctors' recordings"));
        self.picture("delete-all");
        self.driver
            .fill("Type DELETE ALL to continue", "DELETE ALL");
        self.driver.click("Delete all doctors' recordings");
        self.driver.wait_for("Deleting every recording in");
        self.driver
            .wait_for("Deleted. Nuxera has nothing now for any doctor listed here.");
        for doctor in sample_doctors() {
            assert!(
                !self.driver.service.holds(doctor),
                "{doctor} has a recording still"
            );
        }
        self.picture("deleted-all");
    }

    fn leaves_practice_and_signs_in(&mut self) {
        self.driver.click("Leave practice");
        self.driver.fill("Access token", "a mistyped token");
        self.driver.click("Sign in");
        self.driver.wait_for("doesn't accept this access token");
        self.picture("sign-in-refused");
        let token = self.driver.service.token();
        self.driver.fill("Access token", token.expose());
        self.driver.click("Sign in");
        self.driver.wait_for("Recordings");
        self.driver.wait_until_gone("Sign in to Nuxera");
        // A list of its own: what was practised is not here.
        assert!(!self.driver.shows(AMELIA));
        self.picture("nothing-known");
    }

    fn is_asked_before_anything_is_cut_off(&mut self) {
        let put = include_bytes!("../assets/fonts/Inter-Regular.otf");
        let mut slow = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
        slow.extend_from_slice(put);
        self.driver.service.put(AMELIA, "slow.wav", slow);
        let drip = Effect::Drip {
            every: Duration::from_millis(20),
        };
        self.driver
            .service
            .set_faults(vec![Fault::on(Call::Download, drip).from(2)]);
        self.driver.fill("Doctor", AMELIA);
        self.download("slow.wav");
        self.driver.click("Download…");
        self.driver.wait_for("B/s");
        self.picture("downloading");
        self.driver.ask_to_close();
        self.driver.wait_for("Stop and close");
        self.picture("close-while-busy");
        self.driver.key(egui::Key::Escape);
        self.driver.click("Settings");
        self.driver.click("Sign out");
        self.driver.wait_for("Stop and sign out");
        self.picture("sign-out-while-busy");
        self.driver.key(egui::Key::Escape);
        self.driver.wait_until_gone("Stop and sign out");
    }

    fn dismiss_results(&mut self) {
        self.driver.click("Dismiss all");
        self.driver.wait_until_gone("Dismiss all");
    }

    fn download(&self, name: &str) -> PathBuf {
        let file = self.out.join("downloads").join(name);
        self.driver.dialogs.answer_next(Some(file.clone()));
        file
    }

    fn held(&self, doctor: &str) -> Vec<u8> {
        let newest = self.driver.service.recordings_of(doctor).pop().unwrap();
        self.driver
            .runtime()
            .block_on(newest.bytes())
            .unwrap()
            .to_vec()
    }

    fn is_what_the_service_has(&self, doctor: &str, file: &Path) {
        assert!(
            fs::read(file).unwrap() == self.held(doctor),
            "{} differs",
            file.display()
        );
    }

    /// Takes a picture in every look, and goes back to the first.
    fn picture(&mut self, name: &str) {
        self.number += 1;
        for (look, theme, width, height, text_size) in LOOKS {
            self.driver.look(theme, width, height, text_size);
            let picture = self.driver.window.render().unwrap();
            let file = format!("{:02}-{name}-{look}.png", self.number);
            picture.save(self.out.join("pictures").join(file)).unwrap();
        }
        let (_, theme, width, height, text_size) = LOOKS[0];
        self.driver.look(theme, width, height, text_size);
    }
}

/// Writes the canonical form of every entry, a line each, and checks the record on the way.
fn keep_activity(folder: &Path, out: &Path) -> usize {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(folder).unwrap();
        let check = store.check_record(Vec::new()).await.unwrap();
        assert!(check.is_whole(), "the record is broken: {check:?}");
        let mut entries = store.entries(None, 10_000).await.unwrap();
        entries.reverse();
        let lines: String = entries
            .iter()
            .map(|entry| entry.as_ref().unwrap().canonical() + "\n")
            .collect();
        fs::write(out.join("activity.jsonl"), lines).unwrap();
        entries.len()
    })
}
