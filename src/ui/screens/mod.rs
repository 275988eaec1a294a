//! The screens: sign-in, and the three behind it.

mod about;
mod activity;
mod activity_filter;
mod deletion_rules;
mod lock;
mod record;
mod recordings;
mod settings;
mod sign_in;
mod unusual_name;

pub use activity::{outcome_colour, show as activity};
pub use lock::show as lock;
pub use recordings::show as recordings;
pub use settings::show as settings;
pub use sign_in::show as sign_in;
