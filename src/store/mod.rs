//! The room for `store`.
