//! An HTTP client so plain that nothing a service does wrong is put right on the way.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use audio_housekeeper::domain::Secret;
use audio_housekeeper::practice::{Fault, PracticeConfig, PracticeService, Recordings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a test waits for what is certain to come, on a computer that stalls.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The token of the services that the tests start.
pub const TOKEN: &str = "test-token";

/// A doctor of these services.
pub const DOCTOR: &str = "Dr. Amelia Smith";

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The service closed the connection.
    Closed,
    /// The service reset it.
    Reset,
    /// Nothing came for longer than the test waits.
    Silence,
}

/// What came over the wire.
pub struct Raw {
    /// Every byte.
    pub bytes: Vec<u8>,
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub took: Duration,
}

/// The recording that these services hold under [`DOCTOR`]; no audio, no test here listens.
pub fn recording() -> Vec<u8> {
    (0..100_000_u32).map(|at| (at % 251) as u8).collect()
}

/// A service with one recording and these faults.
pub async fn service_with(faults: Vec<Fault>) -> PracticeService {
    service(PracticeConfig {
        faults,
        ..PracticeConfig::default()
    })
    .await
}

/// A service of the test's making, with one recording in the place of the samples.
pub async fn service(config: PracticeConfig) -> PracticeService {
    let service = PracticeService::start(PracticeConfig {
        token: Some(Secret::new(TOKEN.to_owned())),
        recordings: Recordings::None,
        ..config
    })
    .await
    .unwrap();
    service.put(DOCTOR, "letter.wav", recording());
    service
}

/// Sends a request with a good token, and reads until the end.
pub async fn ask(service: &PracticeService, method: &str, target: &str) -> Raw {
    ask_with(service, method, target, &bearer(), PATIENCE).await
}

/// The header that a good caller sends.
pub fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}\r\n")
}

/// The target of the download and the delete of [`DOCTOR`].
pub const DOWNLOAD: &str = "/api/download?doctorName=Dr.%20Amelia%20Smith";
/// See [`DOWNLOAD`].
pub const DELETE: &str = "/api/delete?doctorName=Dr.%20Amelia%20Smith";

/// Sends a request with these header lines, and reads until the end or until nothing comes for
/// so long.
pub async fn ask_with(
    service: &PracticeService,
    method: &str,
    target: &str,
    headers: &str,
    patience: Duration,
) -> Raw {
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}\r\n{headers}Connection: close\r\n\r\n",
        service.address()
    );
    exchange(service, request.as_bytes(), patience).await
}

/// Sends these bytes, and reads until the end or until nothing comes for so long.
pub async fn exchange(service: &PracticeService, request: &[u8], patience: Duration) -> Raw {
    let began = Instant::now();
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut bytes = Vec::new();
    let end = loop {
        let read = tokio::time::timeout(patience, stream.read_buf(&mut bytes)).await;
        match read {
            Err(_) => break End::Silence,
            Ok(Ok(0)) => break End::Closed,
            Ok(Ok(_)) => {}
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
            Ok(Err(error)) => panic!("{error}"),
        }
    };
    Raw {
        bytes,
        end,
        took: began.elapsed(),
    }
}

impl Raw {
    fn head_length(&self) -> usize {
        self.bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head")
            + 4
    }

    /// The lines before the body.
    pub fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.head_length()]).into_owned()
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.head().split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// A header's value, by its name in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.head().lines().find_map(|line| {
            let (other, value) = line.split_once(": ")?;
            other
                .eq_ignore_ascii_case(name)
                .then(|| value.trim_end().to_owned())
        })
    }

    /// What `Content-Length` says.
    pub fn length(&self) -> Option<usize> {
        self.header("content-length")
            .map(|text| text.parse().unwrap())
    }

    /// Everything after the head, chunks' borders and all.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.head_length()..]
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.body()).unwrap()
    }
}
