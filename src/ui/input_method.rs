//! Input methods: while one composes, its keys are its own.

use egui::{Context, Event, Id, ImeEvent, Key, Plugin, RawInput};

/// The keys with which an input method picks, takes and gives up what it composes, and which
/// mean something else to a field, a list or a question.
const KEYS: [Key; 12] = [
    Key::Enter,
    Key::Escape,
    Key::Tab,
    Key::Space,
    Key::Backspace,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::PageUp,
    Key::PageDown,
    Key::F5,
];

/// Keeps the keys of an input method from the window.
///
/// Some systems send them also as keys: the Return that takes "田中" would press a button, and the
/// Escape that gives it up would close a question.
#[derive(Debug, Default)]
pub struct InputMethod {
    /// The field in which something is composed.
    field: Option<Id>,
}

impl Plugin for InputMethod {
    fn debug_name(&self) -> &'static str {
        "input method"
    }

    fn input_hook(&mut self, context: &Context, input: &mut RawInput) {
        let focused = context.memory(egui::Memory::focused);
        if self.field != focused {
            // What was composed has lost its field: nothing is composed any more, although not
            // every system says so.
            self.field = None;
        }
        let mut composing = self.field.is_some();
        // The key that ends a composition may come after its end, in the same batch.
        let mut composed = composing;
        input.events.retain(|event| match event {
            Event::Ime(ImeEvent::Preedit { text, .. }) => {
                composing = !text.is_empty();
                composed |= composing;
                true
            }
            Event::Ime(ImeEvent::Commit(_)) => {
                composing = false;
                composed = true;
                true
            }
            Event::Key { key, modifiers, .. } if composed => {
                !KEYS.contains(key) || modifiers.command
            }
            Event::PointerButton { .. } | Event::WindowFocused(false) => {
                composing = false;
                true
            }
            _ => true,
        });
        self.field = focused.filter(|_| composing);
    }
}
