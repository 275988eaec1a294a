//! What the person sees: views over the state, which return actions and do nothing else.

mod fonts;
pub mod theme;
mod widgets;
