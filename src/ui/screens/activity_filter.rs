//! The bar by which acts of the record are found.

use egui::{Frame, Id, Margin, Ui, vec2};

use crate::domain::{ActFilter, AuditAction, OutcomeGroup, Period};
use crate::state::Action;
use crate::ui::View;
use crate::ui::widgets::{Button, Field, Limit, picker};

/// How many characters can be searched for.
const MOST: usize = 200;

/// How wide the search field is.
const SEARCH: f32 = 180.0;

/// The search field and a list for each other thing that acts can be chosen by.
pub fn bar(ui: &mut Ui, view: &mut View<'_>) {
    let mut filter = view.state.activity.filter.clone();
    Frame::new()
        .inner_margin(Margin::symmetric(14, 12))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                search(ui, view, &mut filter);
                doctor(ui, view, &mut filter);
                action(ui, view, &mut filter);
                outcome(ui, view, &mut filter);
                who(ui, view, &mut filter);
                period(ui, view, &mut filter);
                show_all(ui, view, &mut filter);
            });
            Field::say_refused(ui, search_id(), &Limit::exactly(view.text, MOST));
        });
    if filter != view.state.activity.filter {
        view.act(Action::FilterActivity(Box::new(filter)));
    }
}

fn search_id() -> Id {
    Id::unique("search in the record")
}

fn search(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let name = view.text.say("activity-search");
    let limit = Limit::exactly(view.text, MOST);
    let width = SEARCH.min(ui.available_width() - 30.0);
    Field::new(search_id(), &name, &limit)
        .width(width)
        .show_with_label_inside(ui, &mut filter.text);
}

fn doctor(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let text = view.text;
    let offered = &view.state.activity.choices.doctors;
    let names = |index: usize| offered.get(index).map(|name| name.as_str().to_owned());
    let name = text.say("activity-column-doctor");
    let present = filter.doctor.clone();
    let value = present.as_ref().map(|name| name.as_str().to_owned());
    let is_present = |index: usize| offered.get(index) == present.as_ref();
    if let Some(picked) = one_of(ui, view, &name, value, (offered.len(), &names, &is_present)) {
        filter.doctor = picked.of(|index| offered.get(index).cloned());
    }
}

fn who(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let offered = &view.state.activity.choices.people;
    let names = |index: usize| offered.get(index).cloned();
    let name = view.text.say("activity-column-who");
    let present = filter.who.clone();
    let is_present = |index: usize| offered.get(index) == present.as_ref();
    let value = present.clone();
    if let Some(picked) = one_of(ui, view, &name, value, (offered.len(), &names, &is_present)) {
        filter.who = picked.of(|index| offered.get(index).cloned());
    }
}

fn action(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let offered = AuditAction::ALL.map(|action| (action, view.text.audit_action(action)));
    let name = view.text.say("activity-column-action");
    one_of_few(ui, view, &name, &mut filter.action, &offered);
}

fn outcome(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let offered = [
        OutcomeGroup::Done,
        OutcomeGroup::NeedsALook,
        OutcomeGroup::NotDone,
    ]
    .map(|group| (group, view.text.outcome_group(group)));
    let name = view.text.say("activity-column-outcome");
    one_of_few(ui, view, &name, &mut filter.outcome, &offered);
}

fn period(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let offered = [Period::Today, Period::SevenDays, Period::ThirtyDays]
        .map(|period| (period, view.text.period(period)));
    let name = view.text.say("activity-column-when");
    let mut period = Some(filter.period).filter(|period| *period != Period::All);
    one_of_few(ui, view, &name, &mut period, &offered);
    filter.period = period.unwrap_or_default();
}

/// The way back to all acts, where some are shown: where none is, it stands beside those words.
fn show_all(ui: &mut Ui, view: &View<'_>, filter: &mut ActFilter) {
    let activity = &view.state.activity;
    let name = view.text.say("activity-show-all");
    if !activity.filter.is_empty()
        && !activity.acts.is_empty()
        && Button::secondary(&name).pressed(ui)
    {
        *filter = ActFilter::default();
    }
}

/// One of a few values, or all of them.
fn one_of_few<T: Copy + PartialEq>(
    ui: &mut Ui,
    view: &View<'_>,
    name: &str,
    present: &mut Option<T>,
    offered: &[(T, String)],
) {
    let names = |index: usize| offered.get(index).map(|(_, name)| name.clone());
    let before = *present;
    let is_present = |index: usize| offered.get(index).map(|(value, _)| *value) == before;
    let value = (0..offered.len())
        .find(|index| before.is_some() && is_present(*index))
        .and_then(names);
    if let Some(picked) = one_of(ui, view, name, value, (offered.len(), &names, &is_present)) {
        *present = picked.of(|index| offered.get(index).map(|(value, _)| *value));
    }
}

/// How many there are to choose from, what each is called, and which is the present one.
type Offered<'a> = (
    usize,
    &'a dyn Fn(usize) -> Option<String>,
    &'a dyn Fn(usize) -> bool,
);

/// What was picked now.
enum Picked {
    All,
    One(usize),
}

impl Picked {
    /// The value that was picked, where it is not all of them.
    fn of<T>(self, value: impl Fn(usize) -> Option<T>) -> Option<T> {
        match self {
            Self::All => None,
            Self::One(index) => value(index),
        }
    }
}

/// One of several, or all of them.
fn one_of(
    ui: &mut Ui,
    view: &View<'_>,
    name: &str,
    value: Option<String>,
    (count, names, is_present): Offered<'_>,
) -> Option<Picked> {
    let text = view.text;
    let has_value = value.is_some();
    let value = value.unwrap_or_else(|| text.say("activity-all-within"));
    let shown = text.say_with(
        "activity-filter",
        &[("name", name.into()), ("value", value.into())],
    );
    let offered = |index: usize| match index.checked_sub(1) {
        None => (text.say("activity-all"), !has_value),
        Some(index) => (names(index).unwrap_or_default(), is_present(index)),
    };
    let id = Id::unique("filter of the record").with(name);
    let picked = picker(ui, id, (name, &shown), count + 1, offered)?;
    Some(picked.checked_sub(1).map_or(Picked::All, Picked::One))
}
