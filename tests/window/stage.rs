//! Sample states, and a window that shows them.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use audio_housekeeper::domain::{
    Account, AudioFormat, AudioState, Backup, BackupComparison, BackupHealth, BackupProof,
    CheckedAudio, Codec, DeletionOutcome, DeletionSurvey, DoctorName, EndProof, Holder, KeptPart,
    KnownDoctor, LastDeletion, OperationId, PartCame, ServerCopy, ServerKnowledge, ServiceOrigin,
    Sha256Digest, TokenKeeping, Unfit,
};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{
    Action, Job, JobId, JobKind, JobProgress, LastCall, Modal, Mode, SignIn, State,
};
use audio_housekeeper::text::Text;
use audio_housekeeper::ui::{self, Drafts};
use egui::{Theme, Vec2};
use egui_kittest::Harness;
use jiff::{SignedDuration, Timestamp};

/// A window with a state, and what was done in it.
pub struct Stage {
    pub state: State,
    pub drafts: Drafts,
    pub actions: Vec<Action>,
    text: Text,
}

/// Makes a state to look at.
pub type MakeState = fn() -> State;

pub type Window = Harness<'static, Stage>;

pub const LARGE: Vec2 = Vec2::new(1120.0, 760.0);
pub const SMALL: Vec2 = Vec2::new(800.0, 560.0);

impl eframe::App for Stage {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let done = ui::show(ui, &self.state, &mut self.drafts, &self.text);
        self.actions.extend(done);
    }
}

/// Opens a window on `state`. `percent` is the text size.
pub fn open(state: State, size: Vec2, theme: Theme, percent: u16) -> Window {
    open_on(state, size, theme, percent, 1.0)
}

/// The same on a screen with a scale factor; the size is in the screen's own points.
pub fn open_on(state: State, size: Vec2, theme: Theme, percent: u16, scale: f32) -> Window {
    let mut shown = state;
    shown.settings.text_size = percent;
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
    let stage = Stage {
        state: shown,
        drafts: Drafts::default(),
        actions: Vec::new(),
        text: Text::new("en").in_zone(zone),
    };
    // The window's size is in pixels, and the text size makes each point more of them.
    let points = size / (f32::from(percent) / 100.0);
    let mut window = Harness::builder()
        .with_size(points)
        .with_pixels_per_point(scale * f32::from(percent) / 100.0)
        .with_theme(theme)
        .with_max_steps(12)
        .with_render_cursor(false)
        .allow_missing_glyphs()
        .with_context_setup(|context| {
            ui::install(context);
            add_system_font(context);
        })
        .build_eframe(|_| stage);
    window.run();
    window
}

/// A window of the usual size.
pub fn window(state: State) -> Window {
    open(state, LARGE, Theme::Light, 100)
}

/// A font with Chinese characters, where the computer has one; a box stands for them elsewhere.
fn add_system_font(context: &egui::Context) {
    static FONT: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let font = FONT.get_or_init(|| {
        std::fs::read("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").ok()
    });
    if let Some(bytes) = font {
        let families = [
            egui::FontFamily::Proportional,
            egui::FontFamily::Name("medium".into()),
            egui::FontFamily::Name("semibold".into()),
        ];
        let families = families.map(|family| egui::epaint::text::InsertFontFamily {
            family,
            priority: egui::epaint::text::FontPriority::Lowest,
        });
        context.add_font(egui::epaint::text::FontInsert::new(
            "Noto Sans CJK",
            egui::FontData::from_static(bytes),
            families.into(),
        ));
    }
}

pub fn now() -> Timestamp {
    "2026-11-23T14:05:30+01:00".parse().unwrap()
}

pub fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

pub fn name(name: &str) -> DoctorName {
    DoctorName::parse(name).unwrap()
}

pub fn copy(format: AudioFormat, length: u64, etag: Option<&str>) -> ServerCopy {
    ServerCopy {
        format: Some(format),
        length: Some(length),
        etag: etag.map(Into::into),
        ..ServerCopy::default()
    }
}

/// A FLAC of which all is proven.
pub fn whole_audio() -> CheckedAudio {
    CheckedAudio {
        state: AudioState::Whole,
        codec: Some(Codec::Flac),
        ends: vec![EndProof::TotalSamples, EndProof::Md5],
        oddities: Vec::new(),
    }
}

pub fn backup_of(made_from: &ServerCopy, verified_at: Timestamp) -> Backup {
    Backup {
        path: PathBuf::from("/home/desk/Recordings/Dr. Amelia Smith 2026-11-23.flac"),
        size: made_from.length.unwrap_or_default(),
        sha256: Sha256Digest::of(b"sample"),
        format: AudioFormat::Flac,
        milliseconds: Some(724_000),
        verified_at,
        audio: None,
        seen: None,
        flushed: true,
        proof: BackupProof::Length,
        made_from: made_from.clone(),
    }
}

/// Signed in, with five doctors of whom different things are known.
pub fn signed_in() -> State {
    let mut state = State::new(Mode::Real, Settings::default(), now());
    state.sign_in = SignIn::In(Account {
        origin: ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap(),
        holder: Holder::User("front.desk".into()),
        person: Some("Front Desk".into()),
        user_name: Some("front.desk".into()),
        keeping: TokenKeeping::Keychain,
        ends_at: Some(now() + SignedDuration::from_mins(216)),
    });
    let smith = copy(AudioFormat::Flac, 18_400_000, Some("\"a\""));
    let nair = copy(AudioFormat::Flac, 7_900_000, None);
    state.doctors = vec![
        KnownDoctor {
            name: name("Dr. Amelia Smith"),
            server: ServerKnowledge::Has {
                copy: smith.clone(),
                checked_at: now(),
            },
            no_answer_at: None,
            backup: Some(backup_of(&smith, ago(3))),
            backup_health: BackupHealth::There,
            last_deletion: None,
        },
        KnownDoctor {
            name: name("Dr. Jürgen Müller"),
            server: ServerKnowledge::Has {
                copy: copy(AudioFormat::Wav, 96_100_000, None),
                checked_at: ago(2),
            },
            ..KnownDoctor::new(name("Dr. Jürgen Müller"))
        },
        KnownDoctor {
            server: ServerKnowledge::Nothing { checked_at: ago(5) },
            backup: Some(backup_of(&smith, ago(1))),
            last_deletion: Some(LastDeletion {
                at: ago(5),
                outcome: DeletionOutcome::Gone,
            }),
            ..KnownDoctor::new(name("Dr. Kenji Tanaka 田中"))
        },
        KnownDoctor::new(name("Dr. Lucía Fernández")),
        KnownDoctor {
            server: ServerKnowledge::Has {
                copy: nair.clone(),
                checked_at: ago(7),
            },
            backup: Some(backup_of(&nair, ago(3 * 24 * 60))),
            ..KnownDoctor::new(name("Dr. Priya Nair"))
        },
    ];
    state
}

/// The same with a download under way.
pub fn downloading() -> State {
    let mut state = signed_in();
    let doctor = name("Dr. Jürgen Müller");
    state.jobs.insert(
        JobId(1),
        Job {
            kind: JobKind::Download(doctor.clone()),
            progress: JobProgress::Downloading {
                doctor,
                received: 59_600_000,
                total: Some(96_100_000),
                speed: 8_200_000.0,
                can_be_paused: true,
            },
            cancelling: false,
            pausing: false,
            last_call: LastCall::NotYet,
        },
    );
    state
}

/// The same with parts of two recordings that are kept.
pub fn kept_parts() -> State {
    let mut state = signed_in();
    let kept = |number: u8, doctor: &str, size: u64| KeptPart {
        operation: OperationId::from_bytes([number; 16]),
        doctor: name(doctor),
        destination: PathBuf::from(format!("/home/desk/Recordings/{doctor} 2026-11-23.flac")),
        part: PathBuf::from(format!(
            "/home/desk/Recordings/{doctor} 2026-11-23.flac.part"
        )),
        mark: None,
        came: PartCame {
            size,
            sha256: Sha256Digest::of(b"sample"),
            copy: copy(AudioFormat::Flac, 96_100_000, Some("\"a\"")),
        },
    };
    state.kept_parts = vec![
        kept(1, "Dr. Jürgen Müller", 59_000_000),
        kept(2, "Dr. Priya Nair", 4_200_000),
    ];
    state
}

/// The same with a delete in its wait.
pub fn delete_waiting() -> State {
    let mut state = signed_in();
    state.jobs.insert(
        JobId(2),
        Job {
            kind: JobKind::Delete(name("Dr. Amelia Smith")),
            progress: JobProgress::Waiting {
                left: Duration::from_millis(5_400),
                of: Duration::from_secs(8),
            },
            cancelling: false,
            pausing: false,
            last_call: LastCall::NotYet,
        },
    );
    state
}

/// The question of a delete, with these facts.
pub fn asking(backup: BackupComparison) -> State {
    let copy = match &backup {
        BackupComparison::Same(backup) => backup.made_from.clone(),
        _ => copy(AudioFormat::Wav, 96_100_000, None),
    };
    asking_with(Ok(Some(copy)), backup)
}

/// The question whether everything is to be deleted, while the doctors are looked at; of what was
/// known before nothing counts.
pub fn looking_at_all() -> State {
    let mut state = signed_in();
    for doctor in state.doctors.iter_mut().skip(2) {
        if let ServerKnowledge::Has { checked_at, .. } | ServerKnowledge::Nothing { checked_at } =
            &mut doctor.server
        {
            *checked_at = ago(30 * 24 * 60);
        }
    }
    state.modals.push(Modal::DeleteAll {
        looked_since: ago(2),
        asked_at: ago(2),
        shown_at: None,
    });
    state.jobs.insert(
        JobId(3),
        Job {
            kind: JobKind::SurveyAll,
            progress: JobProgress::Counting { done: 2, of: 5 },
            cancelling: false,
            pausing: false,
            last_call: LastCall::NotYet,
        },
    );
    state
}

/// The question whether another doctor's backup is to be replaced.
pub fn replacing() -> State {
    let mut state = signed_in();
    state.modals.push(Modal::ReplaceBackup {
        doctor: name("Dr. Jürgen Müller"),
        path: PathBuf::from("/home/desk/Recordings/Dr. Amelia Smith 2026-11-23.flac"),
        whose: name("Dr. Amelia Smith"),
        made: ago(3),
        seen: "made 7, 18400000 bytes, 9".into(),
    });
    state
}

/// The question of a delete while the recording is downloaded again to be compared.
pub fn comparing() -> State {
    let copy = copy(AudioFormat::Wav, 96_100_000, None);
    let backup = BackupComparison::CannotCompare(backup_of(&copy, ago(3)));
    let mut state = asking(backup);
    let doctor = name("Dr. Amelia Smith");
    state.jobs.insert(
        JobId(1),
        Job {
            kind: JobKind::Compare(doctor.clone()),
            progress: JobProgress::Comparing {
                doctor,
                received: 59_600_000,
                total: Some(96_100_000),
                speed: 8_200_000.0,
            },
            cancelling: false,
            pausing: false,
            last_call: LastCall::NotYet,
        },
    );
    state
}

/// The question of a delete of what can be no backup.
pub fn asking_unfit(unfit: Unfit) -> State {
    let (format, length) = match unfit {
        Unfit::Damaged(_) => (Some(AudioFormat::Wav), 96_100_000),
        Unfit::Empty => (None, 0),
        Unfit::Other(_) => (None, 7_900_000),
    };
    let copy = ServerCopy {
        format,
        length: Some(length),
        unfit: Some(unfit),
        ..ServerCopy::default()
    };
    asking_with(Ok(Some(copy)), BackupComparison::None)
}

pub fn asking_with(
    server: Result<Option<ServerCopy>, audio_housekeeper::domain::Failure>,
    backup: BackupComparison,
) -> State {
    let mut state = signed_in();
    let doctor = name("Dr. Amelia Smith");
    state.modals.push(Modal::DeleteOne {
        doctor: doctor.clone(),
        survey: Some(Box::new(DeletionSurvey {
            doctor,
            server,
            checked_at: now(),
            backup,
        })),
    });
    state
}

/// The longest that people, services and folders can bring, in a list, a tray and a question.
pub fn long_words() -> Vec<(&'static str, MakeState)> {
    fn long_name() -> DoctorName {
        name("Univ.-Prof. Dr. med. Dr. h. c. Maria-Magdalena Wolfeschlegelsteinhausenbergerdorff")
    }
    fn busy() -> State {
        let mut state = downloading();
        state.doctors[0].name = long_name();
        for job in state.jobs.values_mut() {
            job.kind = JobKind::Download(long_name());
        }
        state
    }
    vec![
        ("long-recordings", busy),
        ("long-delete", || {
            let mut state = busy();
            let copy = copy(AudioFormat::Wav, 96_100_000, None);
            let mut backup = backup_of(&copy, ago(3));
            let folder = "Recordings".repeat(12);
            backup.path = PathBuf::from(format!("/home/desk/{folder}/file.wav"));
            state.modals.push(Modal::DeleteOne {
                doctor: long_name(),
                survey: Some(Box::new(DeletionSurvey {
                    doctor: long_name(),
                    server: Ok(Some(copy)),
                    checked_at: now(),
                    backup: BackupComparison::CannotCompare(backup),
                })),
            });
            state
        }),
        ("long-close", || {
            let mut state = busy();
            state.modals.push(Modal::CloseWhileBusy);
            state
        }),
    ]
}
