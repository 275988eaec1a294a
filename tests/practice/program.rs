//! The program on its own, with the tools that people call it with.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use audio_housekeeper::practice::{PracticeConfig, PracticeService, sample_doctors};
use serde_json::Value;
#[cfg(not(windows))]
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_practice-service");

/// A running program, ended with the test.
struct Running {
    child: Child,
    origin: String,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let origin = first.strip_prefix("listening on ").unwrap().to_owned();
        assert!(origin.starts_with("http://127.0.0.1:"), "{first}");
        Self {
            child,
            origin,
            lines,
        }
    }

    /// The body that curl brings, with these arguments and a good token.
    fn curl(&self, arguments: &[&str], target: &str) -> Output {
        Command::new("curl")
            .args(["--silent", "--show-error", "--noproxy", "*"])
            .args(["--header", "Authorization: Bearer T"])
            .args(arguments)
            .arg(format!("{}{target}", self.origin))
            .output()
            .expect("curl is installed")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn refused(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn after_the_address_it_says_how_to_sign_in() {
    let mut running = Running::start(&["--user", "ann:pw"]);
    let user = running.lines.next().unwrap().unwrap();
    assert_eq!(user, "user ann, password pw");
    let token = running.lines.next().unwrap().unwrap();
    let token = token.strip_prefix("token ").unwrap();
    let me = Command::new("curl")
        .args(["--silent", "--noproxy", "*", "--header"])
        .arg(format!("Authorization: Bearer {token}"))
        .arg(format!("{}/api/auth/me", running.origin))
        .output()
        .unwrap();
    let me: Value = serde_json::from_slice(&me.stdout).unwrap();
    assert_eq!(me["name"], "ann");
}

#[test]
fn curl_downloads_deletes_and_is_told_so() {
    let running = Running::start(&["--token", "T"]);
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.wav");
    let doctor = "doctorName=Dr. Lucía Fernández";
    let name = ["--get", "--data-urlencode", doctor];
    let to_file = [&name[..], &["--output", saved.to_str().unwrap()]].concat();
    running.curl(&to_file, "/api/download");
    assert_eq!(fs::read(&saved).unwrap().len(), 160_044);
    let said_name = [&name[..], &["--remote-name", "--remote-header-name"]].concat();
    let in_folder = [
        &said_name[..],
        &["--output-dir", folder.path().to_str().unwrap()],
    ]
    .concat();
    running.curl(&in_folder, "/api/download");
    assert!(folder.path().join("audio-Dr. Lucia Fernandez.wav").exists());

    let delete = [&name[..], &["--request", "DELETE"]].concat();
    for (arguments, target, body) in [
        (
            &delete,
            "/api/delete",
            r#"{"message":"File(s) deleted successfully."}"#,
        ),
        (
            &delete,
            "/api/delete",
            r#"{"error":"No audio file found for this doctor."}"#,
        ),
        (
            &name.to_vec(),
            "/api/download",
            r#"{"error":"No audio file found for this doctor"}"#,
        ),
        (
            &vec!["--request", "DELETE"],
            "/api/delete-all",
            r#"{"message":"All files deleted successfully."}"#,
        ),
    ] {
        let output = running.curl(arguments, target);
        assert_eq!(String::from_utf8_lossy(&output.stdout), body);
    }
}

// On Windows the two go by other names, and `python3` may be what offers to install it.
#[cfg(not(windows))]
fn run_example(program: &str, script: &str, doctor: &str) -> Vec<Value> {
    let running = Running::start(&["--token", "T"]);
    let output = Command::new(program)
        .arg(format!(
            "{}/tests/practice/{script}",
            env!("CARGO_MANIFEST_DIR")
        ))
        .arg(doctor)
        .env("NUXERA_URL", &running.origin)
        .env("NUXERA_TOKEN", "T")
        .env("no_proxy", "*")
        .output()
        .unwrap_or_else(|error| panic!("{program} is installed: {error}"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[cfg(not(windows))]
fn documented(size: u64, content_type: &str) -> Vec<Value> {
    vec![
        json!({"status": 200, "sameToken": true}),
        json!({"status": 200, "type": content_type, "size": size}),
        json!({"status": 200, "message": "File(s) deleted successfully."}),
        json!({"status": 404, "error": "No audio file found for this doctor"}),
        json!({"status": 404, "error": "No audio file found for this doctor."}),
        json!({"status": 200, "message": "All files deleted successfully."}),
    ]
}

#[cfg(not(windows))]
#[test]
fn javascript_written_as_the_documentation_shows_works() {
    let answers = run_example("node", "example.js", "Smith & Sons Radiology");
    assert_eq!(answers, documented(864_044, "audio/wav"));
}

#[cfg(not(windows))]
#[test]
fn python_written_as_the_documentation_shows_works() {
    let answers = run_example("python3", "example.py", "Dr. Lucía Fernández");
    assert_eq!(answers, documented(160_044, "audio/wav"));
    let plus = run_example("python3", "example.py", "Labor A+B");
    assert_eq!(plus[1]["type"], "audio/flac", "{plus:?}");
}

#[test]
fn two_programs_hold_the_same_samples_to_the_byte() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let here = runtime
        .block_on(PracticeService::start(PracticeConfig::default()))
        .unwrap();
    let there = Running::start(&["--token", "T"]);
    for doctor in sample_doctors() {
        let newest = here.recordings_of(doctor).pop();
        let name = format!("doctorName={doctor}");
        let output = there.curl(&["--get", "--data-urlencode", &name], "/api/download");
        match newest {
            Some(recording) => {
                let bytes = runtime.block_on(recording.bytes()).unwrap();
                assert!(bytes == output.stdout, "{doctor}");
            }
            None => assert!(output.stdout.starts_with(b"{\"error\"")),
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_synthetic_recording_is_never_held_in_memory() {
    let running = Running::start(&["--token", "T", "--synthetic", "256MiB"]);
    let output = running.curl(
        &["--output", "/dev/null", "--write-out", "%{size_download}"],
        "/api/download?doctorName=Anyone",
    );
    let size: u64 = String::from_utf8(output.stdout).unwrap().parse().unwrap();
    assert_eq!(size, 256 << 20);
    let status = fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
    let peak: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|text| text.trim().strip_suffix(" kB"))
        .unwrap()
        .parse()
        .unwrap();
    assert!(peak < 40_000, "{peak} kB at its peak");
}

#[test]
fn faults_from_the_command_line_happen() {
    let running = Running::start(&[
        "--token",
        "T",
        "--synthetic",
        "1MB",
        "--ranges",
        "--fault",
        "download@1:cut=1000",
        "--fault",
        "delete:status=503",
        "--fault",
        "delete:header=Retry-After: 7",
    ]);
    let target = "?doctorName=Anyone";
    let cut = running.curl(&["--http1.1"], &format!("/api/download{target}"));
    assert_eq!(cut.status.code(), Some(18), "curl: transfer closed early");
    assert_eq!(cut.stdout.len(), 1000);
    let part = running.curl(&["--range", "1000-1999"], &format!("/api/download{target}"));
    assert_eq!(part.stdout.len(), 1000);
    let busy = running.curl(
        &["--include", "--request", "DELETE"],
        &format!("/api/delete{target}"),
    );
    let busy = String::from_utf8(busy.stdout).unwrap();
    assert!(busy.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    assert!(busy.contains("Retry-After: 7\r\n"), "{busy}");
}

#[test]
fn what_the_command_line_can_not_mean_is_said_and_exits_with_2() {
    for (arguments, said) in [
        (
            &["--fault", "download:explode"][..],
            "“explode” is nothing that can go wrong here",
        ),
        (&["--fault", "upload:cut=1"], "“upload” is no call"),
        (&["--fault"], "missing argument"),
        (&["--synthetic", "big"], "“big” is no size"),
        (&["--latency", "5"], "“5” is no time"),
        (
            &["--address", "here"],
            "--address takes an address and a port",
        ),
        (&["--user", "ann"], "--user takes NAME:PASSWORD"),
        (&["--token", "two words"], "--token takes"),
        (
            &["--recordings", "a", "--synthetic", "1MB"],
            "one or the other",
        ),
        (&["--unknown"], "--unknown"),
        (&["stray"], "stray"),
    ] {
        let (code, message) = refused(arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(message.contains(said), "{arguments:?}: {message}");
    }
}

#[test]
fn what_the_system_refuses_is_said_and_exits_with_1() {
    for (arguments, said) in [
        (&["--address", "0.0.0.0:0"][..], "no loopback address"),
        (
            &["--recordings", "no/such/folder"],
            "can't read recordings from no/such/folder",
        ),
        (&["--synthetic", "1001"], "even number"),
    ] {
        let (code, message) = refused(arguments);
        assert_eq!(code, 1, "{arguments:?}");
        assert!(message.contains(said), "{arguments:?}: {message}");
    }
}

#[test]
fn help_and_version_are_told() {
    let output = |argument| {
        let output = Command::new(PROGRAM).arg(argument).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for flag in [
        "--address",
        "--token",
        "--user",
        "--recordings",
        "--synthetic",
        "--latency",
    ] {
        assert!(output("--help").contains(flag));
    }
    assert_eq!(
        output("--version"),
        format!("practice-service {}\n", env!("CARGO_PKG_VERSION"))
    );
}
