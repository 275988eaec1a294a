//! What the system writes down of the program's memory where it crashes: nothing.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::PROGRAM;

/// What a pipe takes before whoever writes to it has to wait (pipe(7)).
const PIPE: usize = 64 * 1024;

/// Starts the program in `folder`, with as large dumps as it may have. It stays where it has begun to
/// answer: its words find no room.
fn start(folder: &Path) -> (Child, io::PipeReader) {
    let (reader, mut out) = io::pipe().unwrap();
    out.write_all(&vec![0; PIPE]).unwrap();
    let child = Command::new("/bin/sh")
        .args(["-c", "ulimit -S -c \"$(ulimit -H -c)\"; exec \"$0\" --help"])
        .arg(PROGRAM)
        .current_dir(folder)
        .stdout(out)
        .spawn()
        .unwrap();
    (child, reader)
}

#[test]
fn a_crash_leaves_no_memory_behind() {
    for signal in [Signal::ABORT, Signal::SEGV] {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, _reader) = start(folder.path());
        let told = |file: &str| {
            let file = format!("/proc/{}/{file}", child.id());
            fs::read_to_string(file).unwrap_or_default()
        };
        let end = Instant::now() + Duration::from_secs(20);
        while told("coredump_filter").trim() != "00000000" {
            assert!(Instant::now() < end, "{}", told("coredump_filter"));
            std::thread::sleep(Duration::from_millis(5));
        }
        let limits = told("limits");
        let limit = limits.lines().find(|line| line.starts_with("Max core"));
        let limit = limit.unwrap().split_whitespace().nth(4).unwrap();
        assert!(["0", "1"].contains(&limit), "{limit}");
        // One segmentation fault from outside is taken by who looks for overflows of the stack.
        let status = loop {
            kill_process(Pid::from_child(&child), signal).unwrap();
            std::thread::sleep(Duration::from_millis(50));
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(Instant::now() < end, "it lives on"),
            }
        };
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert!(!status.core_dumped());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
