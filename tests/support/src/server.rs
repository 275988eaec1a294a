//! A server that says what it is told, byte by byte, and counts what it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it does after a request.
#[derive(Clone)]
pub enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    Close,
    Reset,
}

/// A request as it came: its head, in full.
#[derive(Clone)]
pub struct Request {
    pub head: String,
}

impl Request {
    /// Method and target.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Answers every request alike.
    pub async fn saying(steps: Vec<Step>) -> Self {
        Self::start(move |_| steps.clone()).await
    }

    pub async fn start(script: impl Fn(&Request) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let sent = Arc::new(AtomicUsize::new(0));
        let script = Arc::new(script);
        let accepting = tokio::spawn({
            let requests = Arc::clone(&requests);
            let connections = Arc::clone(&connections);
            let sent = Arc::clone(&sent);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    let connection = serve(
                        stream,
                        Arc::clone(&script),
                        Arc::clone(&requests),
                        Arc::clone(&sent),
                    );
                    tokio::spawn(connection);
                }
            }
        });
        Self {
            port,
            requests,
            connections,
            sent,
            accepting,
        }
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        let requests = self.requests();
        requests.iter().map(|one| one.line().to_owned()).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Bytes that the network took.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve<F>(
    mut stream: TcpStream,
    script: Arc<F>,
    requests: Arc<Mutex<Vec<Request>>>,
    sent: Arc<AtomicUsize>,
) where
    F: Fn(&Request) -> Vec<Step> + Send + Sync + 'static,
{
    while let Some(request) = read_head(&mut stream).await {
        requests.lock().unwrap().push(request.clone());
        for step in script(&request) {
            match step {
                Step::Send(bytes) => {
                    if !send(&mut stream, &bytes, &sent).await {
                        return;
                    }
                }
                Step::Pause(time) => tokio::time::sleep(time).await,
                Step::Close => return,
                Step::Reset => {
                    stream.set_zero_linger().unwrap();
                    return;
                }
            }
        }
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], sent: &AtomicUsize) -> bool {
    for piece in bytes.chunks(16 * 1024) {
        if stream.write_all(piece).await.is_err() {
            return false;
        }
        sent.fetch_add(piece.len(), Ordering::SeqCst);
    }
    true
}

/// The head of the next request; none of ours has a body.
pub async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(Request {
        head: String::from_utf8(head).unwrap(),
    })
}

/// A whole answer, with its length.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = head(
        status,
        &format!("Content-Length: {}\r\n{headers}", body.len()),
    );
    bytes.extend_from_slice(body);
    bytes
}

/// The head of an answer; each header ends with CR LF.
pub fn head(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}\r\n").into_bytes()
}

pub fn json(status: &str, body: &str) -> Vec<u8> {
    answer(status, "Content-Type: application/json\r\n", body)
}

pub fn html(status: &str) -> Vec<u8> {
    answer(
        status,
        "Content-Type: text/html; charset=utf-8\r\n",
        "<!DOCTYPE html><html><title>Sign in to the network</title></html>",
    )
}
