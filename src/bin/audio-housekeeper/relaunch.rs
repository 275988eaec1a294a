//! The app's relaunch: a process that takes this one's place.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::renderer::Renderer;

/// The app, ready to be started again with the arguments of this process.
#[derive(Debug)]
pub struct Relaunch {
    command: Command,
}

impl Relaunch {
    /// Finds the program, which may have been updated since this process began; `failed` is the
    /// renderer that it is to pass over.
    ///
    /// # Errors
    /// There is no program any more where this one was started from.
    pub fn of_this_process(failed: Option<Renderer>) -> io::Result<Self> {
        let mut command = Command::new(there(std::env::current_exe()?)?);
        command.args(arguments_again(std::env::args_os().skip(1), failed));
        Ok(Self { command })
    }

    /// Starts it. Everything that this process holds must have been let go.
    ///
    /// On Unix the new program takes this process's place, so that whoever started it waits for,
    /// and ends, the right one. Windows has no such thing: there a second process begins and this
    /// one ends.
    ///
    /// # Errors
    /// What the system said.
    pub fn start(mut self) -> io::Result<ExitCode> {
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            Err(self.command.exec())
        }
        #[cfg(not(unix))]
        {
            self.command.spawn().map(|_| ExitCode::SUCCESS)
        }
    }
}

/// The program at this path. Once its file has been replaced or removed, Linux puts a mark behind
/// the path of a process's program (`proc_pid_exe(5)`); what replaced it is at the path without.
fn there(program: PathBuf) -> io::Result<PathBuf> {
    const MARK: &str = " (deleted)";
    if program.try_exists()? {
        return Ok(program);
    }
    let replaced = program
        .to_str()
        .and_then(|path| path.strip_suffix(MARK))
        .map(PathBuf::from);
    match replaced {
        Some(replaced) if cfg!(target_os = "linux") && replaced.try_exists()? => Ok(replaced),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn arguments_again(
    mut arguments: impl Iterator<Item = OsString>,
    failed: Option<Renderer>,
) -> Vec<OsString> {
    const FAILED: &str = "--renderer-failed";
    let mut again = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == FAILED {
            arguments.next();
        } else {
            again.push(argument);
        }
    }
    if let Some(failed) = failed {
        again.extend([FAILED.into(), failed.word().into()]);
    }
    again
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_starts_again_with_the_same_arguments_and_word_of_what_failed() {
        let given = [
            "--practice",
            "--data-dir",
            "/a b",
            "--renderer-failed",
            "wgpu",
        ];
        let again = |failed| arguments_again(given.iter().map(OsString::from), failed);
        let same = ["--practice", "--data-dir", "/a b"];
        assert_eq!(again(None), same);
        assert_eq!(
            again(Some(Renderer::OpenGl)),
            [&same[..], &["--renderer-failed", "opengl"]].concat()
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_that_an_update_replaced_is_found_and_one_that_is_gone_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("audio-housekeeper");
        let marked = folder.path().join("audio-housekeeper (deleted)");
        for gone in [&program, &marked] {
            let error = there(gone.clone()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
        std::fs::write(&program, "new").unwrap();
        assert_eq!(there(program.clone()).unwrap(), program);
        assert_eq!(there(marked.clone()).unwrap(), program);
        // It may as well be its name.
        std::fs::write(&marked, "").unwrap();
        assert_eq!(there(marked.clone()).unwrap(), marked);
    }
}
