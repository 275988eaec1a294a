//! Audio Housekeeper, the program.

fn main() {}
