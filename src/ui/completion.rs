use egui::{
    Align2, CornerRadius, Event, Frame, Key, LayerId, Margin, Modifiers, Popup, PopupCloseBehavior,
    PopupKind, Rect, Response, Role, Sense, SurrenderFocusOn, Ui, WidgetInfo, vec2,
};

use crate::domain::{DoctorName, KnownDoctor};
use crate::text::Text;
use crate::ui::theme::{Palette, Type, size};

/// How many names are offered at once.
const OFFERED: usize = 8;

/// How many names are looked through in one frame.
const AT_ONCE: usize = 10_000;

/// The names that are offered under the doctor field.
///
/// None is picked until an arrow key picks one: Return then takes it, and means the name as typed
/// before.
#[derive(Debug, Default)]
pub(super) struct Completion {
    open: bool,
    picked: Option<usize>,
    search: Search,
}

/// The names that hold what was typed, looked for a part in each frame: thousands of names never
/// hold the window up.
#[derive(Debug, Default)]
struct Search {
    /// What was typed, trimmed and in lower case.
    wanted: String,
    /// How many doctors there were.
    doctors: usize,
    /// How many of them were looked at.
    done: usize,
    /// Names that begin with it.
    begin: Vec<DoctorName>,
    /// Names that hold it elsewhere.
    hold: Vec<DoctorName>,
}

/// Keys that were pressed for the list, taken before the field sees them.
#[derive(Default)]
pub(super) struct Keys {
    down: usize,
    up: usize,
    take: bool,
}

impl Completion {
    /// Whether names are on offer.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Offers names no longer.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Takes the keys that belong to the list. `focused` is whether the field has the focus.
    pub fn keys(&mut self, ui: &Ui, focused: bool) -> Keys {
        if !focused {
            return Keys::default();
        }
        ui.input_mut(|input| {
            let mut count = |key| {
                let before = input.events.len();
                input.events.retain(|event| {
                    !matches!(event, Event::Key { key: found, modifiers, pressed: true, .. }
                        if *found == key && modifiers.is_none())
                });
                before - input.events.len()
            };
            let keys = Keys {
                down: count(Key::ArrowDown),
                up: count(Key::ArrowUp),
                take: self.picked.is_some() && count(Key::Enter) > 0,
            };
            if self.open && input.consume_key(Modifiers::NONE, Key::Escape) {
                self.close();
            }
            keys
        })
    }

    /// While the pointer is on the list, a press there does not take the focus from the field.
    pub fn hold_focus<R>(&self, ui: &mut Ui, field: impl FnOnce(&mut Ui) -> R) -> R {
        let context = ui.ctx().clone();
        let layer = LayerId::new(PopupKind::Popup.order(), Self::id());
        let on_list = self.open
            && context
                .pointer_interact_pos()
                .and_then(|at| context.layer_id_at(at))
                == Some(layer);
        let before = context.options(|options| options.input_options.surrender_focus_on);
        if on_list {
            context.options_mut(|options| {
                options.input_options.surrender_focus_on = SurrenderFocusOn::Never;
            });
        }
        let shown = field(ui);
        context.options_mut(|options| options.input_options.surrender_focus_on = before);
        shown
    }

    /// Shows the list under the field, and returns the name that was taken.
    pub fn show(
        &mut self,
        field: &Response,
        typed: &str,
        doctors: &[KnownDoctor],
        keys: &Keys,
        text: &Text,
    ) -> Option<DoctorName> {
        if field.changed() {
            self.open = true;
            self.picked = None;
        }
        if keys.down > 0 && field.has_focus() {
            self.open = true;
        }
        if !field.has_focus() {
            self.close();
        }
        if !self.open {
            return None;
        }
        // What was found must not move under the one that is picked.
        if self.picked.is_none() && !self.search.go_on(typed, doctors) {
            field.ctx.request_repaint();
        }
        let names = self.search.found();
        if names.is_empty() {
            self.picked = None;
            return None;
        }
        self.picked = moved(self.picked, names.len(), keys);
        let taken = keys
            .take
            .then(|| self.picked.and_then(|at| names.get(at)))
            .flatten()
            .or(list(field, &names, self.picked, text))
            .cloned();
        if taken.is_some() {
            self.close();
        }
        taken
    }

    fn id() -> egui::Id {
        egui::Id::unique("doctor field").with("names")
    }
}

fn list<'n>(
    field: &Response,
    names: &'n [DoctorName],
    picked: Option<usize>,
    text: &Text,
) -> Option<&'n DoctorName> {
    Popup::from_response(field)
        .id(Completion::id())
        .kind(PopupKind::Popup)
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .width(field.rect.width())
        .gap(4.0)
        .frame(Frame::popup(&field.ctx.global_style()).inner_margin(Margin::same(6)))
        .show(|ui| {
            ui.set_width(field.rect.width() - 14.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut taken = None;
            for (index, name) in names.iter().enumerate() {
                if offer(ui, &text.doctor_name(name), picked == Some(index)) {
                    taken = Some(name);
                }
            }
            taken
        })
        .and_then(|shown| shown.inner)
}

fn offer(ui: &mut Ui, name: &str, picked: bool) -> bool {
    let palette = Palette::here(ui);
    let wanted = vec2(ui.available_width(), size::SMALL_CONTROL);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, picked, name));
    if picked || response.hovered() {
        let fill = if picked {
            palette.selected
        } else {
            palette.hover
        };
        ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    }
    if picked {
        let mark = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter()
            .rect_filled(mark, CornerRadius::same(2), palette.primary);
    }
    let galley = ui
        .painter()
        .layout_no_wrap(name.to_owned(), Type::Body.font(), palette.text);
    let inside = rect.shrink2(vec2(10.0, 0.0));
    let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), inside);
    ui.painter()
        .with_clip_rect(rect)
        .galley(at.min, galley, palette.text);
    response.clicked()
}

/// Where the pick is after the arrow keys; past either end, nothing is picked.
fn moved(picked: Option<usize>, names: usize, keys: &Keys) -> Option<usize> {
    let stops = names + 1;
    let at = picked.map_or(0, |at| at + 1);
    let at = (at + keys.down + stops - keys.up % stops) % stops;
    at.checked_sub(1)
}

impl Search {
    /// Looks on, or anew where something else is typed or the doctors are others; whether that is all.
    fn go_on(&mut self, typed: &str, doctors: &[KnownDoctor]) -> bool {
        let wanted = typed.trim().to_lowercase();
        if wanted != self.wanted || doctors.len() != self.doctors {
            *self = Self {
                wanted,
                doctors: doctors.len(),
                ..Self::default()
            };
        }
        for doctor in doctors.iter().skip(self.done).take(AT_ONCE) {
            self.done += 1;
            let name = doctor.name.as_str().to_lowercase();
            // A name that was typed out is offered no more.
            if name == self.wanted {
                continue;
            }
            if name.starts_with(&self.wanted) {
                self.begin.push(doctor.name.clone());
            } else if self.hold.len() < OFFERED && name.contains(&self.wanted) {
                self.hold.push(doctor.name.clone());
            }
            if self.begin.len() == OFFERED {
                self.done = doctors.len();
                break;
            }
        }
        self.done >= doctors.len()
    }

    /// Those that begin with what was typed come first.
    fn found(&self) -> Vec<DoctorName> {
        let found = self.begin.iter().chain(&self.hold);
        found.take(OFFERED).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str]) -> Vec<KnownDoctor> {
        names
            .iter()
            .map(|name| KnownDoctor::new(DoctorName::parse(name).unwrap()))
            .collect()
    }

    #[test]
    fn names_that_begin_with_what_is_typed_come_first() {
        let doctors = known(&["Dr. Amelia Smith", "Smith", "Dr. Priya Nair"]);
        let mut search = Search::default();
        assert!(search.go_on("smi", &doctors));
        assert_eq!(found(&search), ["Smith", "Dr. Amelia Smith"]);
        assert!(search.go_on("Smith ", &known(&["Smith"])));
        assert!(found(&search).is_empty());
    }

    fn found(search: &Search) -> Vec<String> {
        let found = search.found();
        found.iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn many_names_are_looked_through_over_several_frames() {
        let mut names: Vec<_> = (0..25_000).map(|number| format!("Dr. {number}")).collect();
        names.push("Dr. Priya Nair".into());
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let doctors = known(&names);
        let mut search = Search::default();
        assert!(!search.go_on("nair", &doctors));
        assert!(!search.go_on("nair", &doctors));
        assert!(found(&search).is_empty());
        assert!(search.go_on("nair", &doctors));
        assert_eq!(found(&search), ["Dr. Priya Nair"]);
        // What was found is not looked for again, and another text is.
        assert!(search.go_on("nair", &doctors));
        assert_eq!(found(&search), ["Dr. Priya Nair"]);
        assert!(search.go_on("dr. 1", &doctors));
        assert_eq!(found(&search).len(), OFFERED);
    }

    #[test]
    fn nothing_is_picked_until_an_arrow_key_picks_it() {
        let keys = |down, up| Keys {
            down,
            up,
            take: false,
        };
        assert_eq!(moved(None, 3, &keys(0, 0)), None);
        assert_eq!(moved(None, 3, &keys(1, 0)), Some(0));
        assert_eq!(moved(None, 3, &keys(0, 1)), Some(2));
        assert_eq!(moved(Some(2), 3, &keys(1, 0)), None);
    }
}
