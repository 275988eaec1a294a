use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use reqwest::Response;

use crate::api::call::Call;
use crate::api::{ApiError, RecordingBody, transport};
use crate::domain::ContentKind;

/// The most that is read of an answer that is no recording, in bytes.
const SMALL: usize = 64 * 1024;

/// A recording's bytes, of which the first were looked at already.
pub(super) struct HttpBody {
    call: Call,
    status: u16,
    looked_at: VecDeque<Bytes>,
    rest: Response,
    /// Bytes of the whole recording, those before a rest included.
    received: u64,
    /// How many the whole recording has.
    total: Option<u64>,
}

impl HttpBody {
    /// The end of a recording of `total` bytes, behind its first `from`. What it is, its first bytes
    /// don't tell.
    pub(super) fn rest(call: Call, response: Response, from: u64, total: Option<u64>) -> Self {
        Self {
            call,
            status: response.status().as_u16(),
            looked_at: VecDeque::new(),
            rest: response,
            received: from,
            total,
        }
    }

    /// Reads as much of the body as tells what it is, within `limit` altogether.
    pub(super) async fn begin(
        call: Call,
        response: Response,
        limit: Duration,
    ) -> Result<(ContentKind, Self), ApiError> {
        let total = response.content_length();
        let mut body = Self {
            call,
            status: response.status().as_u16(),
            looked_at: VecDeque::new(),
            rest: response,
            received: 0,
            total,
        };
        let mut start = Vec::new();
        let reading = async {
            while start.len() < ContentKind::ENOUGH {
                let Some(bytes) = body.receive().await? else {
                    break;
                };
                start.extend_from_slice(bytes.get(..SMALL).unwrap_or(&bytes));
                body.looked_at.push_back(bytes);
            }
            Ok(())
        };
        match tokio::time::timeout(limit, reading).await {
            Ok(read) => read?,
            Err(_) => return Err(transport::too_slow(call, body.status)),
        }
        let content = ContentKind::sniff(&start);
        if content == ContentKind::Other && total.is_none() && ContentKind::is_cut_marker(&start) {
            // The body's own end proves nothing: a gateway may write it after a cut.
            return Err(transport::cut_at_the_beginning(
                call,
                body.status,
                body.received,
            ));
        }
        Ok((content, body))
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, ApiError> {
        let (call, status, total) = (self.call, self.status, self.total);
        let next = self.rest.chunk().await;
        let next =
            next.map_err(|error| transport::in_body(call, error, status, self.received, total))?;
        // HTTP itself keeps a body to its Content-Length. A rest may come without one.
        match (&next, total) {
            (None, Some(total)) if self.received < total => {
                return Err(transport::ended_early(call, status, self.received, total));
            }
            (Some(bytes), _) => self.received += bytes.len() as u64,
            (None, _) => {}
        }
        match total {
            Some(total) if self.received > total => {
                Err(transport::went_on(call, status, self.received, total))
            }
            _ => Ok(next),
        }
    }
}

impl RecordingBody for HttpBody {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        Box::pin(async {
            match self.looked_at.pop_front() {
                Some(bytes) => Ok(Some(bytes)),
                None => self.receive().await,
            }
        })
    }
}

/// Reads an answer that is no recording: at most 64 KiB of it, within `limit` altogether.
pub(super) async fn read_small(
    call: Call,
    mut response: Response,
    limit: Duration,
) -> Result<Vec<u8>, ApiError> {
    let status = response.status().as_u16();
    let reading = async {
        let mut read = Vec::new();
        while read.len() < SMALL {
            let received = read.len() as u64;
            let next = response.chunk().await;
            let next =
                next.map_err(|error| transport::in_body(call, error, status, received, None))?;
            let Some(bytes) = next else { break };
            let room = SMALL - read.len();
            read.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
        }
        Ok(read)
    };
    tokio::time::timeout(limit, reading)
        .await
        .unwrap_or_else(|_| Err(transport::too_slow(call, status)))
}
