use std::path::Path;

use egui::{Color32, Ui};

use crate::domain::{
    BackupComparison, Completeness, DeletionOutcome, DeletionScope, DoctorName, Failure, Place,
    ServiceOrigin, WayOut,
};
use crate::state::{
    CheckAllReport, DeletionReport, JobEnding, JobFailure, ResultKind, SavedFile, ShownResult,
    Unfinished,
};
use crate::text::Text;
use crate::ui::View;
use crate::ui::offers::{Offer, with_offers};
use crate::ui::theme::{Palette, Type};
use crate::ui::tray::jobs::text_width;
use crate::ui::tray::place_to_mind;
use crate::ui::widgets::{Icon, announce, wrapped};

/// What a result has to say.
struct Said {
    heading: String,
    icon: Icon,
    colour: Color32,
    /// The verdict, and what follows from it.
    lines: Vec<String>,
    offers: Vec<Offer>,
}

/// An ended job: what came of it, and what can be done about that.
pub fn show(ui: &mut Ui, view: &mut View<'_>, result: &ShownResult, place: Option<&Place>) {
    let palette = Palette::here(ui);
    let text = view.text;
    let Said {
        heading,
        icon,
        colour,
        lines,
        mut offers,
    } = said(palette, view, result, &result.ending);
    offers.push(Offer::Dismiss(result.number));
    with_offers(ui, view, Some(&heading), offers, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        // The verdict stands beside whose it is, where both fit.
        let verdict = lines.first().map_or("", String::as_str);
        let width = text_width(ui, &heading, Type::Strong) + 40.0;
        let beside = width + text_width(ui, verdict, Type::Small) <= ui.available_width();
        let told = |ui: &mut Ui| announce(&wrapped(ui, Type::Small, colour, verdict));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            icon.show(ui, colour);
            wrapped(ui, Type::Strong, palette.text, &heading);
            if beside {
                told(ui);
            }
        });
        if !beside {
            told(ui);
        }
        for line in lines.iter().skip(1) {
            announce(&wrapped(ui, Type::Small, palette.muted, line));
        }
        place_to_mind(ui, text, place);
    });
}

fn said(palette: &Palette, view: &View<'_>, result: &ShownResult, ending: &ResultKind) -> Said {
    let text = view.text;
    match ending {
        // What can be done is offered beside what is kept.
        ResultKind::Ended(JobEnding::Download {
            doctor,
            result: Err(JobFailure::Failed(failure)),
        }) if view.state.keeps_part_of(doctor) => {
            let mut said = failed(palette, text, doctor, failure);
            said.lines = vec![text.met_in_a_try(&failure.kind)];
            said.lines.extend(text.tried(failure));
            said.offers = vec![Offer::Details(Some(doctor.clone()), failure.clone())];
            said
        }
        ResultKind::Ended(ending) => ended(palette, text, result, ending),
        ResultKind::FromEarlier(unfinished) => from_earlier(palette, view, result, unfinished),
        ResultKind::Elsewhere { service, ending } => {
            elsewhere(text, service, said(palette, view, result, ending))
        }
    }
}

/// The same of another service than the present one, which nothing is asked of from here.
fn elsewhere(text: &Text, service: &ServiceOrigin, mut said: Said) -> Said {
    let (what, service) = (said.heading.into(), service.label().into());
    said.heading = text.say_with("elsewhere", &[("what", what), ("service", service)]);
    let all = said.offers.len();
    said.offers.retain(Offer::is_local);
    if said.offers.len() < all {
        said.lines.push(text.say("elsewhere-sign-in"));
    }
    said
}

fn ended(palette: &Palette, text: &Text, result: &ShownResult, ending: &JobEnding) -> Said {
    match ending {
        JobEnding::Download {
            doctor,
            result: Ok(file),
        } => saved(palette, text, doctor, file),
        JobEnding::Download {
            doctor,
            result: Err(JobFailure::Failed(failure)),
        } => failed(palette, text, doctor, failure),
        JobEnding::Download {
            doctor,
            result: Err(JobFailure::Cancelled),
        }
        | JobEnding::Compare {
            doctor,
            result: Err(JobFailure::Cancelled),
        } => Said {
            heading: doctor.as_str().to_owned(),
            icon: Icon::Information,
            colour: palette.muted,
            lines: vec![text.say("tray-cancelled")],
            offers: Vec::new(),
        },
        JobEnding::Compare {
            doctor,
            result: Ok(survey),
        } => compared(palette, text, doctor, &survey.backup),
        JobEnding::Compare {
            doctor,
            result: Err(JobFailure::Failed(failure)),
        } => {
            let mut said = failed(palette, text, doctor, failure);
            said.offers = vec![
                Offer::Compare(doctor.clone()),
                Offer::Details(Some(doctor.clone()), failure.clone()),
            ];
            said
        }
        JobEnding::Delete {
            doctor,
            report,
            backup,
            ..
        } => {
            let scope = DeletionScope::Doctor(doctor.clone());
            let mut said = deleted(palette, text, result, &scope, report);
            if let Some(path) = backup {
                let (file, folder) = where_it_lies(path);
                said.lines.push(text.say_with(
                    "result-copy",
                    &[("file", file.into()), ("folder", folder.into())],
                ));
                said.offers.push(Offer::ShowInFolder(path.clone()));
            }
            let was_sent = !matches!(
                report.outcome,
                DeletionOutcome::Stopped | DeletionOutcome::NotSent
            );
            if was_sent {
                said.offers.push(Offer::WrongDoctor(result.number));
            }
            said
        }
        JobEnding::DeleteAll { report, .. } => {
            deleted(palette, text, result, &DeletionScope::Everything, report)
        }
        JobEnding::CheckAll(report) => checked(palette, text, report),
        JobEnding::CheckAndBackUp {
            checks,
            backed_up,
            failed,
        } => checked_and_backed_up(palette, text, checks, backed_up, failed),
    }
}

fn compared(
    palette: &Palette,
    text: &Text,
    doctor: &DoctorName,
    backup: &BackupComparison,
) -> Said {
    let (icon, colour, verdict) = match backup {
        BackupComparison::Same(_) => (
            Icon::Check,
            palette.success,
            text.say("result-same-contents"),
        ),
        _ => (
            Icon::Warning,
            palette.warning,
            text.say("result-other-contents"),
        ),
    };
    Said {
        heading: doctor.as_str().to_owned(),
        icon,
        colour,
        lines: vec![verdict],
        offers: Vec::new(),
    }
}

fn saved(palette: &Palette, text: &Text, doctor: &DoctorName, file: &SavedFile) -> Said {
    let (icon, colour, verdict) = match file.completeness {
        Completeness::Proven(_) => (
            Icon::Check,
            palette.success,
            text.say("result-saved-and-checked"),
        ),
        Completeness::CannotBeProven => (
            Icon::Warning,
            palette.warning,
            text.say("result-saved-not-proven"),
        ),
        Completeness::AsItIs(unfit) => {
            let why = text.why_unfit(unfit).into();
            (
                Icon::Warning,
                palette.warning,
                text.say_with("result-kept-as-it-is", &[("why", why)]),
            )
        }
    };
    let size = text.size(file.size);
    let (name, folder) = where_it_lies(&file.path);
    let file_in = text.say_with(
        "result-file",
        &[("file", name.into()), ("folder", folder.into())],
    );
    let about = [size, file_in].join(&text.list_separator());
    Said {
        heading: doctor.as_str().to_owned(),
        icon,
        colour,
        lines: vec![verdict, about],
        offers: vec![
            Offer::ShowInFolder(file.path.clone()),
            Offer::Proof(doctor.clone(), Box::new(file.clone())),
        ],
    }
}

fn failed(palette: &Palette, text: &Text, doctor: &DoctorName, failure: &Failure) -> Said {
    let mut lines = vec![text.failure(&failure.kind)];
    lines.extend(text.tried(failure));
    let again = match failure.kind.way_out() {
        WayOut::TryAgain => Some(Offer::TryAgain(doctor.clone())),
        WayOut::AnotherPlace => Some(Offer::Download(doctor.clone())),
        WayOut::None => None,
    };
    let details = Offer::Details(Some(doctor.clone()), failure.clone());
    Said {
        heading: doctor.as_str().to_owned(),
        icon: Icon::Warning,
        colour: palette.danger,
        lines,
        offers: again.into_iter().chain([details]).collect(),
    }
}

fn deleted(
    palette: &Palette,
    text: &Text,
    result: &ShownResult,
    scope: &DeletionScope,
    report: &DeletionReport,
) -> Said {
    let (heading, doctor) = match scope {
        DeletionScope::Doctor(doctor) => (doctor.as_str().to_owned(), Some(doctor)),
        DeletionScope::Everything => (text.say("activity-all-doctors"), None),
    };
    let (icon, colour) = match report.outcome {
        DeletionOutcome::Gone => (Icon::Check, palette.success),
        DeletionOutcome::Stopped => (Icon::Information, palette.muted),
        DeletionOutcome::NotSent => (Icon::Warning, palette.danger),
        DeletionOutcome::StillThere | DeletionOutcome::NotKnown => (Icon::Warning, palette.warning),
    };
    let mut lines = vec![text.deletion_outcome(report.outcome, scope)];
    let mut offers = Vec::new();
    if let Some(failure) = &report.failure {
        lines.push(if report.outcome == DeletionOutcome::NotSent {
            text.failure(&failure.kind)
        } else {
            text.failure_after_delete(&failure.kind)
        });
        offers.push(Offer::Details(doctor.cloned(), failure.clone()));
    }
    if *scope == DeletionScope::Everything {
        if !report.still_there.is_empty() {
            let names = text.counted_names(&report.still_there).into();
            lines.push(text.say_with("result-still-there", &[("names", names)]));
        }
        if !report.not_known.is_empty() {
            let names = text.counted_names(&report.not_known).into();
            lines.push(text.say_with("result-not-known", &[("names", names)]));
        }
    }
    if matches!(
        report.outcome,
        DeletionOutcome::StillThere | DeletionOutcome::NotKnown
    ) {
        let look_again = Offer::LookAgain {
            result: result.number,
            looking: result.looking,
        };
        offers.insert(0, look_again);
    }
    Said {
        heading,
        icon,
        colour,
        lines,
        offers,
    }
}

fn checked(palette: &Palette, text: &Text, report: &CheckAllReport) -> Said {
    let unsure = report.not_checked > 0 || report.stopped;
    let mut lines = vec![text.say_with(
        "result-checked",
        &[
            ("checked", report.checked.into()),
            ("with", report.with_recordings.into()),
            ("missing", report.not_backed_up.into()),
        ],
    )];
    if report.not_checked > 0 {
        let count = report.not_checked.into();
        lines.push(text.say_with("result-not-checked", &[("count", count)]));
    }
    if report.stopped {
        lines.push(text.say("result-stopped"));
    }
    Said {
        heading: text.say("result-check-all"),
        icon: if unsure { Icon::Warning } else { Icon::Check },
        colour: if unsure {
            palette.warning
        } else {
            palette.success
        },
        lines,
        offers: Vec::new(),
    }
}

fn checked_and_backed_up(
    palette: &Palette,
    text: &Text,
    checks: &CheckAllReport,
    backed_up: &[DoctorName],
    failures: &[(DoctorName, Failure)],
) -> Said {
    let mut said = checked(palette, text, checks);
    said.heading = text.say("result-check-and-back-up");
    let count = backed_up.len().into();
    said.lines
        .push(text.say_with("result-backed-up", &[("count", count)]));
    if !failures.is_empty() {
        said.icon = Icon::Warning;
        said.colour = palette.warning;
    }
    for (doctor, failure) in failures {
        said.lines
            .push(text.failure_about(Some(doctor), &failure.kind));
    }
    if let Some((doctor, failure)) = failures.first() {
        said.offers
            .push(Offer::Details(Some(doctor.clone()), failure.clone()));
    }
    said
}

fn from_earlier(
    palette: &Palette,
    view: &View<'_>,
    result: &ShownResult,
    unfinished: &Unfinished,
) -> Said {
    let text = view.text;
    match unfinished {
        Unfinished::Download {
            doctor,
            destination,
        } => {
            let path = destination.display().to_string().into();
            Said {
                heading: doctor.as_str().to_owned(),
                icon: Icon::Warning,
                colour: palette.warning,
                lines: vec![text.say_with("earlier-download", &[("path", path)])],
                offers: vec![Offer::Download(doctor.clone())],
            }
        }
        Unfinished::Saved { doctor, file } => {
            let mut said = saved(palette, text, doctor, file);
            said.lines.push(text.say("earlier-saved"));
            said
        }
        Unfinished::NotSent { doctor } => {
            let (heading, again) = match doctor {
                Some(doctor) => (doctor.as_str().to_owned(), Offer::Delete(doctor.clone())),
                None => (text.say("activity-all-doctors"), Offer::DeleteAll),
            };
            Said {
                heading,
                icon: Icon::Warning,
                colour: palette.warning,
                lines: vec![text.say("earlier-not-sent")],
                offers: vec![again],
            }
        }
        Unfinished::NotLookedInto { doctor, at, .. } => {
            let all = || text.say("activity-all-doctors");
            let when = text.when_within(*at, view.state.now).into();
            Said {
                heading: doctor
                    .as_ref()
                    .map_or_else(all, |doctor| doctor.as_str().to_owned()),
                icon: Icon::Warning,
                colour: palette.warning,
                lines: vec![text.say_with("earlier-not-looked-into", &[("when", when)])],
                offers: Vec::new(),
            }
        }
        Unfinished::Delete {
            doctor,
            report,
            may_be_recorded,
            ..
        } => {
            let scope = match doctor {
                Some(doctor) => DeletionScope::Doctor(doctor.clone()),
                None => DeletionScope::Everything,
            };
            let mut said = deleted(palette, text, result, &scope, report);
            let why = if *may_be_recorded {
                text.say("earlier-delete-unrecorded")
            } else {
                text.say("earlier-delete")
            };
            said.lines.insert(0, why);
            said
        }
    }
}

/// What a file is called, and the folder that it lies in.
pub fn where_it_lies(path: &Path) -> (String, String) {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let folder = path.parent().unwrap_or(path).as_os_str();
    (
        name.to_string_lossy().into_owned(),
        folder.to_string_lossy().into_owned(),
    )
}
