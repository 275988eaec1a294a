//! Who uses this computer by the operating system, and which computer it is.

/// The name of the operating system's user, as the audit record keeps it.
#[must_use]
pub fn os_user() -> String {
    whoami::username().unwrap_or_else(|_| UNKNOWN.into())
}

/// This computer's name in its network, as the audit record keeps it.
#[must_use]
pub fn computer_name() -> String {
    whoami::hostname().unwrap_or_else(|_| UNKNOWN.into())
}

/// Stands in the record where the system does not tell.
const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_tells_who_and_where() {
        assert_ne!(os_user(), UNKNOWN);
        assert_ne!(computer_name(), UNKNOWN);
        assert!(!os_user().is_empty() && !computer_name().is_empty());
    }
}
