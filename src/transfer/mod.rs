//! The room for `transfer`.
