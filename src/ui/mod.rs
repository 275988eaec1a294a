//! The room for `ui`.
