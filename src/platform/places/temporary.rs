//! Folders that the computer empties by itself.

use std::path::PathBuf;

use crate::platform::places::environment::Environment;

/// Names that Windows gives to the folder of what its browsers and mail programs opened, wherever
/// it is.
const OF_BROWSERS: [&str; 2] = ["inetcache", "temporary internet files"];

/// The folders for what is temporary. A variable that names the home, or what the home lies in,
/// names nothing temporary.
pub fn temporary_folders(environment: &Environment<'_>) -> Vec<PathBuf> {
    let variables = ["TMPDIR", "TEMP", "TMP"];
    let named = variables
        .into_iter()
        .filter_map(|name| environment.named(name));
    let mut folders: Vec<PathBuf> = std::iter::once(std::env::temp_dir())
        .chain(named)
        .filter(|folder| {
            let home = environment.home.as_deref();
            !home.is_some_and(|home| home.starts_with(folder))
        })
        .collect();
    if cfg!(windows) {
        folders.extend(
            environment
                .named("SystemRoot")
                .map(|root| root.join("Temp")),
        );
    } else {
        folders.extend(["/tmp", "/var/tmp"].map(PathBuf::from));
    }
    if cfg!(target_os = "macos") {
        folders.push(PathBuf::from("/var/folders"));
    }
    folders
}

/// Whether a name in a path says that it is temporary. `parts` are as [`Comparing`] makes them.
///
/// [`Comparing`]: crate::platform::places::paths::Comparing
pub fn is_temporary_by_name(parts: &[String]) -> bool {
    parts
        .iter()
        .any(|part| OF_BROWSERS.contains(&part.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_names_the_home_makes_nothing_temporary() {
        let home = std::env::current_dir().unwrap().join("home");
        let own = home.join("own");
        let temporary_with = |value: PathBuf| {
            let variable = |name: &str| (name == "TEMP").then(|| value.clone());
            temporary_folders(&Environment {
                home: Some(home.clone()),
                variable: &variable,
            })
        };
        assert!(temporary_with(own.clone()).contains(&own));
        assert!(!temporary_with(home.clone()).contains(&home));
        assert!(!temporary_with("relative".into()).contains(&"relative".into()));
    }

    #[test]
    fn what_a_browser_opened_is_temporary_wherever_it_lies() {
        let parts = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert!(is_temporary_by_name(&parts(&[
            "c:",
            "users",
            "desk",
            "inetcache",
            "ie"
        ])));
        assert!(!is_temporary_by_name(&parts(&[
            "c:",
            "users",
            "desk",
            "inetcaches"
        ])));
    }
}
