//! The room for `platform`.
