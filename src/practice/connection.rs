use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::{Extension, Router};
use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Closed after what was sent (FIN).
    Close,
    /// Reset (RST).
    Reset,
}

/// What the answers on a connection can do to it.
pub struct Wire {
    number: u64,
    broken: watch::Sender<Option<Break>>,
    flushes: watch::Sender<u64>,
    afterwards: Mutex<Bytes>,
}

/// A TCP stream that tells its [`Wire`] when all bytes so far have left the process.
struct Watched {
    stream: TcpStream,
    wire: Arc<Wire>,
}

impl Wire {
    fn new(number: u64) -> Arc<Self> {
        Arc::new(Self {
            number,
            broken: watch::Sender::new(None),
            flushes: watch::Sender::new(0),
            afterwards: Mutex::new(Bytes::new()),
        })
    }

    /// Which connection it is, counted from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Ends the connection.
    pub fn break_off(&self, how: Break) {
        self.broken.send_replace(Some(how));
    }

    /// Waits until what was handed to the connection before has left the process.
    pub async fn flushed(&self) {
        let mut flushes = self.flushes.subscribe();
        // An error means that the sender is gone, which `self` holds.
        flushes.changed().await.unwrap_or_default();
    }

    /// Has these bytes sent after the answer, before the connection is closed.
    pub fn send_afterwards(&self, bytes: Bytes) {
        *self.lock_afterwards() = bytes;
    }

    fn lock_afterwards(&self) -> std::sync::MutexGuard<'_, Bytes> {
        self.afterwards
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn breaking(&self) -> Break {
        let mut broken = self.broken.subscribe();
        match broken.wait_for(Option::is_some).await {
            Ok(how) => how.unwrap_or(Break::Close),
            Err(_) => Break::Close,
        }
    }
}

/// Answers the requests of one connection until it ends or is ended.
///
/// # Errors
/// What the other side did to the connection, or what it sent that is no HTTP.
pub async fn serve(stream: TcpStream, number: u64, router: Router) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let wire = Wire::new(number);
    let watched = Watched {
        stream,
        wire: Arc::clone(&wire),
    };
    let service = TowerToHyperService::new(router.layer(Extension(Arc::clone(&wire))));
    let mut connection = http1::Builder::new()
        .title_case_headers(true)
        .serve_connection(TokioIo::new(watched), service);
    let ended = tokio::select! {
        served = poll_fn(|context| connection.poll_without_shutdown(context)) => Ok(served),
        how = wire.breaking() => Err(how),
    };
    let mut watched = connection.into_parts().io.into_inner();
    match ended {
        Ok(served) => {
            served.map_err(io::Error::other)?;
            let afterwards = std::mem::take(&mut *wire.lock_afterwards());
            watched.stream.write_all(&afterwards).await?;
            watched.stream.shutdown().await
        }
        Err(Break::Reset) => watched.stream.set_zero_linger(),
        Err(Break::Close) => watched.stream.shutdown().await,
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.wire
            .flushes
            .send_modify(|flushes| *flushes = flushes.wrapping_add(1));
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
