//! The room for `practice`.
