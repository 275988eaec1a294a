//! The practice service on its own.

fn main() {}
