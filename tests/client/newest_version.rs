//! Asking which version is the newest: what is sent, and what is believed.

use std::time::Instant;

use audio_housekeeper::api::{NoVersion, ask_newest_version};
use audio_housekeeper::domain::{UpdateAddress, Version};
use futures_util::future::join_all;
use support::server::{Request, Server, Step, answer, head, html};

use crate::{FOR_EVER, LIMIT, PATIENCE};

async fn ask(address: &str) -> Result<Version, NoVersion> {
    ask_newest_version(&UpdateAddress::parse(address).unwrap(), PATIENCE).await
}

/// What is made of an answer, and how often it was asked for.
async fn made_of(steps: Vec<Step>) -> (Result<Version, NoVersion>, usize) {
    let server = Server::saying(steps).await;
    let made = ask(&format!("{}/newest", server.origin())).await;
    (made, server.connections())
}

#[tokio::test]
async fn what_is_sent_is_the_same_for_everybody_and_tells_nothing_of_anybody() {
    let server = Server::saying(vec![Step::Send(answer("200 OK", "", "1.2.3\n"))]).await;
    for _ in 0..2 {
        let newest = ask(&format!("{}/newest", server.origin())).await;
        assert_eq!(newest, Ok(Version::new(1, 2, 3)));
    }
    let whole = format!(
        "GET /newest HTTP/1.1\r\naccept-encoding: identity\r\naccept: */*\r\n\
         user-agent: audio-housekeeper\r\nhost: 127.0.0.1:{}\r\n\r\n",
        server.port
    );
    let heads: Vec<String> = server.requests().into_iter().map(|it| it.head).collect();
    assert_eq!(heads, [whole.clone(), whole]);
    assert_eq!(server.connections(), 2, "a connection was kept");
}

#[tokio::test]
async fn what_an_answer_would_have_kept_is_not_sent_the_next_time() {
    let kept = "Set-Cookie: who=42\r\nETag: \"42\"\r\nLast-Modified: Sun, 29 Nov 2026 02:00:00 GMT\r\n\
                Cache-Control: max-age=60\r\n";
    let server = Server::saying(vec![Step::Send(answer("200 OK", kept, "1.2.3"))]).await;
    for _ in 0..2 {
        ask(&server.origin()).await.unwrap();
    }
    let [first, second]: [Request; 2] = server.requests().try_into().ok().unwrap();
    assert_eq!(first.head, second.head);
}

#[tokio::test]
async fn three_numbers_are_a_version() {
    for body in ["0.2.0", "0.2.0\n", "0.2.0\r\n"] {
        let (made, asked) = made_of(vec![Step::Send(answer("200 OK", "", body))]).await;
        assert_eq!(made, Ok(Version::new(0, 2, 0)), "{body:?}");
        assert_eq!(asked, 1);
    }
}

#[tokio::test]
async fn any_other_answer_is_none() {
    let long = format!("0.2.0{}", "\n".repeat(64));
    let bodies: [&[u8]; 12] = [
        b"",
        b"0.2",
        b"v0.2.0",
        b"0.2.0-rc.1",
        b"0.2.0\nhttps://evil.example/setup.exe\n",
        b"0.2.0 is there, get it at evil.example",
        b"<html>0.2.0</html>",
        b"{\"version\":\"0.2.0\"}",
        b"0.2.0\0",
        b"\xef\xbb\xbf0.2.0",
        b"\xff\xfe0\0.\x002\0",
        long.as_bytes(),
    ];
    for body in bodies {
        let (made, asked) = made_of(vec![Step::Send(answer("200 OK", "", body))]).await;
        assert_eq!(made, Err(NoVersion::NotAVersion), "{body:?}");
        assert_eq!(asked, 1, "{body:?}");
    }
    let (made, _) = made_of(vec![Step::Send(html("200 OK"))]).await;
    assert_eq!(made, Err(NoVersion::NotAVersion));
}

#[tokio::test]
async fn a_status_that_is_not_200_is_no_answer_whatever_it_says() {
    for status in [
        "204 No Content",
        "206 Partial Content",
        "401 Unauthorized",
        "404 Not Found",
        "407 Proxy Authentication Required",
        "500 Internal Server Error",
        "503 Service Unavailable",
    ] {
        let challenge = "WWW-Authenticate: Basic realm=\"x\"\r\n";
        let (made, asked) = made_of(vec![Step::Send(answer(status, challenge, "0.2.0"))]).await;
        let code = status[..3].parse().unwrap();
        assert_eq!(made, Err(NoVersion::Status(code)));
        assert_eq!(asked, 1, "{status}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let endless = [head("200 OK", ""), vec![b'1'; 50_000_000]].concat();
    let server = Server::saying(vec![Step::Send(endless), Step::Close]).await;
    let made = ask(&server.origin()).await;
    assert_eq!(made, Err(NoVersion::NotAVersion));
    assert!(server.sent() < 25_000_000, "{} were read", server.sent());
}

#[tokio::test]
async fn who_hangs_is_given_up_and_asked_once() {
    let begun = head("200 OK", "Content-Length: 6\r\n");
    let hangs = async |steps| {
        let server = Server::saying(steps).await;
        let address = UpdateAddress::parse(&server.origin()).unwrap();
        let begun = Instant::now();
        let made = ask_newest_version(&address, LIMIT).await;
        assert_eq!(made, Err(NoVersion::TooSlow));
        assert!(begun.elapsed() < PATIENCE / 3);
        assert_eq!(server.requests().len(), 1);
    };
    let all = [
        vec![FOR_EVER],
        vec![Step::Send(begun.clone()), FOR_EVER],
        vec![Step::Send(begun), Step::Send(b"0.2.0".into()), FOR_EVER],
    ];
    join_all(all.map(hangs)).await;
}

#[tokio::test]
async fn a_dropped_connection_is_no_answer_and_is_not_tried_again() {
    let cut = head("200 OK", "Content-Length: 6\r\n");
    for steps in [
        vec![Step::Close],
        vec![Step::Reset],
        vec![Step::Send(cut), Step::Send(b"0.2.0".into()), Step::Close],
        vec![Step::Send(b"SSH-2.0-x\r\n".into()), Step::Close],
    ] {
        let (made, asked) = made_of(steps).await;
        assert_eq!(made, Err(NoVersion::NoAnswer));
        assert_eq!(asked, 1);
    }
    let nobody = ask("http://127.0.0.1:1/newest").await;
    assert_eq!(nobody, Err(NoVersion::NoAnswer));
}

#[tokio::test]
async fn on_this_computer_no_redirect_is_followed() {
    let other = Server::saying(vec![Step::Send(answer("200 OK", "", "0.2.0"))]).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("Location: {}/newest\r\n", other.origin());
        let moved = answer(&format!("{status} Moved"), &to, "0.2.0");
        let (made, asked) = made_of(vec![Step::Send(moved)]).await;
        assert_eq!(made, Err(NoVersion::Status(status)));
        assert_eq!(asked, 1);
    }
    assert_eq!(other.connections(), 0);
}

/// Only on Linux does the environment say who vouches for a certificate.
#[cfg(target_os = "linux")]
mod over_tls {
    use std::fs;

    use support::certificate::AUTHORITY;

    use super::*;
    use crate::downgrades::over_tls;
    use crate::environment::{is_again, run_again};

    async fn run_trusting(name: &str) {
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        fs::write(&authority, AUTHORITY).unwrap();
        let variable = ("SSL_CERT_FILE", authority.to_string_lossy().into_owned());
        run_again(name, Some(variable)).await;
    }

    #[tokio::test]
    async fn a_redirect_leads_from_https_to_https_alone_and_not_on_for_ever() {
        if !is_again() {
            return run_trusting(
                "newest_version::over_tls::\
                 a_redirect_leads_from_https_to_https_alone_and_not_on_for_ever",
            )
            .await;
        }
        let plain = Server::saying(vec![Step::Send(answer("200 OK", "", "0.2.0"))]).await;
        let (there, asked_there) = over_tls(answer("200 OK", "", "0.2.0")).await;
        let moved = |to: String| answer("302 Found", &format!("Location: {to}\r\n"), "");
        let ask_at = |port: u16| async move { ask(&format!("https://localhost:{port}/x")).await };

        let (port, _) = over_tls(moved(format!("https://localhost:{there}/newest"))).await;
        assert_eq!(ask_at(port).await, Ok(Version::new(0, 2, 0)));
        assert_eq!(asked_there.lock().unwrap().len(), 1);
        let head = asked_there.lock().unwrap()[0].head.to_lowercase();
        for sent_along in ["referer", "authorization", "cookie", "/x"] {
            assert!(!head.contains(sent_along), "{head}");
        }

        for to in [
            format!("http://localhost:{}/newest", plain.port),
            format!("https://user:pw@localhost:{there}/newest"),
            "ftp://localhost/newest".to_owned(),
        ] {
            let (port, _) = over_tls(moved(to.clone())).await;
            assert_eq!(ask_at(port).await, Err(NoVersion::Status(302)), "{to}");
        }
        assert_eq!(plain.connections(), 0);
        assert_eq!(asked_there.lock().unwrap().len(), 1);

        let (port, asked) = over_tls(moved("/x".to_owned())).await;
        assert_eq!(ask_at(port).await, Err(NoVersion::Status(302)));
        assert_eq!(asked.lock().unwrap().len(), 4);
    }

    #[tokio::test]
    async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
        let (port, asked) = over_tls(answer("200 OK", "", "0.2.0")).await;
        let made = ask(&format!("https://localhost:{port}/x")).await;
        assert_eq!(made, Err(NoVersion::NotTrusted));
        assert!(asked.lock().unwrap().is_empty());
    }
}
