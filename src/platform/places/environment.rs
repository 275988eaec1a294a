//! What the system and its programs say of themselves.

use std::path::PathBuf;

/// The person's home and the process's environment.
pub struct Environment<'a> {
    /// The person's home.
    pub home: Option<PathBuf>,
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<PathBuf>,
}

impl Environment<'_> {
    /// What is so here and now.
    pub fn here() -> Self {
        Self {
            home: directories::UserDirs::new().map(|folders| folders.home_dir().to_owned()),
            variable: &|name| std::env::var_os(name).map(PathBuf::from),
        }
    }

    /// The folder that a variable names, where it names one.
    pub fn named(&self, variable: &str) -> Option<PathBuf> {
        (self.variable)(variable).filter(|folder| folder.is_absolute())
    }

    /// A folder or file of the person's home.
    pub fn at_home(&self, path: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(path))
    }
}
