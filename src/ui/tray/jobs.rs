use std::time::Duration;

use egui::{Align, Color32, Layout, Ui, vec2};

use crate::domain::Place;
use crate::state::{Job, JobId, JobKind, JobProgress};
use crate::text::Text;
use crate::ui::View;
use crate::ui::offers::{Offer, show_offers, size_of_offers, with_offers};
use crate::ui::theme::{Palette, Type, size};
use crate::ui::tray::place_to_mind;
use crate::ui::widgets::{announce, label, label_cut, progress_bar, wrapped};

/// A running job: what it is about, how far it is, what its folder is, and how to end it.
pub fn show(ui: &mut Ui, view: &mut View<'_>, (id, job): (JobId, &Job), place: Option<&Place>) {
    let text = view.text;
    if let JobProgress::WaitingToTryAgain { .. } = &job.progress
        && !job.cancelling
    {
        waiting_to_try_again(ui, view, (id, job));
        return place_to_mind(ui, text, place);
    }
    let palette = Palette::here(ui);
    let heading = heading(text, job);
    let status = status(text, job);
    let bar = text.say("tray-bar");
    let is_fetched = matches!(
        (&job.kind, &job.progress),
        (JobKind::Download(_), JobProgress::Downloading { .. })
    );
    let pause = is_fetched.then_some(Offer::Pause(id));
    let offers = pause.into_iter().chain([Offer::Cancel(id)]);
    let line = Line {
        heading: &heading,
        status: &status,
        bar: &bar,
        done: done(job),
        colour: palette.primary,
    };
    line.show(ui, view, offers.collect());
    place_to_mind(ui, text, place);
}

/// A job whose last try failed: what that met, and when the next one begins.
fn waiting_to_try_again(ui: &mut Ui, view: &mut View<'_>, (id, job): (JobId, &Job)) {
    let JobProgress::WaitingToTryAgain {
        doctor,
        failure,
        left,
        next,
        tries,
        next_try,
    } = &job.progress
    else {
        return;
    };
    let palette = Palette::here(ui);
    let text = view.text;
    let heading = heading(text, job);
    let met = text.met_in_a_try(&failure.kind);
    let again = text.next_try(*next_try, *left, (*next, *tries));
    // In the order of a result's, so that a press that comes as the last wait ends does the same there.
    let mut offers = vec![
        Offer::TryNow(id),
        Offer::Details(Some(doctor.clone()), (**failure).clone()),
        Offer::Cancel(id),
    ];
    if job.can_be_paused() {
        offers.insert(2, Offer::Pause(id));
    }
    with_offers(ui, view, Some(&heading), offers, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        wrapped(ui, Type::Strong, palette.text, &heading);
        let width = text_width(ui, &met, Type::Small) + 4.0 + text_width(ui, &again, Type::Small);
        let both = |ui: &mut Ui| {
            // The countdown is not told with it, second by second.
            announce(&wrapped(ui, Type::Small, palette.warning, &met));
            wrapped(ui, Type::Small, palette.muted, &again);
        };
        if width <= ui.available_width() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                both(ui);
            });
        } else {
            both(ui);
        }
    });
}

/// What a running job shows beside its buttons.
struct Line<'a> {
    heading: &'a str,
    status: &'a str,
    /// The accessible name of the bar.
    bar: &'a str,
    done: Option<f32>,
    colour: Color32,
}

impl Line<'_> {
    /// Draws it in one row, or under each other where there is no room.
    fn show(&self, ui: &mut Ui, view: &mut View<'_>, offers: Vec<Offer>) {
        let palette = Palette::here(ui);
        let room = ui.available_width();
        let (buttons_width, height) = size_of_offers(ui, view.text, &offers);
        let status_width = text_width(ui, self.status, Type::Body);
        let heading_width = text_width(ui, self.heading, Type::Strong).max(room * 0.22);
        let gaps = if self.status.is_empty() { 2.0 } else { 3.0 };
        let beside = status_width + heading_width + buttons_width + gaps * size::GAP;
        if beside + 120.0 > room {
            with_offers(ui, view, Some(self.heading), offers, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                wrapped(ui, Type::Strong, palette.text, self.heading);
                if !self.status.is_empty() {
                    wrapped(ui, Type::Small, palette.muted, self.status);
                }
            });
            progress_bar(ui, room, self.done, self.colour, self.bar);
            return;
        }
        // As high as its buttons from the start, so that all of it is centred on one line.
        let row = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(vec2(room, height), row, |ui| {
            ui.allocate_ui_with_layout(vec2(heading_width, height), row, |ui| {
                ui.set_width(heading_width);
                label_cut(ui, Type::Strong, palette.text, self.heading);
            });
            progress_bar(ui, room - beside, self.done, self.colour, self.bar);
            if !self.status.is_empty() {
                label(ui, Type::Body, palette.muted, self.status);
            }
            show_offers(ui, view, Some(self.heading), offers);
        });
    }
}

/// How wide a line of text is.
pub fn text_width(ui: &Ui, text: &str, kind: Type) -> f32 {
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), kind.font(), Color32::PLACEHOLDER);
    galley.size().x.ceil()
}

/// What a job is about, and when it takes effect.
pub fn heading(text: &Text, job: &Job) -> String {
    let about = |doctor: &str| doctor.to_owned();
    match (&job.kind, &job.progress) {
        (JobKind::Download(doctor), _) => about(doctor.as_str()),
        (JobKind::Compare(doctor), _)
        | (JobKind::Delete(doctor), JobProgress::Comparing { .. }) => {
            text.say_with("comparing-running", &[("doctor", doctor.as_str().into())])
        }
        (JobKind::Delete(doctor), JobProgress::Waiting { left, .. }) => {
            let seconds = text.number(seconds(*left)).into();
            let doctor = doctor.as_str().into();
            text.say_with("delete-wait", &[("doctor", doctor), ("seconds", seconds)])
        }
        (JobKind::DeleteAll, JobProgress::Waiting { left, .. }) => {
            let seconds = text.number(seconds(*left)).into();
            text.say_with("delete-wait-all", &[("seconds", seconds)])
        }
        (
            JobKind::Delete(doctor),
            JobProgress::Downloading { .. }
            | JobProgress::WaitingToTryAgain { .. }
            | JobProgress::WaitingForFile { .. }
            | JobProgress::ReadingBack,
        ) => text.say_with("delete-backing-up", &[("doctor", doctor.as_str().into())]),
        (JobKind::Delete(doctor), JobProgress::WaitingForSignIn) if job.can_be_stopped() => {
            text.say_with("delete-on-hold", &[("doctor", doctor.as_str().into())])
        }
        (JobKind::DeleteAll, JobProgress::WaitingForSignIn) if job.can_be_stopped() => {
            text.say("delete-on-hold-all")
        }
        (JobKind::Delete(doctor), _) => {
            text.say_with("delete-sending", &[("doctor", doctor.as_str().into())])
        }
        (JobKind::DeleteAll, _) => text.say("delete-sending-all"),
        (JobKind::CheckAll | JobKind::SurveyAll, _) => text.say("check-all-running"),
        (
            JobKind::CheckAndBackUp,
            JobProgress::Downloading { doctor, .. }
            | JobProgress::WaitingToTryAgain { doctor, .. }
            | JobProgress::WaitingForFile { doctor },
        ) => text.say_with(
            "check-and-back-up-one",
            &[("doctor", doctor.as_str().into())],
        ),
        (JobKind::CheckAndBackUp, _) => text.say("check-and-back-up-running"),
    }
}

/// How far a job is, in words.
pub fn status(text: &Text, job: &Job) -> String {
    if job.pausing {
        return text.say("tray-pausing");
    }
    if job.cancelling {
        return text.say("tray-ending");
    }
    match &job.progress {
        JobProgress::Looking => text.say("tray-looking"),
        JobProgress::Downloading {
            received,
            total,
            speed,
            ..
        }
        | JobProgress::Comparing {
            received,
            total,
            speed,
            ..
        } => downloading(text, *received, *total, *speed),
        JobProgress::ReadingBack => text.say("tray-reading-back"),
        JobProgress::Waiting { .. } | JobProgress::WaitingToTryAgain { .. } => String::new(),
        JobProgress::WaitingForSignIn if job.deletes() && job.can_be_stopped() => {
            text.say("delete-waiting-for-sign-in")
        }
        JobProgress::WaitingForSignIn => text.say("tray-waiting-for-sign-in"),
        JobProgress::WaitingForFile { .. } => text.say("tray-waiting-for-file"),
        JobProgress::Held => text.say("tray-held"),
        JobProgress::Deleting => text.say("tray-deleting"),
        JobProgress::Verifying => text.say("tray-verifying"),
        JobProgress::Counting { done, of } => {
            let done = text.number(*done as u64).into();
            let of = text.number(*of as u64).into();
            text.say_with("tray-counting", &[("done", done), ("of", of)])
        }
    }
}

/// `59.6 of 96.1 MB, 8.2 MB/s, 5 s left`
fn downloading(text: &Text, received: u64, total: Option<u64>, speed: f64) -> String {
    let said_speed = text.speed(speed).into();
    let Some(total) = total else {
        let size = text.size(received).into();
        return text.say_with(
            "tray-progress-no-total",
            &[("size", size), ("speed", said_speed)],
        );
    };
    let part = text.size_of(received, total).into();
    match time_left(received, total, speed) {
        Some(left) => {
            let left = text.time_left(left).into();
            text.say_with(
                "tray-progress",
                &[("part", part), ("speed", said_speed), ("left", left)],
            )
        }
        None => text.say_with(
            "tray-progress-no-left",
            &[("part", part), ("speed", said_speed)],
        ),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate, told in whole seconds"
)]
fn time_left(received: u64, total: u64, speed: f64) -> Option<Duration> {
    let left = total.saturating_sub(received) as f64;
    // Slower than a byte a second is no speed that tells anything.
    (speed >= 1.0)
        .then(|| Duration::try_from_secs_f64(left / speed).ok())
        .flatten()
}

/// How far a job is, from 0 to 1, where that is known.
#[expect(
    clippy::cast_precision_loss,
    reason = "the length of a bar on the screen"
)]
pub fn done(job: &Job) -> Option<f32> {
    match &job.progress {
        JobProgress::Downloading {
            received,
            total: Some(total),
            ..
        }
        | JobProgress::Comparing {
            received,
            total: Some(total),
            ..
        } if *total > 0 => Some(*received as f32 / *total as f32),
        JobProgress::Waiting { left, of } if !of.is_zero() => {
            Some(1.0 - left.as_secs_f32() / of.as_secs_f32())
        }
        JobProgress::Counting { done, of } if *of > 0 => Some(*done as f32 / *of as f32),
        JobProgress::WaitingForFile { .. }
        | JobProgress::ReadingBack
        | JobProgress::Verifying
        | JobProgress::Deleting => Some(1.0),
        _ => None,
    }
}

/// Whole seconds that are left, the one that runs counted.
pub fn seconds(left: Duration) -> u64 {
    left.as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}
