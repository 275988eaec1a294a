//! The window as a person meets it: found by role and label, driven by keys and clicks.

mod confirmations;
mod pictures;
mod recordings;
mod stage;
mod tray;
