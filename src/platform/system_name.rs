/// The operating system with its version and the processor's kind, such as
/// `Debian GNU/Linux 12 (bookworm), x86_64`. Reads a small file.
#[must_use]
pub fn system_name() -> String {
    let system = whoami::distro().unwrap_or_else(|_| std::env::consts::OS.into());
    format!("{system}, {}", std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_has_a_name_and_a_processor() {
        let name = system_name();
        assert!(name.ends_with(std::env::consts::ARCH), "{name}");
        assert!(!name.starts_with(','), "{name}");
    }
}
