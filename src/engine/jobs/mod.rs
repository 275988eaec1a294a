//! What the engine does: one file a job, and what they share.

mod attempts;
pub mod back_up;
pub mod check;
pub mod compare;
pub mod delete;
pub mod download;
pub mod fetch;
pub mod kept;
pub mod replacing;
pub mod set_aside;
