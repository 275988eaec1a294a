use std::path::PathBuf;

/// What the app is and runs on, as told under About and to support. Names nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The commit that the program was built from, where it was built by `script/package`.
    pub build: Option<String>,
    /// The operating system, with its version and the processor's kind.
    pub system: String,
    /// What draws the window.
    pub renderer: String,
    /// The list of the parts' licences, where it was installed with the program.
    pub licences: Option<PathBuf>,
}
