//! The room for `text`.
