use egui::{Id, Ui};

use crate::text::Text;
use crate::ui::drafts::{DeletionDraft, ReasonPicked};
use crate::ui::widgets::{Field, Limit, dropdown};

/// The longest reason in characters: a few sentences.
const LONGEST: usize = 500;

/// Why something is deleted: one of a few, or the person's own words.
pub fn show(ui: &mut Ui, text: &Text, draft: &mut DeletionDraft) {
    let offered = [
        (ReasonPicked::None, text.say("reason-none")),
        (ReasonPicked::Transcribed, text.say("reason-transcribed")),
        (
            ReasonPicked::DoctorsRequest,
            text.say("reason-doctors-request"),
        ),
        (
            ReasonPicked::RecordedByMistake,
            text.say("reason-recorded-by-mistake"),
        ),
        (ReasonPicked::Other, text.say("reason-other")),
    ];
    let name = text.say("delete-why");
    dropdown(ui, Id::unique("reason"), &name, &mut draft.reason, &offered);
    if draft.reason == ReasonPicked::Other {
        let name = text.say("delete-why-other");
        let limit = Limit::exactly(text, LONGEST);
        Field::new(Id::unique("own reason"), &name, &limit).show(ui, &mut draft.other);
    }
}
