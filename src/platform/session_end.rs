use std::io;

/// Waits until the system asks the app to end: on Unix by SIGTERM, SIGHUP or SIGINT, as at the
/// end of a session. Needs a runtime with I/O.
///
/// Windows tells only windows (`WM_QUERYENDSESSION`, which the window library does not pass on)
/// and consoles; there, and where the window's own server goes away, an end is like a kill, and
/// the next start names what it cut off. On macOS Quit, in the menu or in the Dock, does not come
/// by here: it ends the window's loop, which closes the engine.
///
/// # Errors
/// What the system said of listening to its signals.
#[cfg(unix)]
pub async fn session_ends() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits for ever: see the other systems' side.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub async fn session_ends() -> io::Result<()> {
    std::future::pending().await
}
