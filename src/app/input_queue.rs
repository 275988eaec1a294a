//! Hands the window its input so that what was pressed is what the pointer was on.

use std::collections::VecDeque;

use egui::Event;

/// Input that is still to be handed on.
///
/// The toolkit takes all input of a frame together and looks for what is pressed where the pointer is
/// at its end. Of what a person did while a slow frame was drawn, a press on one button would so count
/// for another one that the pointer was moved to afterwards, or for none. A frame's input therefore
/// ends with the first press or release of a pointer's button.
#[derive(Debug, Default)]
pub struct InputQueue {
    waiting: VecDeque<Event>,
    /// How many events were handed on at last.
    handed_on: usize,
    /// Whether a frame has taken them in. A hidden window draws none, and is handed them once more.
    taken_in: bool,
}

impl InputQueue {
    /// Takes what was gathered, which begins with what was handed on before and not taken in, and
    /// leaves there what is next.
    pub fn hand_on(&mut self, events: &mut Vec<Event>) {
        let known = if self.taken_in { 0 } else { self.handed_on };
        let gathered = events.split_off(known.min(events.len()));
        self.waiting.extend(gathered);
        while !events.last().is_some_and(is_press) {
            let Some(event) = self.waiting.pop_front() else {
                break;
            };
            events.push(event);
        }
        self.handed_on = events.len();
        self.taken_in = false;
    }

    /// Tells that a frame has taken in what was handed on.
    pub const fn taken_in(&mut self) {
        self.taken_in = true;
    }

    /// Whether there is more.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

const fn is_press(event: &Event) -> bool {
    matches!(event, Event::PointerButton { .. })
}

#[cfg(test)]
mod tests {
    use egui::{Modifiers, PointerButton, pos2};

    use super::*;

    fn moved(x: f32) -> Event {
        Event::PointerMoved(pos2(x, 0.0))
    }

    fn button(x: f32, pressed: bool) -> Event {
        Event::PointerButton {
            pos: pos2(x, 0.0),
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        }
    }

    /// What a frame is handed of these.
    fn frame(queue: &mut InputQueue, gathered: &[Event]) -> Vec<Event> {
        let mut events = gathered.to_vec();
        queue.hand_on(&mut events);
        queue.taken_in();
        events
    }

    #[test]
    fn a_press_is_the_last_that_a_frame_is_told() {
        let mut queue = InputQueue::default();
        let all = [
            moved(1.0),
            button(1.0, true),
            button(1.0, false),
            moved(9.0),
        ];
        assert_eq!(frame(&mut queue, &all), [moved(1.0), button(1.0, true)]);
        assert!(!queue.is_empty());
        // What comes meanwhile waits its turn.
        let next = frame(&mut queue, &[moved(10.0)]);
        assert_eq!(next, [button(1.0, false)]);
        assert_eq!(frame(&mut queue, &[]), [moved(9.0), moved(10.0)]);
        assert!(queue.is_empty());
        assert_eq!(frame(&mut queue, &[]), []);
    }

    #[test]
    fn what_a_hidden_window_did_not_take_in_is_handed_on_again_in_its_order() {
        let mut queue = InputQueue::default();
        let mut events = vec![button(1.0, true), button(1.0, false)];
        queue.hand_on(&mut events);
        assert_eq!(events, [button(1.0, true)]);
        // Nothing was drawn: the toolkit keeps them, and adds what is new behind them.
        events.push(moved(9.0));
        queue.hand_on(&mut events);
        assert_eq!(events, [button(1.0, true)]);
        queue.taken_in();
        assert_eq!(frame(&mut queue, &[]), [button(1.0, false)]);
        assert_eq!(frame(&mut queue, &[]), [moved(9.0)]);
    }

    #[test]
    fn input_without_a_press_passes_as_it_is() {
        let mut queue = InputQueue::default();
        let all = [moved(1.0), Event::PointerGone, Event::Text("a".into())];
        assert_eq!(frame(&mut queue, &all), all);
        assert!(queue.is_empty());
    }
}
