/// What the next try of a download does with what had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextTry {
    /// Nothing had.
    Begins,
    /// It goes on behind it.
    GoesOn {
        /// How many bytes had come.
        from: u64,
    },
    /// It starts over: nothing tells the service's copy from any other, or the pieces didn't fit.
    StartsOver,
}
