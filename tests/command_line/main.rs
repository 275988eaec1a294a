//! The program as it answers where it was started by hand.

#![cfg(test)]

#[cfg(target_os = "linux")]
mod crashes;

use std::io::Read as _;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_audio-housekeeper");
const MAN_PAGE: &str = include_str!("../../assets/linux/audio-housekeeper.1");

#[test]
fn help_and_version_are_told() {
    let output = |argument| {
        let output = Command::new(PROGRAM).arg(argument).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for option in ["--practice", "--service", "--data-dir", "--renderer"] {
        assert!(output("--help").contains(option), "{option}");
    }
    // The man page knows what the help knows, and writes hyphens as roff has them.
    let help = output("--help");
    let words = help.split(|character: char| !character.is_ascii_lowercase() && character != '-');
    let options: Vec<_> = words.filter(|word| word.starts_with("--")).collect();
    assert!(options.len() > 5, "{options:?}");
    for option in options {
        assert!(MAN_PAGE.contains(&option.replace('-', r"\-")), "{option}");
    }
    assert_eq!(
        output("--version").trim_end(),
        concat!("audio-housekeeper ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn what_it_does_not_know_is_named_beside_the_help() {
    for (arguments, named) in [
        (&["--sevrice"][..], "--sevrice"),
        (&["--renderer", "vulkan"], "vulkan"),
        (&["--service", "http://example.org"], "http://example.org"),
    ] {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(named) && said.contains("--help"), "{said}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut program = Command::new(PROGRAM)
        .arg("--help")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let mut complaint = String::new();
    let mut stderr = program.stderr.take().unwrap();
    stderr.read_to_string(&mut complaint).unwrap();
    assert!(program.wait().unwrap().success(), "{complaint}");
    assert_eq!(complaint, "");
}
