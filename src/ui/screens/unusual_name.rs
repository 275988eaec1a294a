use egui::Ui;

use crate::domain::DoctorName;
use crate::ui::View;
use crate::ui::drafts::DoctorDraft;
use crate::ui::theme::{Palette, Type};
use crate::ui::widgets::{Button, announce, with_buttons, wrapped};

/// Says what the name in the field holds that can't be seen, and offers the plain spelling. The name is
/// as good as any other: a service may know it so.
pub fn show(ui: &mut Ui, view: &View<'_>, draft: &mut DoctorDraft) {
    let palette = Palette::here(ui);
    let text = view.text;
    let Ok(name) = DoctorName::parse(&draft.typed) else {
        return;
    };
    let Some(what) = text.unusual_characters(&name) else {
        return;
    };
    let plain = name.plain_spelling();
    let label = text.say("name-plain-spelling");
    let about = plain.as_ref().map_or("", DoctorName::as_str);
    let button = plain
        .is_some()
        .then(|| (Button::secondary(&label).small().about(about), ()));
    let pressed = with_buttons(ui, button.into_iter().collect(), |ui| {
        let said = text.say_with("name-unusual", &[("what", what.into())]);
        announce(&wrapped(ui, Type::Small, palette.warning, said));
    });
    if let Some(plain) = plain.filter(|_| pressed.is_some()) {
        draft.choose(&plain);
        // The button goes, and the focus would go with it.
        draft.wants_focus = true;
    }
}
