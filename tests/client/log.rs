//! The log, at its most talkative.

use std::sync::{Arc, Mutex};

use support::recordings::second_of_wav;
use support::server::{Server, Step, answer, html, json};
use tracing::level_filters::LevelFilter;

use crate::{CALLS, TOKEN, connect};

#[tokio::test]
async fn the_log_holds_no_token_no_name_and_no_query() {
    let lines: Arc<Mutex<Vec<u8>>> = Arc::default();
    let writer = {
        let lines = Arc::clone(&lines);
        move || Lines(Arc::clone(&lines))
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(writer)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    for steps in [
        vec![Step::Send(answer("200 OK", "", second_of_wav()))],
        vec![Step::Send(html("302 Found"))],
        vec![Step::Send(json("401 Unauthorized", r#"{"error":"no"}"#))],
        vec![Step::Close],
        vec![Step::Reset],
    ] {
        for call in CALLS {
            let server = Server::saying(steps.clone()).await;
            let _seen = call.make(&*connect(&server.origin())).await;
        }
    }
    drop(guard);
    let log = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("GET /api/download"),
        "nothing was logged: {log}"
    );
    for secret in [TOKEN, "Bearer", "Amelia", "doctorName"] {
        assert!(!log.contains(secret), "{secret} stands in {log}");
    }
}

struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
