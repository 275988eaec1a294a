//! The screens: sign-in, and the three behind it.

mod activity;
mod record;
mod recordings;
mod settings;
mod sign_in;
mod unusual_name;

pub use activity::show as activity;
pub use recordings::show as recordings;
pub use settings::show as settings;
pub use sign_in::show as sign_in;
