//! The room for `audio`.
