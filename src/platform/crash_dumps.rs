use std::io;

/// Asks the system to write nothing of this process's memory down where it crashes: the token is in
/// it. To be called before anything else; what each system does then stands in `docs/security.md`.
///
/// What the app starts, as a file manager, begins with the same wish on Linux and macOS.
///
/// # Errors
/// The system's own, where it refuses. Nothing else depends on it.
pub fn keep_memory_out_of_crash_dumps() -> io::Result<()> {
    system::keep_memory_out()
}

#[cfg(target_os = "linux")]
mod system {
    use std::{fs, io};

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    pub(super) fn keep_memory_out() -> io::Result<()> {
        // A dump that is piped to a program, as to systemd's or Ubuntu's, has no limit, but this one: at
        // one byte the kernel ends it before the program begins (fs/coredump.c). No file is that short
        // either.
        let limit = Rlimit {
            current: Some(1),
            maximum: getrlimit(Resource::Core).maximum,
        };
        let limited = match limit.maximum {
            // Nobody may raise it: what is piped is then at least without memory.
            Some(0) => Ok(()),
            _ => setrlimit(Resource::Core, limit),
        };
        // Should a dump be made all the same, no memory is in it (core(5), "Controlling which mappings
        // are written to the core dump").
        fs::write("/proc/self/coredump_filter", "0")?;
        limited.map_err(io::Error::from)
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
mod system {
    use std::io;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    pub(super) fn keep_memory_out() -> io::Result<()> {
        let limit = Rlimit {
            current: Some(0),
            maximum: getrlimit(Resource::Core).maximum,
        };
        setrlimit(Resource::Core, limit).map_err(io::Error::from)
    }
}

#[cfg(windows)]
mod system {
    use std::{env, io};

    /// Where Windows Error Reporting is told which programs it passes over (learn.microsoft.com,
    /// "WER Settings").
    const EXCLUDED: &str =
        r"Software\Microsoft\Windows\Windows Error Reporting\ExcludedApplications";

    pub(super) fn keep_memory_out() -> io::Result<()> {
        let program = env::current_exe()?;
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let excluded = windows_registry::CURRENT_USER.create(EXCLUDED);
        let written = excluded.and_then(|excluded| excluded.set_u32(name, 1));
        written.map_err(io::Error::from)
    }
}
